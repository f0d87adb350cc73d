internal import Kernels
internal import Model

extension Lowering {
  /// Returns the layer that computes `operation` for `node`.
  func layer(_ operation: MapOperator, _ node: Graph.Node) throws(InferenceError) -> any Layer {
    let input = try size(of: node.inputs[0], at: node)
    let output = try size(of: node.output, at: node)
    switch operation {
    case .pool(let pool): return PoolLayer(pool, input: input, output: output, kernels: kernels)
    case .crop(let crop): return CropLayer(input: input, output: output, crop: crop)
    case .join: return JoinLayer(input: input, secondInput: try size(of: node.inputs[1], at: node))
    case .product: return PairLayer(input: input.column, multiplies: true)
    case .maximum: return PairLayer(input: input.column, multiplies: false)
    case .unitLength(let scale, let epsilon):
      return ChannelsLayer(
        input: input.column, rule: .unitLength(scale: PackedWeights(numbers: scale), epsilon: epsilon))
    case .localResponse(let response): return ChannelsLayer(input: input.column, rule: .localResponse(response))
    case .softmax: return ChannelsLayer(input: input.column, rule: .softmax)
    case .sigmoid: return FunctionLayer(input: input.column, function: .sigmoid)
    case .tanh: return FunctionLayer(input: input.column, function: .tanh)
    case .leaky(let slopes):
      return FunctionLayer(input: input.column, function: .leaky(PackedWeights(numbers: slopes)))
    case .clamp(let range): return FunctionLayer(input: input.column, function: .clamp(range))
    }
  }
}

extension PackedWeights {
  /// Packs one number for each channel.
  convenience init(numbers: Constant) { self.init(scale: numbers, offset: numbers) }
}

extension MapOperator {
  /// Floats that its packed weights have, of a result of `shape`.
  func weightCount(for shape: Shape) -> Int {
    switch self {
    case .unitLength, .leaky: 2 * padded(shape.extents.last ?? 1)
    case .pool, .crop, .join, .product, .maximum, .localResponse, .softmax, .sigmoid, .tanh, .clamp: 0
    }
  }
}
