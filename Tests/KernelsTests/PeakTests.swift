import Kernels
import Testing

@Suite struct PeakTests {
  @Test(arguments: KernelSet.all.filter(\.isSupported).map(\.name), [1, 2])
  func everySetHasAPeak(isa: String, threads: Int) throws {
    let rate = try KernelSet.chosen(named: isa).peakRate(threads: threads)
    #expect(rate > 0 && rate.isFinite)
  }
}
