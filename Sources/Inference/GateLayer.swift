internal import KernelCalls
internal import Kernels

/// Multiplies each channel of a map by a number that another map, of one pixel, gives, and by a factor.
struct GateLayer: Layer {
  let input: MapSize
  /// The factor for each channel, and offsets of zero.
  private let factors: PackedWeights
  private let scale: @Sendable (borrowing Affine) -> Void

  /// - Parameter size: the map's; its `column`.
  init(factor: Float, over size: MapSize, kernels: KernelSet) {
    (input, factors, scale) = (size, PackedWeights(factor: factor, for: size.channels), kernels.scale)
  }

  var output: MapSize { input }
  var secondInput: MapSize { MapSize(width: 1, height: 1, channels: input.channels) }
  var kind: StepDescription.Kind { .gate }
  var cut: Cut { .rows(multiple: max(64 / input.width, 1)) }
  var scratch: Int { padded(input.channels) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    guard let second = unsafe second else { preconditionFailure("A gate has two operands.") }
    // The numbers times the factor, which then are the scales of the map's channels.
    unsafe scale(
      Affine(
        input: second.map, output: FeatureMap(panels: scratch, pixels: 1), scale: factors.weights,
        offset: factors.bias, pixels: 0..<1, panels: piece.panels, clamp: .none))
    let row = piece.rows.lowerBound
    unsafe scale(
      Affine(
        input: source.from(row: row, width: input.width), output: target.from(row: row, width: input.width),
        scale: UnsafePointer(scratch), offset: factors.bias, pixels: 0..<piece.rows.count * input.width,
        panels: piece.panels, clamp: .none))
  }
}
