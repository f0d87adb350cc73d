internal import CLanes
package import KernelCalls
internal import KernelsBaseline

#if arch(x86_64)
  internal import KernelsAVX2
  internal import KernelsAVX512
#endif

/// The kernels of one instruction set.
package struct KernelSet: Sendable {
  package let name: String
  /// Whether this CPU has the instructions.
  package let isSupported: Bool
  /// Output channels of one block of packed weights, two panels at most.
  package let blockWidth: Int
  package let multiply: @Sendable (borrowing Product) -> Void
  package let convolve: @Sendable (borrowing Depthwise) -> Void
  /// Does rounds of multiply-adds on 256 floats and returns the number of operations: the peak to compare with.
  package let multiplyAdd: @Sendable (Int, UnsafeMutablePointer<Float>) -> Int

  /// All sets that this build has, slowest first.
  package static let all: [KernelSet] = {
    var sets = [
      KernelSet(
        name: "baseline", isSupported: true, blockWidth: 8, multiply: KernelsBaseline.multiply,
        convolve: KernelsBaseline.convolve,
        multiplyAdd: KernelsBaseline.multiplyAdd)
    ]
    #if arch(x86_64)
      sets.append(
        KernelSet(
          name: "avx2", isSupported: cpu_has_avx2(), blockWidth: 16, multiply: KernelsAVX2.multiply,
          convolve: KernelsAVX2.convolve,
          multiplyAdd: KernelsAVX2.multiplyAdd))
      sets.append(
        KernelSet(
          name: "avx512", isSupported: cpu_has_avx512(), blockWidth: 32, multiply: KernelsAVX512.multiply,
          convolve: KernelsAVX512.convolve,
          multiplyAdd: KernelsAVX512.multiplyAdd))
    #endif
    return sets
  }()

  /// Returns the fastest set of this CPU, or the one called `name` if this CPU has it.
  package static func chosen(_ name: String? = nil) -> KernelSet? {
    all.last { $0.isSupported && (name == nil || $0.name == name) }
  }
}
