internal import KernelCalls
internal import Kernels
internal import Model

/// A k×k convolution over many channels: the windows of some pixels are copied side by side, then multiplied.
struct GatheredLayer: Layer {
  let input: MapSize
  let output: MapSize
  private let weights: PackedWeights
  private let clamp: Clamp
  private let window: KernelWindow
  private let gather: @Sendable (borrowing Gather) -> Void
  private let multiply: @Sendable (borrowing Product) -> Void
  /// Output pixels whose windows are copied at a time, at most.
  private let stripPixels: Int
  /// Floats of windows that stay in the second-level cache while all output channels pass over them.
  private static let stripFloats = 128_000
  /// Pixels that make the reading of all weights worth it even where the windows are large: two of the tallest tiles.
  private static let leastPixels = 28

  /// Packs the weights of `convolution` for maps of these sizes.
  init(_ convolution: Convolution, input: MapSize, output: MapSize, kernels: KernelSet) {
    (self.input, self.output) = (input, output)
    weights = PackedWeights(convolution, gathered: true, kernels: kernels)
    clamp = Clamp(convolution.activation)
    window = KernelWindow(convolution.window, of: convolution.weights.shape)
    (gather, multiply) = (kernels.gather, kernels.multiply)
    stripPixels = max(Self.leastPixels, min(Self.stripFloats / weights.depth, output.pixels))
  }

  var kind: StepDescription.Kind { .gathered }
  var cut: Cut { .rows(multiple: 1) }
  var scratch: Int { stripPixels * weights.depth }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    let (first, count) = (piece.rows.lowerBound * output.width, piece.rows.count * output.width)
    let strips = (count + stripPixels - 1) / stripPixels
    for strip in 0..<strips {
      let pixels = first + strip * count / strips..<first + (strip + 1) * count / strips
      let windows = unsafe FeatureMap(panels: scratch, pixels: pixels.count)
      var copy = unsafe Gather(
        input: source.map, inputWidth: input.width, inputHeight: input.height, inputPanels: input.panels,
        target: windows, outputWidth: output.width, pixels: pixels, window: window)
      unsafe copy.firstInputRow = source.firstRow
      gather(copy)
      unsafe multiply(
        Product(
          input: windows, output: target.from(pixel: pixels.lowerBound, width: output.width),
          residual: second?.from(pixel: pixels.lowerBound, width: output.width), weights: weights.weights,
          bias: weights.bias, pixels: 0..<pixels.count, panels: piece.panels, depth: weights.depth, clamp: clamp))
    }
  }
}
