import Scene
import StreamApp
import Streaming
import TestData
import Testing

/// Every captured frame ends as reported, dropped or lost.
@Suite struct FrameAccountTests {
  private func stamp(_ number: Int, lost: Int = 0, damaged: Int = 0) -> FrameStamp {
    FrameStamp(number: number, lostSoFar: lost, damagedSoFar: damaged, time: FrameTime(sinceFirst: .zero))
  }

  @Test func whatIsMissingAndWasNotLostWasDropped() {
    var account = FrameAccount()
    #expect(account.report(stamp(0)) == (0, 0))
    #expect(account.report(stamp(3)) == (2, 0))
    #expect(account.report(stamp(8, lost: 3)) == (1, 3))
    #expect(account.report(stamp(9, lost: 3)) == (0, 0))
    #expect(account.reported == 4)
  }

  @Test func whatWasLostBeforeTheFirstReportIsTold() {
    var account = FrameAccount()
    #expect(account.report(stamp(5, lost: 2)) == (3, 2))
  }

  /// Over any sequence of captured frames, of which some are reported, the parts are the whole.
  @Test(arguments: 1...10) func thePartsAreTheWhole(seed: UInt64) {
    var numbers = SeededGenerator(seed: seed)
    func chance(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &numbers) }
    var account = FrameAccount()
    var (number, lost, damaged, arrived) = (0, 0, 0, 0)
    var told = (dropped: 0, lost: 0)
    for turn in 0..<1000 {
      let (gap, bad) = (chance(4) == 0 ? chance(5) : 0, chance(9) == 0 ? 1 : 0)
      (number, lost, damaged) = (number + gap + bad, lost + gap + bad, damaged + bad)
      let stamp = stamp(number, lost: lost, damaged: damaged)
      account.capture(stamp)
      (number, arrived) = (number + 1, arrived + 1)
      // The newest frame is always kept, so the last one is reported.
      if turn == 999 || chance(3) == 0 {
        let (dropped, lost) = account.report(stamp)
        told = (told.dropped + dropped, told.lost + lost)
      }
    }
    #expect(account.captured == account.reported + told.dropped + told.lost)
    #expect(account.captured == arrived + account.lost)
    #expect(told.lost == account.lost && account.damaged == damaged && damaged <= account.lost)
  }

  @Test func agesAreOfLiveFramesOnly() {
    var account = FrameAccount()
    account.wrote(stamp(0), at: .seconds(5))
    #expect(account.ages.count == 0)
    let taken = CaptureTime(monotonic: .seconds(4), sinceEpoch: .seconds(1_000_000))
    account.wrote(FrameStamp(number: 1, time: FrameTime(sinceFirst: .zero, captured: taken)), at: .milliseconds(4040))
    #expect(account.ages.count == 1 && account.ages.longest == .milliseconds(40))
  }
}
