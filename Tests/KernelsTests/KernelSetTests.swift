import Kernels
import Testing

@Suite struct KernelSetTests {
  @Test func namesAreFound() throws {
    for set in KernelSet.all where set.isSupported { #expect(try KernelSet.chosen(named: set.name).name == set.name) }
  }

  @Test func anUnknownNameIsAnErrorThatSaysWhatThereIs() {
    let error = #expect(throws: KernelSetError.self) { try KernelSet.chosen(named: "mmx") }
    #expect(error?.reason == .unknown)
    #expect(error?.description.hasPrefix("instruction set mmx: unknown; there are reference, baseline") == true)
  }

  @Test func aSetThatTheProcessorLacksIsAnError() {
    for set in KernelSet.all where !set.isSupported {
      let error = #expect(throws: KernelSetError.self) { try KernelSet.chosen(named: set.name) }
      #expect(error?.reason == .unsupported)
    }
  }

  @Test func withoutANameTheFastestIsChosen() throws {
    #expect(try KernelSet.chosen(named: nil).name == KernelSet.all.last { $0.isSupported }?.name)
  }
}
