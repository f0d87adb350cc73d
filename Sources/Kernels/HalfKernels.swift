internal import CLanes
package import KernelCalls
internal import KernelsBaseline

#if arch(x86_64)
  internal import KernelsAVX2
  internal import KernelsAVX512
  internal import KernelsBF16
#endif

/// The kernels of products of halves: inputs and weights rounded to bfloat16, sums in float32.
///
/// All sets whose products are fused give the same bits, but for sums below all normal numbers (1.2e-38), which
/// `avx512bf16` makes zero. A map is narrowed before it is multiplied (`Product.overHalves`).
package struct HalfKernels: Sendable {
  /// How halves lie.
  package enum Order: Sendable {
    /// Each as a float, in their order.
    case plain
    /// Inputs as floats, the second of two before the first; two weights in the place of one float, for outputs of the
    /// one vector of a block and of the other.
    case columns
    /// Two neighbouring inputs in the place of one float; so the weights that multiply them.
    case pairs
  }

  /// `reference`, `baseline`, `avx2`, `avx512` or `avx512bf16`.
  package let name: String
  /// Whether this CPU has the instructions.
  package let isSupported: Bool
  package let order: Order
  /// Output channels of one block of packed weights.
  let blockWidth: Int
  package let narrow: @Sendable (borrowing Narrowing) -> Void
  package let multiply: @Sendable (borrowing Product) -> Void
  /// Computes depthwise convolutions of maps of halves that have a `Depthwise.quickStep`, with weights from `packDepthwise`.
  package let convolve: @Sendable (borrowing Depthwise) -> Void
  /// As `KernelSet.multiplyAdd`.
  let multiplyAdd: @Sendable (Int, UnsafeMutablePointer<Float>) -> Int

  /// Floats that a panel of one pixel takes in a map of halves. In pairs, a narrowed map is such a map.
  package var panelFloats: Int { order == .pairs ? panelWidth / 2 : panelWidth }

  /// The plain loops that all other sets are measured against; slow.
  package static let reference = HalfKernels(
    name: "reference", isSupported: true, order: .plain, blockWidth: panelWidth, narrow: Reference.narrow,
    multiply: Reference.multiply, convolve: Reference.convolve, multiplyAdd: Reference.multiplyAdd)

  /// What every CPU of this architecture has.
  package static let baseline = HalfKernels(
    name: "baseline", isSupported: true, order: .columns, blockWidth: 8, narrow: KernelsBaseline.roundHalves,
    multiply: KernelsBaseline.multiplyHalves, convolve: KernelsBaseline.convolve,
    multiplyAdd: KernelsBaseline.multiplyAdd)

  #if arch(x86_64)
    private static let avx2 = HalfKernels(
      name: "avx2", isSupported: cpu_has_avx2(), order: .columns, blockWidth: 16, narrow: KernelsAVX2.roundHalves,
      multiply: KernelsAVX2.multiplyHalves, convolve: KernelsAVX2.convolve, multiplyAdd: KernelsAVX2.multiplyAdd)

    private static let avx512 = HalfKernels(
      name: "avx512", isSupported: cpu_has_avx512(), order: .columns, blockWidth: 32,
      narrow: KernelsAVX512.roundHalves, multiply: KernelsAVX512.multiplyHalves, convolve: KernelsAVX512.convolve,
      multiplyAdd: KernelsAVX512.multiplyAdd)

    /// AVX-512 with dot products of halves, each of which is two products.
    private static let bf16 = HalfKernels(
      name: "avx512bf16", isSupported: cpu_has_bf16(), order: .pairs, blockWidth: 32, narrow: KernelsBF16.joinHalves,
      multiply: KernelsBF16.multiply, convolve: KernelsBF16.convolveHalves,
      multiplyAdd: { 2 * KernelsBF16.multiplyAdd(rounds: $0, $1) })
  #endif

  /// All sets that this build has.
  package static let all: [HalfKernels] = {
    #if arch(x86_64)
      [reference, baseline, avx2, avx512, bf16]
    #else
      [reference, baseline]
    #endif
  }()

  /// Of the sets for a CPU with AVX-512 the faster one, by a measurement: there are CPUs whose dot products of halves have
  /// twice the rate of multiply-adds of floats, and such where they have half of it.
  fileprivate static let fastestWide: HalfKernels =
    all.filter { $0.isSupported && ["avx512", "avx512bf16"].contains($0.name) }
    .max { $0.quickRate < $1.quickRate } ?? baseline
}

extension KernelSet {
  /// The products of halves for this set's instructions, or for those that widen them where they are faster.
  package var halves: HalfKernels {
    name == "avx512" ? HalfKernels.fastestWide : HalfKernels.all.first { $0.name == name } ?? .baseline
  }
}
