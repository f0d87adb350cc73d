import FFmpeg
import Testing

/// When live pictures were taken, by arrival and timestamp.
@Suite struct StreamClockTests {
  /// A clock of milliseconds that has noted `stamps` and their arrivals, both in ms.
  private func clock(_ stamps: [(stamp: Int64, arrival: Int)]) -> StreamClock {
    var clock = StreamClock(scale: TickScale(numerator: 1, denominator: 1000), hasTimestamps: true)
    for (stamp, arrival) in stamps { clock.note(stamp, arrival: .milliseconds(arrival)) }
    return clock
  }

  @Test func aPictureThatWasHeldUpIsAsOldAsItIs() {
    let clock = clock([(9000, 100), (9040, 140), (9080, 480)])
    // To less than what the clocks may have drifted since.
    #expect(clock.captured(9000, arrival: .milliseconds(100)) - .milliseconds(100) < .microseconds(100))
    let age = Duration.milliseconds(480) - clock.captured(9080, arrival: .milliseconds(480))
    #expect(age > .milliseconds(299) && age <= .milliseconds(300))
  }

  /// A server's store of old pictures, sent at once, dates back from the newest.
  @Test func aBurstIsDatedByItsNewest() {
    let clock = clock((0..<25).map { (Int64($0 * 40), 1000) })
    #expect(clock.captured(0, arrival: .milliseconds(1000)) == .milliseconds(1000 - 24 * 40))
    #expect(clock.due(0, arrival: .milliseconds(1000)) == .milliseconds(1000))
    #expect(clock.due(960, arrival: .milliseconds(1000)) == .milliseconds(1960))
  }

  @Test(arguments: [-5000, 100_000, Int64.min / 2]) func aClockThatIsSetIsCountedAndFollowed(jump: Int64) {
    var clock = clock([(9000, 100), (9040, 140)])
    clock.note(9080 &+ jump, arrival: .milliseconds(180))
    #expect(clock.jumpCount == 1)
    #expect(clock.captured(9080 &+ jump, arrival: .milliseconds(180)) == .milliseconds(180))
  }

  /// The server sends four pictures a second fewer than it takes: their age grows.
  @Test func aSlowWayMakesAgesGrow() {
    let clock = clock((0..<100).map { (Int64($0 * 40), $0 * 50) })
    let age = Duration.milliseconds(99 * 50) - clock.captured(99 * 40, arrival: .milliseconds(99 * 50))
    #expect(age > .milliseconds(980) && age < .milliseconds(991))
    #expect(clock.jumpCount == 0)
  }

  @Test func withoutTimestampsTheArrivalIsTheTime() {
    var clock = StreamClock(scale: TickScale(numerator: 1, denominator: 25), hasTimestamps: false)
    clock.note(0, arrival: .milliseconds(7))
    clock.note(nil, arrival: .milliseconds(900))
    #expect(clock.captured(1, arrival: .milliseconds(900)) == .milliseconds(900))
  }

  /// A crystal that runs 100 ppm slow makes nothing older, however long it runs.
  @Test func driftOfTheClocksIsNoDelay() {
    var clock = StreamClock(scale: TickScale(numerator: 1, denominator: 1_000_000), hasTimestamps: true)
    for second in 0..<10_000 { clock.note(Int64(second * 999_900), arrival: .seconds(second)) }
    let age = Duration.seconds(9999) - clock.captured(9999 * 999_900, arrival: .seconds(9999))
    #expect(age >= .zero && age < .milliseconds(1))
  }
}

/// Which pictures are made of lost ones.
@Suite struct TaintTests {
  @Test func damageLastsUntilTheNextKeyFrame() {
    var taint = Taint(isIntraOnly: false)
    taint.packet(isKey: true, isCorrupt: false, at: .zero)
    #expect(!taint.isCorrupt)
    taint.damage(at: .zero)
    taint.packet(isKey: false, isCorrupt: false, at: .seconds(1))
    #expect(taint.isCorrupt)
    taint.packet(isKey: true, isCorrupt: false, at: .seconds(2))
    #expect(!taint.isCorrupt)
    taint.packet(isKey: false, isCorrupt: true, at: .seconds(3))
    #expect(taint.isCorrupt)
    taint.packet(isKey: false, isCorrupt: false, at: .seconds(13))
    #expect(!taint.isCorrupt)
  }

  @Test func picturesThatStandForThemselvesAreHarmedAlone() {
    var taint = Taint(isIntraOnly: true)
    taint.packet(isKey: false, isCorrupt: true, at: .zero)
    #expect(taint.isCorrupt)
    taint.packet(isKey: false, isCorrupt: false, at: .zero)
    #expect(!taint.isCorrupt)
  }
}
