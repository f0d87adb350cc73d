import Arguments
import Posix
import StreamApp
import Streaming
import Testing

/// How many pictures are under way at a time.
@Suite struct PipelinePlanTests {
  /// Returns the plan of a run with `words`.
  private func plan(_ words: String..., isLive: Bool = false) throws -> PipelinePlan {
    guard case .run(let values) = try Options.program.parse(["--input", "a.mp4"] + words) else {
      throw UsageError.rule("no run")
    }
    return PipelinePlan(try Settings(values), isLive: isLive)
  }

  @Test func threadsHaveAPictureOfFootageEach() throws {
    let plan = try plan("--threads", "3")
    #expect(plan.lanes == 3 && plan.threadsOfLane == 1)
    #expect(plan.preparedAhead == .ahead(7) && plan.tensorCount == 10)
    #expect(try self.plan().lanes == Processor.coreCount)
  }

  @Test func threadsShareALivePictureThatIsPreparedWhenItIsWanted() throws {
    let plan = try plan("--threads", "3", isLive: true)
    #expect(plan.lanes == 1 && plan.threadsOfLane == 3)
    #expect(plan.preparedAhead == .onDemand && plan.tensorCount == 2)
  }

  @Test(arguments: [["--stepwise"], ["--every", "4"], ["--max-rate", "2"]])
  func threadsShareAPictureWhereOneAfterTheOtherIsDetectedOn(words: [String]) throws {
    let plan = try plan("--threads", "2", words[0], words.count > 1 ? words[1] : "--quiet")
    #expect(plan.lanes == 1 && plan.threadsOfLane == 2 && plan.tensorCount == 6)
  }

  @Test func picturesThatAreDrawnOnWaitInSmallerNumber() throws {
    let plan = try plan("--threads", "2", "--video", "seen.mp4")
    #expect(plan.preparedAhead == .ahead(2) && plan.tensorCount == 4)
  }
}
