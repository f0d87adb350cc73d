import StreamApp
import Testing

/// When a run is said to move.
@Suite struct WatchdogTests {
  private var watchdog = Watchdog()

  /// A look at one live source, detecting, following and reporting, so many seconds after the start.
  private mutating func look(
    _ captured: Int, dropped: Int = 0, _ detected: Int, _ followed: Int, _ reported: Int, beats: Int = 0,
    at seconds: Int
  ) -> Bool {
    watchdog.moves(
      [.init(finished: captured, dropped: dropped)] + [detected, followed, reported].map { .init(finished: $0) },
      inlets: 1, sources: [.init(beats: captured + beats)], now: .seconds(seconds))
  }

  @Test mutating func aRunThatGoesOnMoves() {
    for turn in 0..<10 { #expect(look(turn * 30 + 1, turn * 30, turn * 30, turn * 30, at: turn)) }
  }

  @Test(arguments: 0..<3) mutating func aStageThatHasWorkAndFinishesNoneIsStuck(stage: Int) {
    let stuck = (0..<3).map { $0 < stage ? 20 : 10 }
    #expect(look(10, 10, 10, 10, at: 0))
    // What came in since the last look may still be under way.
    #expect(look(21, stuck[0], stuck[1], stuck[2], at: 1))
    #expect(!look(31, stuck[0], stuck[1], stuck[2], at: 2))
    // Once it goes on all is well.
    #expect(look(32, stuck[0] + 1, stuck[1] + 1, stuck[2] + 1, at: 3))
  }

  @Test mutating func whatGaveWayToNewerIsNoWork() {
    #expect(look(10, dropped: 5, 5, 5, 5, at: 0))
    #expect(look(20, dropped: 15, 5, 5, 5, at: 1))
    #expect(look(30, dropped: 25, 5, 5, 5, at: 2))
  }

  @Test mutating func aSourceThatIsWaitedForIsNotStuckAndOneThatHangsIs() {
    for turn in 0..<50 { #expect(look(10, 10, 10, 10, beats: turn, at: turn * 5)) }
    #expect(look(10, 10, 10, 10, beats: 49, at: 300))
    #expect(!look(10, 10, 10, 10, beats: 49, at: 306))
    #expect(look(11, 11, 11, 11, beats: 49, at: 307))
  }

  /// One with longer deadlines of its own is not stuck before they have passed.
  @Test mutating func aSourceMayBeSlow() {
    watchdog = Watchdog(patience: .seconds(300))
    for (turn, seconds) in [0, 200, 400, 700].enumerated() { #expect(look(turn, turn, turn, turn, at: seconds)) }
    #expect(look(3, 3, 3, 3, at: 1000))
    #expect(!look(3, 3, 3, 3, at: 1001))
  }

  @Test mutating func oneOfSeveralSourcesThatHangsIsSeen() {
    let stages = { (first: Int) -> [Watchdog.Stage] in [first, 7, first + 7, first + 7].map { .init(finished: $0) } }
    for turn in 0..<20 {
      let moves = watchdog.moves(
        stages(turn), inlets: 2, sources: [.init(beats: turn), .init(beats: 7)], now: .seconds(turn * 10))
      #expect(moves == (turn * 10 <= 60))
    }
  }
}
