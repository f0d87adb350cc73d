internal import CLanes
package import KernelCalls
internal import KernelsBaseline

#if arch(x86_64)
  internal import KernelsAVX2
  internal import KernelsAVX512
  internal import KernelsVNNI
#endif

/// The kernels of networks of 8-bit numbers. All sets give the same bits, and take the same packed weights.
package struct IntegerKernels: Sendable {
  /// `reference`, `baseline`, `avx2`, `avx512` or `vnni`.
  package let name: String
  /// Whether this CPU has the instructions.
  package let isSupported: Bool
  package let multiply: @Sendable (borrowing ByteProduct) -> Void
  package let convolve: @Sendable (borrowing ByteDepthwise) -> Void
  package let add: @Sendable (borrowing ByteSum) -> Void
  package let quantize: @Sendable (borrowing ByteRounding) -> Void

  /// The plain loops that all other sets are measured against; slow.
  package static let reference = IntegerKernels(
    name: "reference", isSupported: true, multiply: Reference.multiplyBytes, convolve: Reference.convolveBytes,
    add: Reference.addBytes, quantize: Reference.quantizeBytes)

  /// What every CPU of this architecture has.
  package static let baseline = IntegerKernels(
    name: "baseline", isSupported: true, multiply: KernelsBaseline.multiplyBytes,
    convolve: KernelsBaseline.convolveBytes, add: KernelsBaseline.addBytes,
    quantize: KernelsBaseline.quantizeBytes)

  #if arch(x86_64)
    private static let avx2 = IntegerKernels(
      name: "avx2", isSupported: cpu_has_avx2(), multiply: KernelsAVX2.multiplyBytes,
      convolve: KernelsAVX2.convolveBytes, add: KernelsAVX2.addBytes,
      quantize: KernelsAVX2.quantizeBytes)

    private static let avx512 = IntegerKernels(
      name: "avx512", isSupported: cpu_has_avx512(), multiply: KernelsAVX512.multiplyBytes,
      convolve: KernelsAVX512.convolveBytes, add: KernelsAVX512.addBytes,
      quantize: KernelsAVX512.quantizeBytes)

    /// AVX-512 with dot products of bytes, which processors with the rest of x86-64-v4 may lack.
    private static let vnni = IntegerKernels(
      name: "vnni", isSupported: cpu_has_vnni(), multiply: KernelsVNNI.multiplyBytes,
      convolve: KernelsVNNI.convolveBytes, add: KernelsVNNI.addBytes,
      quantize: KernelsVNNI.quantizeBytes)
  #endif

  /// All sets that this build has, slowest first.
  package static let all: [IntegerKernels] = {
    #if arch(x86_64)
      [reference, baseline, avx2, avx512, vnni]
    #else
      [reference, baseline]
    #endif
  }()
}

extension KernelSet {
  /// The integer kernels of this set's instructions, or of those that widen them.
  package var integer: IntegerKernels {
    switch name {
    #if arch(x86_64)
      case "avx512": IntegerKernels.all.last { $0.isSupported } ?? .baseline
    #endif
    default: IntegerKernels.all.first { $0.name == name } ?? .baseline
    }
  }
}
