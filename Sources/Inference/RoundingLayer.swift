internal import KernelCalls
internal import Kernels
internal import Model

/// Scales and shifts each channel, applies an activation and moves each value to the nearest one of a grid: fake
/// quantisation with what stands before it.
struct RoundingLayer: Layer {
  let input: MapSize
  private let weights: PackedWeights
  private let clamp: Clamp
  private let grid: QuantizationGrid
  private let quantize: @Sendable (borrowing Rounding) -> Void

  /// Computes `quantization` on maps of `size`.
  init(_ quantization: FakeQuantization, over size: MapSize, kernels: KernelSet) {
    (input, grid, clamp) = (size, quantization.grid, Clamp(quantization.activation))
    weights =
      quantization.affine.map { PackedWeights(scale: $0.scale, offset: $0.offset) }
      ?? PackedWeights(identityOf: size.channels)
    quantize = kernels.quantize
  }

  var output: MapSize { input }
  var kind: StepDescription.Kind { .rounding }
  var cut: Cut { .rows(multiple: max(64 / input.width, 1)) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let row = piece.rows.lowerBound
    unsafe quantize(
      Rounding(
        Affine(
          input: source.from(row: row, width: input.width), output: target.from(row: row, width: input.width),
          scale: weights.weights, offset: weights.bias, pixels: 0..<piece.rows.count * input.width,
          panels: piece.panels, clamp: clamp),
        least: grid.least, greatest: grid.greatest, step: grid.step, zero: grid.zero))
  }
}
