internal import KernelCalls
internal import Kernels
internal import Model

/// A 1×1 convolution by Strassen's products, seven where the formula has eight.
///
/// What it costs is weights, seven for every four, and rounding: a result is as exact as the largest values of its pair of
/// pixels, and of the output that shares its products, allow. A value that is infinite or none spoils the pair.
struct StrassenLayer: Layer {
  let input: MapSize
  let output: MapSize
  private let weights: PackedWeights
  /// As `StrassenProduct` wants them.
  private let bias: FloatBlock
  private let clamp: Clamp
  private let multiply: @Sendable (borrowing StrassenProduct) -> Void

  /// The layer of `convolution` over a map of `size`, a column of pixels; nil where the set does without, it is too small to
  /// gain, its channels are no two halves of whole panels, or it has weights whose sums a float may not hold.
  init?(_ convolution: Convolution, over size: MapSize, kernels: KernelSet, products: Products) {
    let (inputs, outputs) = (size.channels, convolution.outputs)
    guard let multiply = kernels.multiplyStrassen, inputs >= Self.leastInputs, outputs >= Self.leastOutputs,
      size.pixels >= Self.leastPixels,
      inputs % (2 * panelWidth) == 0, padded(outputs) % (2 * panelWidth) == 0,
      convolution.weights.isBelow(Self.mostWeight)
    else { return nil }
    input = size
    output = MapSize(width: size.width, height: size.height, channels: outputs)
    weights = products.packStrassen(convolution)
    let half = padded(outputs) / 2
    bias = FloatBlock(count: 2 * half + StrassenProduct.blockWidth)
    for channel in 0..<half {
      let (left, right) = unsafe (weights.bias[channel], weights.bias[half + channel])
      unsafe (bias.base[channel], bias.base[half + channel]) = (left, right - left)
    }
    clamp = Clamp(convolution.activation)
    self.multiply = multiply
  }

  /// With fewer, what comes between the products takes as long as the eighth product (measured).
  private static let leastInputs = 96
  private static let leastOutputs = 64
  static let leastPixels = 64
  /// Sums of a few such weights, times numbers of everyday size, are far from what a float can hold.
  private static let mostWeight: Float = 1e18

  var kind: StepDescription.Kind { .strassen }
  /// By pixels, in whole pairs, so that the same two meet however the work is shared.
  var cut: Cut { .blocks(least: 28, enough: 112, rows: 2, panels: output.panels) }
  var scratch: Int { StrassenProduct.scratchFloats(inputPanels: input.panels / 2) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let row = piece.rows.lowerBound
    unsafe multiply(
      StrassenProduct(
        input: source.from(row: row, width: 1), output: target.from(row: row, width: 1),
        residual: second?.from(row: row, width: 1), weights: weights.weights, bias: bias.base,
        pixels: piece.rows.count, inputPanels: input.panels / 2, outputPanels: output.panels / 2, clamp: clamp,
        scratch: scratch))
  }
}
