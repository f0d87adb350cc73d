import Model

/// Returns a constant that counts up from `first` in steps of `step`.
func counting(_ extents: [Int], from first: Float = 1, by step: Float = 1) -> Constant {
  let shape = Shape(extents)
  return Constant((0..<(shape.count ?? 0)).map { first + Float($0) * step }, shape: shape)
}

/// The grid of the integers from 0 to 255.
let bytes = QuantizationGrid((0, 255), bits: 8, isNarrow: false)!

/// Returns a pointwise convolution with counting weights.
func pointwise(_ inputs: Int, _ outputs: Int, bias: Constant? = nil) -> Operator {
  convolution([1, 1, inputs, outputs], bias: bias)
}

/// Returns a convolution with counting weights.
func convolution(
  _ weights: [Int], bias: Constant? = nil, stride: Int = 1, dilation: Int = 1, padding: Padding = .same
) -> Operator {
  .convolution(
    Convolution(
      weights: counting(weights), bias: bias,
      window: Window(
        stride: Extent(height: stride, width: stride), dilation: Extent(height: dilation, width: dilation),
        padding: padding)))
}

/// Returns a depthwise 3×3 convolution with counting weights.
func depthwise(_ channels: Int, stride: Int = 1, bias: Constant? = nil) -> Operator {
  .depthwise(
    DepthwiseConvolution(
      weights: counting([3, 3, channels]), bias: bias,
      window: Window(stride: Extent(height: stride, width: stride), padding: .same)))
}

extension Graph {
  /// Appends a node that is called `name`.
  mutating func add(_ name: String, _ operation: Operator, _ inputs: Value...) throws(GraphError) -> Value {
    try append(name: name, operation: operation, inputs: inputs)
  }

  /// The names of the nodes, in order.
  var names: [String] { nodes.map(\.name) }
}

extension Operator {
  /// The convolution that this is.
  var asConvolution: Convolution? {
    if case .convolution(let convolution) = self { convolution } else { nil }
  }

  /// The depthwise convolution that this is.
  var asDepthwise: DepthwiseConvolution? {
    if case .depthwise(let convolution) = self { convolution } else { nil }
  }
}
