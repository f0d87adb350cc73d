internal import Model

/// Computes what a graph computes from constants alone: anchors, folded scales, shapes, thresholds.
///
/// Floats are computed operator by operator in float32, each result rounded, so that they equal TensorFlow's bit for
/// bit. What is computed once is kept.
struct Evaluator {
  /// What is evaluated.
  private let graph: GraphDef
  /// The extents of tensors whose values depend on the picture but whose shape does not, for `Shape`.
  var extents: [Int: [Int]] = [:]
  /// What has been computed.
  private var known: [NodeDef.Output: KnownValue] = [:]
  /// How many more values may be computed: no small file may ask for endless work.
  private var allowance = 4 * KnownValue.mostComputed

  /// Which nodes need something that is fed in.
  private let isFed: [Bool]

  /// An evaluator of `graph` that knows nothing yet.
  init(_ graph: GraphDef) {
    self.graph = graph
    isFed = graph.reached(from: graph.nodes.indices.filter { graph.nodes[$0].operation == "Placeholder" })
  }

  /// Returns the value of `output`.
  ///
  /// - Throws: `ImportError` naming the node that has no constant value, or the operator that is not supported.
  mutating func value(of output: NodeDef.Output) throws(ImportError) -> KnownValue {
    if let value = known[output] { return value }
    let order = try order(of: output.node)
    for node in order where known[NodeDef.Output(node: node)] == nil { try evaluate(node) }
    guard let value = known[output] else { throw graph.fault(output.node, "it has no output \(output.port)") }
    return value
  }

  /// Returns the value of `output` where it is a single number.
  mutating func scalar(_ output: NodeDef.Output) throws(ImportError) -> Float {
    let value = try value(of: output)
    guard value.count == 1 else {
      throw graph.fault(output.node, "it should be one number, not \(Shape(value.extents))")
    }
    return value.floats?[0] ?? Float(value.integers?[0] ?? 0)
  }

  /// Returns the value of `output` where it is a list of integers.
  mutating func integers(_ output: NodeDef.Output) throws(ImportError) -> [Int] {
    guard let integers = try value(of: output).integers else { throw graph.fault(output.node, "it should be integers") }
    return integers
  }

  /// Returns the value of `output` where it follows from constants alone; nil where it does not.
  mutating func constant(_ output: NodeDef.Output) -> KnownValue? { isFed[output.node] ? nil : try? value(of: output) }

  /// Returns what has to be computed for `node`, in order.
  private func order(of node: Int) throws(ImportError) -> [Int] {
    try graph.order(of: [node]) { node in
      if known[NodeDef.Output(node: node)] != nil { return true }
      // The shape of what is computed from the picture is known: its values are never needed.
      let definition = graph.nodes[node]
      return definition.operation == "Shape" && definition.inputs.first.map { extents[$0.node] != nil } == true
    }
  }

  /// Computes the outputs of `node`, whose inputs are known.
  private mutating func evaluate(_ node: Int) throws(ImportError) {
    let definition = graph.nodes[node]
    do throws(TensorFault) {
      let results: [KnownValue]
      switch definition.operation {
      case "Const":
        guard case .tensor(let tensor) = definition["value"] else { throw TensorFault("it has no value") }
        results = [try KnownValue(tensor, in: graph.file)]
      case "Shape":
        guard let input = definition.inputs.first else { throw TensorFault("it has no input") }
        guard let extents = extents[input.node] ?? known[input]?.extents,
          let shape = KnownValue([extents.count], .integers(extents))
        else { throw TensorFault("the shape of its input is not known") }
        results = [shape]
      default:
        let inputs = definition.inputs.compactMap { known[$0] }
        guard inputs.count == definition.inputs.count else { throw TensorFault("an input has no constant value") }
        results = try ConstantOperator(definition, inputs).results()
      }
      allowance -= results.reduce(0) { $0 + $1.count }
      guard allowance >= 0 else { throw TensorFault("the graph's constants are too large") }
      for (port, result) in results.enumerated() { known[NodeDef.Output(node: node, port: port)] = result }
    } catch {
      throw graph.fault(node, error.reason)
    }
  }
}
