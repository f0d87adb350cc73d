import FFmpeg
import Testing

@Suite struct TimelineTests {
  private func times(_ stamps: [Int64?], _ numerator: Int32 = 1, _ denominator: Int32 = 1000) -> [Duration] {
    var timeline = Timeline(numerator: numerator, denominator: denominator, frameRate: 10)
    return stamps.map { timeline.time(at: $0) }
  }

  @Test func timesBeginWithTheFirstFrame() {
    #expect(times([5000, 5040, 5100]) == [.zero, .milliseconds(40), .milliseconds(100)])
    #expect(times([-3000, -2000]) == [.zero, .seconds(1)])
  }

  @Test func aFrameWithoutTimestampComesOneDurationLater() {
    #expect(times([0, nil, nil, 500]) == [.zero, .milliseconds(100), .milliseconds(200), .milliseconds(500)])
    #expect(times([nil, nil]) == [.zero, .milliseconds(100)])
  }

  @Test func theFirstTimestampContinuesFramesThatHadNone() {
    #expect(times([nil, 7000, 7050]) == [.zero, .milliseconds(100), .milliseconds(150)])
  }

  @Test func timesThatDoNotGrowAreMadeTo() {
    #expect(times([100, 100, 50, 900]) == [.zero, .milliseconds(100), .milliseconds(200), .milliseconds(800)])
  }

  @Test func afterABreakDistancesAreRightAgain() {
    // One false stamp three hours ahead, and two recordings in one file.
    #expect(
      times([0, 40, 10_800_000, 120, 160, 200]).map { $0 / .milliseconds(1) }
        == [0, 40, 10_800_000, 10_800_100, 10_800_140, 10_800_180])
    #expect(times([5000, 9000, 0, 40]) == [.zero, .seconds(4), .milliseconds(4100), .milliseconds(4140)])
  }

  @Test func extremeTimestampsAndTimeBasesDoNotTrap() {
    #expect(times([.min + 1, .max]) == [.zero, .milliseconds(100)])
    #expect(times([0, .max], .max, 1) == [.zero, .milliseconds(100)])
    #expect(times([0, 1], 0, -5) == [.zero, .seconds(1)])
  }

  @Test func longFootageStaysExact() {
    // 600 hours in steps of 1001/30000 seconds: 64,800 · 1001 ticks are 2,162.16 seconds, a thousand times over.
    #expect(times([0, 64_800_000], 1001, 30_000)[1] == .milliseconds(2_162_160_000))
  }
}
