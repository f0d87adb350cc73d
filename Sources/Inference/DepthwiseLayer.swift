internal import KernelCalls
internal import Kernels
internal import Model

/// A convolution of each channel for itself.
struct DepthwiseLayer: Layer {
  let input: MapSize
  let output: MapSize
  private let weights: PackedWeights
  private let clamp: Clamp
  let window: KernelWindow
  private let convolve: @Sendable (borrowing Depthwise) -> Void

  /// Packs the weights of `convolution` for maps of these sizes, both of floats or both of halves.
  init(
    _ convolution: DepthwiseConvolution, input: MapSize, output: MapSize, kernels: KernelSet, products: Products
  ) {
    precondition(input.elements == output.elements, "The maps are of one kind.")
    (self.input, self.output) = (input, output)
    (weights, convolve) =
      input.elements == .floats
      ? (PackedWeights(convolution), kernels.convolve) : products.packDepthwise(convolution)
    clamp = Clamp(convolution.activation)
    window = KernelWindow(convolution.window, of: convolution.weights.shape)
  }

  var kind: StepDescription.Kind { .depthwise }
  /// By rows, as the layers before and after it: so a thread finds most of its input in its own cache.
  var cut: Cut { .rows(multiple: 1) }

  func compute(
    _ piece: Piece, from source: Strip, adding second: Strip?, to target: Strip, scratch: UnsafeMutablePointer<Float>
  ) {
    var call = unsafe Depthwise(
      input: source.map, inputWidth: input.width, inputHeight: input.height, output: target.map,
      outputWidth: output.width, rows: piece.rows, panels: piece.panels, weights: weights.weights, bias: weights.bias,
      window: window, clamp: clamp)
    unsafe (call.firstInputRow, call.firstOutputRow) = (source.firstRow, target.firstRow)
    convolve(call)
  }
}
