internal import KernelCalls
internal import Kernels
internal import Model

/// Scales and shifts each channel, then applies an activation: a batch norm or an activation that nothing absorbed.
struct AffineLayer: Layer {
  let input: MapSize
  private let weights: PackedWeights
  private let clamp: Clamp
  private let scale: @Sendable (borrowing Affine) -> Void

  /// A batch norm alone.
  init(scale: Constant, offset: Constant, over size: MapSize, kernels: KernelSet) {
    self.init(PackedWeights(scale: scale, offset: offset), .none, over: size, kernels: kernels)
  }

  /// An activation alone.
  init(_ activation: Activation, over size: MapSize, kernels: KernelSet) {
    self.init(PackedWeights(identityOf: size.channels), Clamp(activation), over: size, kernels: kernels)
  }

  private init(_ weights: PackedWeights, _ clamp: Clamp, over size: MapSize, kernels: KernelSet) {
    (input, self.weights, self.clamp, scale) = (size, weights, clamp, kernels.scale)
  }

  var output: MapSize { input }
  var kind: StepDescription.Kind { .affine }
  var cut: Cut { .rows(multiple: max(64 / input.width, 1)) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let row = piece.rows.lowerBound
    unsafe scale(
      Affine(
        input: source.from(row: row, width: input.width), output: target.from(row: row, width: input.width),
        scale: weights.weights, offset: weights.bias, pixels: 0..<piece.rows.count * input.width,
        panels: piece.panels, clamp: clamp))
  }
}
