package import Model

/// Numbers that look random and are the same in every run.
package struct Noise {
  private var state: UInt64

  /// The sequence that `seed` starts.
  package init(seed: UInt64) { state = seed }

  /// Returns the next number, from -1 to below 1.
  package mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 23) - 1
  }

  /// Returns a constant of numbers up to `scale` on both sides of zero.
  package mutating func constant(_ extents: [Int], scale: Float) -> Constant {
    let shape = Shape(extents)
    return Constant((0..<(shape.count ?? 0)).map { _ in next() * scale }, shape: shape)
  }
}

/// Builds networks of random weights, layer by layer as a model's file has them: batch norms and activations apart.
package struct NetworkBuilder {
  package private(set) var graph: Graph
  private var noise = Noise(seed: 1)

  /// A network whose input has shape `input`.
  package init(input: Shape) { graph = Graph(input: input) }

  /// Adds a convolution over all channels.
  package mutating func convolution(
    _ input: Graph.Value, to channels: Int, kernel: Int = 1, stride: Int = 1, padding: Padding = .same,
    bias: Bool = false
  ) throws -> Graph.Value {
    let inputs = graph.shape(of: input).extents[3]
    // Kaiming's scale keeps the values of a random network in range.
    let scale = (6 / Float(inputs * kernel * kernel)).squareRoot()
    let convolution = Convolution(
      weights: noise.constant([kernel, kernel, inputs, channels], scale: scale),
      bias: bias ? noise.constant([channels], scale: 0.5) : nil,
      window: Window(stride: Extent(height: stride, width: stride), padding: padding))
    return try append(.convolution(convolution), [input])
  }

  /// Adds a convolution of each channel for itself.
  package mutating func depthwise(
    _ input: Graph.Value, kernel: Int = 3, stride: Int = 1, dilation: Int = 1, padding: Padding = .same
  ) throws -> Graph.Value {
    let channels = graph.shape(of: input).extents[3]
    let convolution = DepthwiseConvolution(
      weights: noise.constant([kernel, kernel, channels], scale: (6 / Float(kernel * kernel)).squareRoot()),
      window: Window(
        stride: Extent(height: stride, width: stride), dilation: Extent(height: dilation, width: dilation),
        padding: padding))
    return try append(.depthwise(convolution), [input])
  }

  /// Adds a batch norm.
  package mutating func norm(_ input: Graph.Value) throws -> Graph.Value {
    let channels = graph.shape(of: input).extents[3]
    let scale = Constant((0..<channels).map { _ in 1 + noise.next() / 4 }, shape: Shape([channels]))
    return try append(.affine(scale: scale, offset: noise.constant([channels], scale: 0.1)), [input])
  }

  /// Adds a ReLU6.
  package mutating func relu6(_ input: Graph.Value) throws -> Graph.Value { try append(.activation(.relu6), [input]) }

  /// Adds a hard-swish.
  package mutating func hardSwish(_ input: Graph.Value) throws -> Graph.Value {
    try append(.activation(.hardSwish), [input])
  }

  /// Adds any operator under a name of its own.
  package mutating func append(_ operation: Operator, _ inputs: [Graph.Value]) throws -> Graph.Value {
    try graph.append(name: "node \(graph.nodes.count)", operation: operation, inputs: inputs)
  }

  /// Marks the outputs and returns the graph.
  package mutating func finish(_ outputs: [Graph.Value]) -> Graph {
    graph.markOutputs(outputs)
    return graph
  }
}

/// Returns SSDLite MobileNetV2 (arXiv:1801.04381, sections 3 and 6.2) for pictures of `size` × `size`, with random
/// weights; `width` multiplies the backbone's channels.
package func ssdliteMobileNetV2(size: Int, columns: Int, width: Double = 1) throws -> Graph {
  var builder = NetworkBuilder(input: Shape(height: size, width: size, channels: 3))
  func channels(_ count: Int) -> Int { max(8, Int(Double(count) * width + 4) / 8 * 8) }
  var top = try builder.relu6(
    builder.norm(builder.convolution(builder.graph.input, to: channels(32), kernel: 3, stride: 2)))
  var taps: [Graph.Value] = []
  var number = 0
  for (expansion, count, repeats, stride) in [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
  ] {
    for repetition in 0..<repeats {
      let input = top
      let depth = builder.graph.shape(of: input).extents[3]
      if expansion > 1 { top = try builder.relu6(builder.norm(builder.convolution(top, to: depth * expansion))) }
      if number == 13 { taps.append(top) }
      top = try builder.relu6(builder.norm(builder.depthwise(top, stride: repetition == 0 ? stride : 1)))
      top = try builder.norm(builder.convolution(top, to: channels(count)))
      if repetition > 0 { top = try builder.append(.add(.none), [input, top]) }
      number += 1
    }
  }
  top = try builder.relu6(builder.norm(builder.convolution(top, to: channels(1280))))
  taps.append(top)
  for count in [512, 256, 256, 128] {
    top = try builder.relu6(builder.norm(builder.convolution(top, to: count / 2)))
    top = try builder.relu6(builder.norm(builder.depthwise(top, stride: 2)))
    top = try builder.relu6(builder.norm(builder.convolution(top, to: count)))
    taps.append(top)
  }
  var (boxes, classes): ([Graph.Value], [Graph.Value]) = ([], [])
  for (index, tap) in taps.enumerated() {
    let anchors = index == 0 ? 3 : 6
    let shape = builder.graph.shape(of: tap).extents
    let count = shape[1] * shape[2] * anchors
    func head(_ columns: Int, _ shape: [Int]) throws -> Graph.Value {
      let spread = try builder.relu6(builder.norm(builder.depthwise(tap)))
      let map = try builder.convolution(spread, to: anchors * columns, bias: true)
      return try builder.append(.reshape(Shape(shape)), [map])
    }
    boxes.append(try head(4, [1, count, 1, 4]))
    classes.append(try head(columns, [1, count, columns]))
  }
  let allBoxes = try builder.append(.concatenation(axis: 1), boxes)
  let anchors = builder.graph.shape(of: allBoxes).extents[1]
  return builder.finish([
    try builder.append(.reshape(Shape([1, anchors, 4])), [allBoxes]),
    try builder.append(.concatenation(axis: 1), classes),
  ])
}
