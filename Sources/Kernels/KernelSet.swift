internal import CLanes
package import KernelCalls
internal import KernelsBaseline

#if arch(x86_64)
  internal import KernelsAVX2
  internal import KernelsAVX512
#endif

/// The kernels of one instruction set, and how they want their weights.
///
/// Every set takes the same calls; only the order of packed weights differs (`pack`). A kernel checks nothing: what a
/// call's ranges and pointers name must be there. Kernels allocate nothing and may run on any number of threads at once,
/// as long as no two of them write the same memory.
package struct KernelSet: Sendable {
  /// `reference`, `baseline`, `avx2` or `avx512`.
  package let name: String
  /// Whether this CPU has the instructions.
  package let isSupported: Bool
  /// Output channels of one block of packed weights, two panels at most.
  package let blockWidth: Int
  /// Whether products take weights by pairs of inputs (`pairedPanel`).
  let takesPairs: Bool
  /// The network's kernels, by what they are told.
  package let multiply: @Sendable (borrowing Product) -> Void
  /// Nil where seven products take longer than eight: tiles of 16 registers are too small for what is around them.
  package let multiplyStrassen: (@Sendable (borrowing StrassenProduct) -> Void)?
  package let convolve: @Sendable (borrowing Depthwise) -> Void
  package let gather: @Sendable (borrowing Gather) -> Void
  package let winogradInput: @Sendable (borrowing WinogradInput) -> Void
  package let winogradOutput: @Sendable (borrowing WinogradOutput) -> Void
  package let add: @Sendable (borrowing Sum) -> Void
  package let scale: @Sendable (borrowing Affine) -> Void
  package let average: @Sendable (borrowing Average) -> Void
  package let quantize: @Sendable (borrowing Rounding) -> Void
  package let unpanel: @Sendable (borrowing Unpanel) -> Void
  /// Does rounds of multiply-adds on 256 floats and returns the number of operations: the peak to compare with.
  package let multiplyAdd: @Sendable (Int, UnsafeMutablePointer<Float>) -> Int

  /// All sets that this build has, slowest first; `reference` and `baseline` run on every CPU.
  package static let all: [KernelSet] = {
    #if arch(x86_64)
      [reference, baseline, avx2, avx512]
    #else
      [reference, baseline]
    #endif
  }()

  /// The fastest set of this CPU.
  package static var fastest: KernelSet { all.last { $0.isSupported } ?? baseline }

  /// Returns the set called `name`, or the fastest of this CPU where `name` is nil.
  ///
  /// Throws iff this build has no such set or this CPU lacks its instructions.
  package static func chosen(named name: String?) throws(KernelSetError) -> KernelSet {
    guard let name else { return fastest }
    guard let set = all.first(where: { $0.name == name }) else { throw KernelSetError(name: name, reason: .unknown) }
    guard set.isSupported else { throw KernelSetError(name: name, reason: .unsupported) }
    return set
  }

  /// The plain loops that all other sets are measured against; slow.
  package static let reference = KernelSet(
    name: "reference", isSupported: true, blockWidth: panelWidth, takesPairs: false, multiply: Reference.multiply,
    multiplyStrassen: Reference.multiply,
    convolve: Reference.convolve, gather: Reference.gather, winogradInput: Reference.transform,
    winogradOutput: Reference.transform,
    add: Reference.add, scale: Reference.scale,
    average: Reference.average, quantize: Reference.quantize, unpanel: Reference.unpanel,
    multiplyAdd: Reference.multiplyAdd)

  /// What every CPU of this architecture has: SSE on x86-64, NEON on arm64.
  package static let baseline = KernelSet(
    name: "baseline", isSupported: true, blockWidth: 8, takesPairs: false, multiply: KernelsBaseline.multiply,
    multiplyStrassen: nil,
    convolve: KernelsBaseline.convolve, gather: KernelsBaseline.gather, winogradInput: KernelsBaseline.transform,
    winogradOutput: KernelsBaseline.transform,
    add: KernelsBaseline.add,
    scale: KernelsBaseline.scale, average: KernelsBaseline.average, quantize: KernelsBaseline.quantize,
    unpanel: KernelsBaseline.unpanel,
    multiplyAdd: KernelsBaseline.multiplyAdd)

  #if arch(x86_64)
    /// AVX2 with FMA.
    private static let avx2 = KernelSet(
      name: "avx2", isSupported: cpu_has_avx2(), blockWidth: 16, takesPairs: false, multiply: KernelsAVX2.multiply,
      multiplyStrassen: nil,
      convolve: KernelsAVX2.convolve, gather: KernelsAVX2.gather, winogradInput: KernelsAVX2.transform,
      winogradOutput: KernelsAVX2.transform,
      add: KernelsAVX2.add, scale: KernelsAVX2.scale,
      average: KernelsAVX2.average, quantize: KernelsAVX2.quantize, unpanel: KernelsAVX2.unpanel,
      multiplyAdd: KernelsAVX2.multiplyAdd)

    /// The AVX-512 of x86-64-v4.
    private static let avx512 = KernelSet(
      name: "avx512", isSupported: cpu_has_avx512(), blockWidth: 32, takesPairs: true, multiply: KernelsAVX512.multiply,
      multiplyStrassen: KernelsAVX512.multiply,
      convolve: KernelsAVX512.convolve, gather: KernelsAVX512.gather, winogradInput: KernelsAVX512.transform,
      winogradOutput: KernelsAVX512.transform,
      add: KernelsAVX512.add,
      scale: KernelsAVX512.scale, average: KernelsAVX512.average, quantize: KernelsAVX512.quantize,
      unpanel: KernelsAVX512.unpanel,
      multiplyAdd: KernelsAVX512.multiplyAdd)
  #endif
}
