internal import KernelCalls
internal import Kernels
internal import Model

extension Lowering {
  /// Returns the layer that computes `node`.
  func layer(_ node: Graph.Node) throws(InferenceError) -> any Layer {
    let input = try size(of: node.inputs[0], at: node)
    let output = try size(of: node.output, at: node)
    switch node.operation {
    case .convolution(let convolution):
      if node.inputs[0] == graph.input { return try pictureLayer(convolution, node, output) }
      try check(convolution.weights, at: node)
      if convolution.isPointwise {
        if mayChangeSums,
          let layer = StrassenLayer(convolution, over: input.column, kernels: kernels, products: products)
        {
          return layer
        }
        return PointwiseLayer(convolution, over: input.column, to: output.elements, products: products)
      }
      return GatheredLayer(convolution, input: input, output: output, kernels: kernels, products: products)
    case .depthwise(let convolution):
      guard convolution.weights.count <= 1 << 22 else {
        throw InferenceError(node: node.name, reason: "weights \(convolution.weights.shape) are too large")
      }
      return DepthwiseLayer(convolution, input: input, output: output, kernels: kernels, products: products)
    case .affine(let scale, let offset):
      return AffineLayer(scale: scale, offset: offset, over: input.column, kernels: kernels)
    case .activation(let activation): return AffineLayer(activation, over: input.column, kernels: kernels)
    case .fakeQuantization(let quantization):
      return RoundingLayer(quantization, over: input.column, kernels: kernels)
    case .add(let activation): return SumLayer(input: input.column, clamp: Clamp(activation), add: kernels.add)
    case .mean: return MeanLayer(input: input, average: kernels.average)
    case .gate(let factor): return GateLayer(factor: factor, over: input.column, kernels: kernels)
    case .resize(let resize): return ResizeLayer(resize, input: input, output: output)
    case .map(let operation): return try layer(operation, node)
    case .reshape, .concatenation: preconditionFailure("A place is no work.")
    case .integer:
      throw InferenceError(node: node.name, reason: "whole numbers in a network of real ones are not supported")
    }
  }

  /// Whether a convolution may be computed in another way than the formula says: Winograd and Strassen keep no order of sums;
  /// the reference computes what the formula says, and halves have products of their own.
  private var mayChangeSums: Bool {
    kernels.name != KernelSet.reference.name && !products.areInOrder && !products.areOfHalves
  }

  /// Returns the layers that compute `node` after Winograd; nil where another layer is to.
  func winogradLayers(_ node: Graph.Node) throws(InferenceError) -> WinogradLayers? {
    guard case .convolution(let convolution) = node.operation, node.inputs[0] != graph.input, mayChangeSums
    else { return nil }
    try check(convolution.weights, at: node)
    return WinogradLayers(
      convolution, input: try size(of: node.inputs[0], at: node), output: try size(of: node.output, at: node),
      kernels: kernels, products: products)
  }

  /// Returns the layer that computes the convolution `sums` and rounds its result as `node` says.
  func rounded(_ node: Graph.Node, sums: Graph.Node) throws(InferenceError) -> any Layer {
    guard case .fakeQuantization(let quantization) = node.operation else {
      preconditionFailure("The node is no fake quantisation.")
    }
    let layer = try layer(sums)
    return RoundedLayer(layer, RoundingLayer(quantization, over: layer.output, kernels: kernels))
  }

  /// Returns the layer that computes the three nodes of `parts`.
  func bottleneck(_ parts: Fusions.Bottleneck, _ strips: StripSizes) throws(InferenceError) -> any Layer {
    let nodes = (graph.nodes[parts.spread], graph.nodes[parts.depthwise], graph.nodes[parts.project])
    let wide = try size(of: nodes.0.output, at: nodes.0)
    let narrow = try size(of: nodes.1.output, at: nodes.1)
    guard case .convolution(let spread) = nodes.0.operation, case .depthwise(let depthwise) = nodes.1.operation,
      case .convolution(let project) = nodes.2.operation
    else { preconditionFailure("The nodes are no bottleneck.") }
    let first: any Layer =
      nodes.0.inputs[0] == graph.input
      ? try pictureLayer(spread, nodes.0, wide)
      : PointwiseLayer(
        spread, over: try size(of: nodes.0.inputs[0], at: nodes.0), to: wide.elements, products: products)
    let result = try size(of: nodes.2.output, at: nodes.2)
    return BottleneckLayer(
      spread: first,
      depthwise: DepthwiseLayer(depthwise, input: wide, output: narrow, kernels: kernels, products: products),
      project: PointwiseLayer(project, over: narrow, to: result.elements, products: products),
      stripFloats: strips.floats)
  }

  /// Throws where the weights would be many times larger packed than they are: hostile shapes of few channels.
  private func check(_ weights: Constant, at node: Graph.Node) throws(InferenceError) {
    let extents = weights.shape.extents
    let taps = extents[0] * extents[1]
    guard taps <= 1 << 10, padded(extents[2]) * padded(extents[3]) <= (1 << 28) / taps else {
      throw InferenceError(node: node.name, reason: "weights \(weights.shape) are too large")
    }
  }

  /// Returns the layer of a convolution that reads the network's input.
  private func pictureLayer(_ convolution: Convolution, _ node: Graph.Node, _ output: MapSize) throws(InferenceError)
    -> PictureLayer
  {
    guard convolution.window.dilation.width == 1 else {
      throw InferenceError(node: node.name, reason: "a dilated convolution cannot read the picture")
    }
    return PictureLayer(convolution, layout: layout, output: output, kernels: kernels)
  }
}

extension InputLayout {
  /// The layout in which all convolutions that read the graph's input find their padding.
  init(_ graph: Graph) throws(InferenceError) {
    guard let size = MapSize(graph.shape(of: graph.input)), Extent.sides.contains(size.width),
      Extent.sides.contains(size.height), (1...4).contains(size.channels)
    else {
      throw InferenceError(node: "input", reason: "\(graph.shape(of: graph.input)) is no picture of 1 to 4 channels")
    }
    var zeros = (top: 0, left: 0, bottom: 0, right: 0)
    for node in graph.nodes where node.inputs.contains(graph.input) {
      guard case .convolution(let convolution) = node.operation, node.inputs[0] == graph.input,
        node.inputs.dropFirst().first != graph.input,
        case .explicit(let top, let left, let bottom, let right) = convolution.window.padding
      else { throw InferenceError(node: node.name, reason: "only a convolution can read the picture") }
      guard max(top, left, bottom, right) <= 64 else {
        throw InferenceError(node: node.name, reason: "the picture's padding is larger than 64")
      }
      zeros = (
        max(zeros.top, top), max(zeros.left, left), max(zeros.bottom, bottom), max(zeros.right, right)
      )
    }
    self.init(
      width: size.width, height: size.height, channels: size.channels, top: zeros.top, left: zeros.left,
      bottom: zeros.bottom, right: zeros.right)
  }
}
