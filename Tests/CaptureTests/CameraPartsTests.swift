import Capture
import Pixels
import Scene
import Testing

@Suite struct CameraAccountTests {
  @Test func picturesInARowLoseNothing() {
    var account = CameraAccount()
    for number in 0..<5 {
      #expect(account.arrived(sequence: UInt32(number) + 7) == (number, 0))
    }
  }

  @Test func gapsCountInNumberAndLoss() {
    var account = CameraAccount()
    _ = account.arrived(sequence: 10)
    #expect(account.arrived(sequence: 14) == (4, 3))
  }

  @Test func sequenceNumbersWrap() {
    var account = CameraAccount()
    _ = account.arrived(sequence: .max - 1)
    #expect(account.arrived(sequence: 2) == (4, 3))
  }

  @Test func aDamagedPictureTakesANumber() {
    var account = CameraAccount()
    account.spoiled(sequence: 0)
    #expect(account.arrived(sequence: 1) == (1, 1))
    account.spoiled(sequence: 4)
    #expect(account.arrived(sequence: 5) == (5, 4))
    #expect(account.damaged == 2)
  }

  @Test func aStreamStartedAnewLosesNothingThatIsKnown() {
    var account = CameraAccount()
    _ = account.arrived(sequence: 3)
    account.restarted()
    #expect(account.arrived(sequence: 9) == (1, 0))
    #expect(account.arrived(sequence: 11) == (3, 1))
    #expect(account.missing == 1)
  }

  @Test func aSequenceThatStandsOrFallsTellsNothing() {
    var account = CameraAccount()
    _ = account.arrived(sequence: 0)
    #expect(account.arrived(sequence: 0) == (1, 0))
    _ = account.arrived(sequence: 100)
    #expect(account.arrived(sequence: 3) == (102, 99))
  }
}

@Suite struct CameraClockTests {
  static let start = Duration.seconds(100)

  func clock() -> CameraClock { CameraClock(monotonic: Self.start, realtime: .seconds(1_000_000)) }

  @Test func timesAreTheDrivers() {
    var clock = clock()
    _ = clock.time(stamp: .seconds(101), now: .seconds(101.5))
    let time = clock.time(stamp: .seconds(102), now: .seconds(105))
    #expect(time.sinceFirst == .seconds(1))
    #expect(time.captured?.monotonic == .seconds(102))
    #expect(time.captured?.sinceEpoch == .seconds(1_000_002))
  }

  @Test func aTimeInTheFutureIsNow() {
    var clock = clock()
    #expect(clock.time(stamp: .seconds(200), now: .seconds(101)).captured?.monotonic == .seconds(101))
  }

  @Test func aTimeBeforeTheStreamOrTheLastPictureIsNow() {
    var clock = clock()
    #expect(clock.time(stamp: .seconds(3), now: .seconds(101)).captured?.monotonic == .seconds(101))
    #expect(clock.time(stamp: .seconds(100.5), now: .seconds(102)).captured?.monotonic == .seconds(101))
    #expect(clock.time(stamp: .seconds(102.5), now: .seconds(103)).captured?.monotonic == .seconds(102.5))
  }

  @Test func oneLieDoesNotMakeALateCamerasTimesUnbelievable() {
    // Each picture comes 200 ms after it was taken, 40 ms after the one before.
    var clock = clock()
    for count in 0..<50 {
      let now = Duration.seconds(101) + .milliseconds(40 * count)
      let stamp = count == 10 ? now + .seconds(9) : now - .milliseconds(200)
      let taken = clock.time(stamp: stamp, now: now).captured?.monotonic
      if count < 10 || count > 20 { #expect(taken == stamp) }
    }
    #expect(clock.jumps == 1)
  }

  @Test func aClockThatIsSetIsFollowedAndTold() {
    var clock = clock()
    _ = clock.time(stamp: .seconds(101), now: .seconds(101), realtime: .seconds(1_000_001))
    #expect(clock.jumps == 0)
    let time = clock.time(stamp: .seconds(102), now: .seconds(102), realtime: .seconds(2_000_002))
    #expect(time.captured?.sinceEpoch == .seconds(2_000_002))
    #expect(time.sinceFirst == .seconds(1) && clock.jumps == 1)
    _ = clock.time(stamp: .seconds(500), now: .seconds(103), realtime: .seconds(2_000_003))
    #expect(clock.jumps == 2, "the driver's clock jumped")
    _ = clock.time(stamp: .seconds(103.9), now: .seconds(103.88), realtime: .seconds(2_000_003.88))
    #expect(clock.jumps == 2, "it trembles")
  }

  @Test func withoutAStampItIsNow() {
    var clock = clock()
    #expect(clock.time(stamp: nil, now: .seconds(101)).captured?.monotonic == .seconds(101))
    #expect(clock.time(stamp: nil, now: .seconds(90)).sinceFirst == .zero, "times never fall")
  }
}

@Suite struct CameraLayoutTests {
  func layout(
    _ format: PixelFormat, _ width: Int = 64, _ height: Int = 48, row: Int = 0, size: Int = 1 << 20
  ) -> CameraLayout? {
    CameraLayout(format: format, width: width, height: height, bytesPerLine: row, sizeImage: size)
  }

  @Test func planesLieOneBehindTheOther() throws {
    let planar = try #require(layout(.yuv420p, row: 96))
    #expect(planar.places.map(\.offset) == [0, 96 * 48, 96 * 48 + 48 * 24])
    #expect(planar.places.map(\.stride) == [96, 48, 48])
    #expect(planar.byteCount == 96 * 72)
    let paired = try #require(layout(.nv12))
    #expect(paired.places.map(\.offset) == [0, 64 * 48])
    #expect(paired.places.map(\.stride) == [64, 64])
    #expect(try #require(layout(.rgb24)).byteCount == 3 * 64 * 48)
  }

  @Test func oddSizesRoundChromaUp() throws {
    #expect(layout(.yuv420p, 33, 17, row: 33) == nil, "a chroma row does not fit half of this")
    let odd = try #require(layout(.yuv420p, 33, 17, row: 34))
    #expect(odd.byteCount == 34 * 17 + 2 * 17 * 9)
    #expect(layout(.yuyv, 33, 17, row: 66) == nil)
  }

  @Test func whatCannotBeIsRefused() {
    #expect(layout(.yuyv, 0, 48) == nil)
    #expect(layout(.yuyv, 64, 100_000) == nil)
    #expect(layout(.yuyv, row: 127) == nil)
    #expect(layout(.yuyv, row: .max) == nil)
    #expect(layout(.gray8, row: -64) == nil)
    #expect(layout(.yuyv, size: 128 * 48 - 1) == nil)
    #expect(layout(.yuyv, size: 128 * 48) != nil)
  }
}
