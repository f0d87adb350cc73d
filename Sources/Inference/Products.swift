internal import KernelCalls
internal import Kernels
internal import Model

/// How the convolutions over all channels are computed: of floats, or of halves, to which the inputs are rounded as they
/// are needed.
struct Products: Sendable {
  private let kernels: KernelSet
  /// Nil where products are of floats.
  private let halves: HalfKernels?
  /// Whether each sum runs over the inputs in their order.
  let areInOrder: Bool
  /// What is packed last.
  private let list = PackingList()

  /// Whether inputs and weights are rounded to halves.
  var areOfHalves: Bool { halves != nil }
  /// What a map of halves holds.
  var halfElements: MapSize.Elements { .halves(inPairs: halves?.order == .pairs) }

  /// Floats of a strip's halves: half of the second-level cache of today's cores, with the weights beside them.
  private static let stripFloats = 1 << 16

  /// - Parameter inOrder: whether each sum has to run over the inputs in their order, so that its last bit is known.
  init(_ precision: Precision, kernels: KernelSet, inOrder: Bool) {
    (self.kernels, areInOrder) = (kernels, inOrder)
    halves = precision == .bfloat16 ? kernels.halves : nil
  }

  /// Packs the weights of `convolution`, `gathered` as `PackedWeights` says, when `packAll` is called.
  func pack(_ convolution: Convolution, gathered: Bool) -> PackedWeights {
    guard let halves else {
      return PackedWeights(
        convolution, gathered: gathered, mayPair: !areInOrder, kernels: kernels, list: list)
    }
    return PackedWeights(convolution, gathered: gathered, halves: halves, list: list)
  }

  /// Packs the weights of a 3×3 `convolution` for Winograd's products of floats, when `packAll` is called.
  func packWinograd(_ convolution: Convolution) -> PackedWeights {
    PackedWeights(winograd: convolution, kernels: kernels, list: list)
  }

  /// Packs the weights of a 1×1 `convolution` for Strassen's products of floats, when `packAll` is called.
  func packStrassen(_ convolution: Convolution) -> PackedWeights {
    PackedWeights(strassen: convolution, kernels: kernels, list: list)
  }

  /// Packs the weights of a 3×3 `convolution` of a map of halves, and returns what computes it.
  ///
  /// - Precondition: products are of halves.
  func packDepthwise(_ convolution: DepthwiseConvolution) -> (PackedWeights, @Sendable (borrowing Depthwise) -> Void) {
    guard let halves else { preconditionFailure("There are no halves.") }
    return (PackedWeights(convolution, halves: halves), halves.convolve)
  }

  /// Packs all weights that were handed to `pack` and `packWinograd`.
  func packAll() { list.packAll() }

  /// Returns the floats of scratch memory that products over so many pixels and channels of floats, or fewer, need.
  func scratch(pixels: Int, channels: Int) -> Int {
    guard let halves else { return 0 }
    // Not those of a strip of all channels: one of fewer has more pixels, and may have more floats.
    let pixelFloats = padded(channels) / panelWidth * halves.panelFloats
    return min(pixels * pixelFloats, max(Self.stripFloats, pixelFloats))
  }

  /// Computes `product`, whose weights are from `pack`, over a map of halves in pairs.
  ///
  /// - Precondition: products are of halves.
  func computeOfPairs(_ product: Product) {
    guard let halves else { preconditionFailure("There are no halves.") }
    halves.multiply(product.countedInFloats)
  }

  /// Computes `product`, whose weights are from `pack`, over a map of floats, or of halves that lie as floats.
  ///
  /// - Parameter scratch: memory for as many pixels and channels as the product has, or for more.
  @unsafe
  func compute(_ product: Product, scratch: UnsafeMutablePointer<Float>) {
    guard let halves else { return kernels.multiply(product) }
    let panels = padded(product.depth) / panelWidth
    let (count, most) = (product.pixels.count, stripPixels(panels, halves))
    let strips = (count + most - 1) / most
    for strip in 0..<strips {
      let first = product.pixels.lowerBound + strip * count / strips
      let pixels = product.pixels.lowerBound + (strip + 1) * count / strips - first
      var part = product
      unsafe part.input.base += first * part.input.pixelStride
      unsafe part.output.base += first * part.output.pixelStride
      if let residual = part.residual { unsafe part.residual?.base += first * residual.pixelStride }
      unsafe halves.narrow(Narrowing(input: part.input, pixels: pixels, panels: panels, output: scratch))
      unsafe halves.multiply(part.overHalves(scratch, pixels: pixels, panelFloats: halves.panelFloats))
    }
  }

  /// The most pixels of a strip.
  private func stripPixels(_ panels: Int, _ halves: HalfKernels) -> Int {
    max(Self.stripFloats / (panels * halves.panelFloats), 1)
  }
}
