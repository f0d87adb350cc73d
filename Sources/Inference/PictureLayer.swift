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
  private let window: KernelWindow
  /// Floats from one row of the picture to the next.
  private let rowStride: Int
  private let multiply: @Sendable (borrowing Product) -> Void

  /// Packs the weights of `convolution`.
  ///
  /// - Precondition: the window's columns are neighbours, and `layout` has its padding.
  init(_ convolution: Convolution, layout: InputLayout, output: MapSize, kernels: KernelSet) {
    input = MapSize(width: layout.width, height: layout.height, channels: layout.channels)
    self.output = output
    // A row of the window may be an odd number of values: there are no pairs.
    weights = PackedWeights(convolution, gathered: false, kernels: kernels)
    clamp = Clamp(convolution.activation)
    window = KernelWindow(convolution.window, of: convolution.weights.shape)
    rowStride = layout.rowStride
    multiply = kernels.multiply
  }

  var kind: StepDescription.Kind { .picture }
  var cut: Cut { .rows(multiple: 1) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    for row in piece.rows {
      let top = row * window.rowStride - window.top
      var call = unsafe Product(
        picture: source.map.base + top * rowStride - window.left * input.channels, channels: input.channels,
        rowStride: rowStride, window: window, output: target.from(row: row, width: output.width),
        weights: weights.weights, bias: weights.bias, columns: 0..<output.width, panels: piece.panels, clamp: clamp)
      // The next row's share of the picture: it came from another core, and its rows are too short for the processor to
      // see by itself where they go on.
      let bottom = top + (window.height - 1) * window.rowDilation + 1
      unsafe call.upcoming = UnsafePointer(source.map.base + bottom * rowStride)
      call.upcomingFloats = window.rowStride * rowStride
      unsafe call.residual = second?.from(row: row, width: output.width)
      multiply(call)
    }
  }
}
