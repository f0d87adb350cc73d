internal import Model

/// Builds our graph from the part of a TensorFlow graph between the pre-processed picture and the heads.
///
/// Per-channel sums and products with constants (biases, batch norms in whatever form) are collected and come out as
/// one `Operator.affine` where the next operator reads them.
struct TensorFlowTranslation {
  /// Per-channel `x · scale + offset` that was not appended yet.
  struct Affine {
    var scale: [Double]
    var offset: [Double]
    /// Whether all that was collected is one number for all channels: no batch norm, no bias.
    var isUniform: Bool

    /// Whether it changes nothing and stands for no parameters.
    var isNothing: Bool { isUniform && scale.allSatisfy { Float($0) == 1 } && offset.allSatisfy { Float($0) == 0 } }
  }

  /// What a node of the picture's network gives.
  private struct Result {
    var value: Graph.Value
    var affine: Affine?
  }

  /// What is translated.
  let source: GraphDef
  private(set) var network: Graph
  /// Computes what follows from constants and from the shapes of maps.
  var evaluator: Evaluator
  /// What has been translated, by node.
  private var results: [Int: Result] = [:]

  /// A translation that begins at `input`, the node which gives the pre-processed picture of `shape`.
  init(_ source: GraphDef, input: Int, shape: Shape) {
    (self.source, network, evaluator) = (source, Graph(input: shape), Evaluator(source))
    results[input] = Result(value: network.input)
    evaluator.extents[input] = shape.extents
  }

  /// Translates all that `outputs` need and marks them as the network's.
  ///
  /// - Throws: `ImportError` naming the node and its operator where one is not supported.
  mutating func translate(to outputs: [Int]) throws(ImportError) {
    let begun = results
    let order = try source.order(of: outputs) { begun[$0] != nil }
    try checkOperators(order)
    for node in order where results[node] == nil {
      let definition = source.nodes[node]
      guard definition.operation != "Shape", definition.inputs.contains(where: { results[$0.node] != nil }) else {
        continue
      }
      if handingOn.contains(definition.operation) {
        results[node] = results[definition.inputs[0].node]
      } else if let rule = Self.rules[definition.operation] {
        try rule(&self, node)
      }
      if let value = results[node]?.value { evaluator.extents[node] = network.shape(of: value).extents }
    }
  }

  /// Throws where nodes of `order` that the picture reaches have operators without a rule, and names them all.
  private func checkOperators(_ order: [Int]) throws(ImportError) {
    var isReached = [Bool](repeating: false, count: source.nodes.count)
    for node in results.keys { isReached[node] = true }
    var unknown: [Int] = []
    for node in order where results[node] == nil {
      let definition = source.nodes[node]
      guard definition.operation != "Shape", definition.inputs.contains(where: { isReached[$0.node] }) else { continue }
      isReached[node] = true
      if !handingOn.contains(definition.operation), Self.rules[definition.operation] == nil { unknown.append(node) }
    }
    if let fault = source.unsupported(unknown) { throw fault }
  }

  /// Marks `outputs`, each reshaped to three extents [1, rows, columns], as the network's outputs.
  mutating func finish(_ outputs: [(node: Int, columns: Int?)]) throws(ImportError) {
    var values: [Graph.Value] = []
    for (node, columns) in outputs {
      guard results[node] != nil else { throw source.fault(node, "it does not depend on the picture") }
      let value = try settled(node)
      let shape = network.shape(of: value)
      guard let columns = columns ?? shape.extents.last, let count = shape.count, columns > 0, count % columns == 0
      else {
        throw source.fault(node, "its shape \(shape) is not that of a head")
      }
      let wanted = Shape([1, count / columns, columns])
      values.append(
        shape == wanted ? value : try appended(node, .reshape(wanted), [value]))
    }
    network.markOutputs(values)
    // What an operator was recognised in as a whole is left over.
    network = network.droppingDeadNodes()
    results = [:]
  }

  /// Returns the shape of what `node` gives; nil where it does not depend on the picture.
  func shape(of node: Int) -> Shape? { results[node].map { network.shape(of: $0.value) } }

  /// Returns whether input `index` of `node` depends on the picture.
  func isLive(_ node: Int, _ index: Int) -> Bool {
    let inputs = source.nodes[node].inputs
    return index < inputs.count && results[inputs[index].node] != nil
  }

  /// Returns input `index` of `node`.
  func input(_ node: Int, _ index: Int) throws(ImportError) -> NodeDef.Output {
    let inputs = source.nodes[node].inputs
    guard index < inputs.count else { throw source.fault(node, "it has \(inputs.count) inputs, too few") }
    return inputs[index]
  }

  /// Returns what input `index` of `node` gives in our graph, with all that was collected appended.
  mutating func value(_ node: Int, _ index: Int) throws(ImportError) -> Graph.Value {
    let input = try input(node, index)
    guard input.port == 0, results[input.node] != nil else {
      throw source.fault(node, "its input \(index) does not depend on the picture")
    }
    return try settled(input.node)
  }

  /// Gives `node` the result of `operation` on `inputs`.
  ///
  /// - Parameter factor: What the result is multiplied by; it is collected.
  mutating func append(_ node: Int, _ operation: Operator, _ inputs: [Graph.Value], times factor: Double = 1)
    throws(ImportError)
  {
    let value = try appended(node, operation, inputs)
    results[node] = Result(value: value)
    guard factor != 1, let channels = network.shape(of: value).extents.last else { return }
    results[node]?.affine = Affine(
      scale: Array(repeating: factor, count: channels), offset: Array(repeating: 0, count: channels), isUniform: true)
  }

  /// Returns what input `index` of `node` gives as a value and a factor of all its channels.
  mutating func valueAndFactor(_ node: Int, _ index: Int) throws(ImportError) -> (value: Graph.Value, factor: Float) {
    let input = try input(node, index)
    if input.port == 0, let result = results[input.node], let affine = result.affine, affine.isUniform,
      let factor = affine.scale.first, affine.offset.allSatisfy({ $0 == 0 })
    {
      return (result.value, Float(factor))
    }
    return (try value(node, index), 1)
  }

  /// Gives `node` its live input `index`, each channel multiplied by `scale` and moved by `offset`.
  mutating func collect(_ node: Int, _ index: Int, scale: [Double], offset: [Double]) throws(ImportError) {
    let input = try input(node, index)
    guard input.port == 0, let before = results[input.node] else {
      throw source.fault(node, "its input \(index) does not depend on the picture")
    }
    let channels = network.shape(of: before.value).extents.last ?? 0
    func spread(_ values: [Double]) throws(ImportError) -> [Double] {
      if values.count == channels { return values }
      guard values.count == 1 else {
        throw source.fault(node, "a constant of \(values.count) values meets \(channels) channels")
      }
      return Array(repeating: values[0], count: channels)
    }
    let isUniform = scale.count == 1 && offset.count == 1 && before.affine?.isUniform != false
    var (scale, offset) = (try spread(scale), try spread(offset))
    if let earlier = before.affine {
      for channel in 0..<channels {
        offset[channel] += earlier.offset[channel] * scale[channel]
        scale[channel] *= earlier.scale[channel]
      }
    }
    results[node] = Result(value: before.value, affine: Affine(scale: scale, offset: offset, isUniform: isUniform))
  }

  /// Returns the constant that input `index` of `node` is, one value a channel or one for all.
  mutating func channels(_ node: Int, _ index: Int) throws(ImportError) -> [Double] {
    let input = try input(node, index)
    let value = try evaluator.value(of: input)
    guard let floats = value.floats, value.extents.dropLast().allSatisfy({ $0 == 1 }) else {
      throw source.fault(node, "its input \(Shape(value.extents)) is not one value a channel")
    }
    return floats.map { Double($0) }
  }

  /// Returns the four-dimensional weights that input `index` of `node` is, in the mapped file itself where they lie
  /// there in float32; of a depthwise convolution without the last extent, which must be 1.
  mutating func weights(_ node: Int, _ index: Int, isDepthwise: Bool = false) throws(ImportError) -> Constant {
    let input = try input(node, index)
    func shape(_ extents: [Int]) throws(ImportError) -> Shape {
      guard extents.count == 4, !isDepthwise || extents[3] == 1 else {
        throw source.fault(node, "weights \(Shape(extents)) are not supported")
      }
      return Shape(isDepthwise ? Array(extents[..<3]) : extents)
    }
    let origin = source.origin(of: input, through: handingOn)
    if case .tensor(let tensor) = source.nodes[origin.node]["value"], tensor.type.scalar == .float32,
      let content = tensor.content, let floats = FileFloats(tensor.storage ?? source.file.bytes, content),
      Shape(tensor.extents).count == floats.count
    {
      return Constant(floats, shape: try shape(tensor.extents))
    }
    let value = try evaluator.value(of: input)
    guard let floats = value.floats else { throw source.fault(node, "its weights are not float32") }
    return Constant(floats, shape: try shape(value.extents))
  }

  /// Returns what `node` gives, with what was collected for it appended once.
  private mutating func settled(_ node: Int) throws(ImportError) -> Graph.Value {
    guard let result = results[node] else { throw source.fault(node, "it does not depend on the picture") }
    guard let affine = result.affine, !affine.isNothing else { return result.value }
    let shape = Shape([affine.scale.count])
    let operation = Operator.affine(
      scale: Constant(affine.scale.map { Float($0) }, shape: shape),
      offset: Constant(affine.offset.map { Float($0) }, shape: shape))
    let value = try appended(node, operation, [result.value])
    results[node] = Result(value: value)
    return value
  }

  /// Appends an operator under the name of `node`, and names that node where it does not fit.
  private mutating func appended(_ node: Int, _ operation: Operator, _ inputs: [Graph.Value]) throws(ImportError)
    -> Graph.Value
  {
    do {
      return try network.append(name: source.nodes[node].name, operation: operation, inputs: inputs)
    } catch {
      throw source.fault(node, error.reason)
    }
  }
}
