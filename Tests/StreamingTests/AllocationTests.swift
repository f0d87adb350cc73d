import TestData
import Testing

@Suite struct AllocationTests {
  /// Only what Dispatch asks for when it starts a thread may show, not a block an element or a line.
  @Test(.enabled(if: AllocationTests.isOptimized)) func aSteadyPipelineAndAnEventLogAllocateNothing() throws {
    let ended = try Ended(TestData.built("pipeline-allocation-count"), [])
    let counts = ended.lines.compactMap { Int($0) }
    try #require(counts.count == 3, "\(ended.errors)")
    #expect(counts[0] < 1000, "50,000 elements, pipelined")
    #expect(counts[1] < 10, "50,000 elements, step by step")
    #expect(counts[2] < 10, "1000 lines of 100 objects")
  }

  /// Unoptimized code allocates as it pleases; sanitizers, which have allocators of their own, run unoptimized.
  private static var isOptimized: Bool {
    #if DEBUG
      false
    #else
      true
    #endif
  }
}
