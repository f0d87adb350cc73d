internal import KernelCalls
internal import Kernels
internal import Model

/// A convolution that reads the network's input as it lies: each output row is a product over rows of packed pixels.
///
/// The window's taps of one row are neighbours in memory, so they are one segment of the product's depth; the padding
/// is zeros in memory, so there are no edges.
struct PictureLayer: Layer {
  let input: MapSize
  let output: MapSize
  private let weights: PackedWeights
  private let clamp: Clamp
  private let window: Window
  private let padding: (top: Int, left: Int)
  /// Floats of one row of the window.
  private let segment: Int
  /// Floats from one row of the picture to the next.
  private let rowStride: Int
  private let multiply: @Sendable (borrowing Product) -> Void

  /// - Precondition: the window's columns are neighbours, and `layout` has its padding.
  init(_ convolution: Convolution, layout: InputLayout, output: MapSize, kernels: KernelSet) {
    input = MapSize(width: layout.width, height: layout.height, channels: layout.channels)
    self.output = output
    weights = PackedWeights(matrix: convolution.weights, bias: convolution.bias, kernels: kernels)
    clamp = Clamp(convolution.activation)
    window = convolution.window
    padding = window.zerosBefore
    segment = convolution.weights.shape.extents[1] * layout.channels
    rowStride = layout.rowStride
    multiply = kernels.multiply
  }

  var cut: Cut { .rows(multiple: 1) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let depth = weights.depth
    for row in piece.rows {
      let top = row * window.stride.height - padding.top
      let corner = unsafe source.map.base + top * rowStride - padding.left * input.channels
      var call = unsafe Product(
        input: FeatureMap(
          corner, pixelStride: window.stride.width * input.channels, panelStride: rowStride),
        output: target.from(row: row, width: output.width), residual: second?.from(row: row, width: output.width),
        weights: weights.weights, bias: weights.bias, pixels: 0..<output.width, panels: piece.panels, depth: depth,
        clamp: clamp)
      (call.segmentDepth, call.segmentStride) = (segment, rowStride * window.dilation.height)
      multiply(call)
    }
  }
}

extension Window {
  /// The zeros above and left of the map.
  ///
  /// - Precondition: the window is a graph's, so its padding is explicit.
  var zerosBefore: (top: Int, left: Int) {
    guard case .explicit(let top, let left, _, _) = padding else { preconditionFailure("The padding is not resolved.") }
    return (top, left)
  }
}
