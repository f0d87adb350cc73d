import TestData
import Testing

@Suite struct AllocationTests {
  @Test func aSessionAllocatesNothingAfterItsFirstRun() throws {
    let ended = try Ended(TestData.built("allocation-count"), [])
    #expect(ended.output == "0 true\n0 true\n", "\(ended.errors)")
  }
}
