internal import Model

/// Where in a graph the network ends: the two tensors that combine what the predictors of each feature map give.
struct Heads {
  /// Operators that do not change what a predictor's `Reshape` gives.
  private static let flat = handingOn.union(FakeQuantReading.operations).union(["Squeeze"])
  /// Operators that keep the values and their order.
  private static let reshaped = handingOn.union(["Reshape"])
  /// Operators that may stand between a predictor's convolution and its joining.
  private static let biased = handingOn.union(FakeQuantReading.operations).union(["Reshape", "BiasAdd", "Add", "AddV2"])

  /// The node that joins the box encodings of all maps.
  let boxes: Int
  /// The node that joins the class logits of all maps.
  let classes: Int
  /// The node that makes scores of the logits.
  let scores: Int
  /// What that node computes.
  let conversion: ScoreConversion

  /// Finds them by structure: class logits are what a Sigmoid or Softmax reads that comes from predictors joined
  /// together, box encodings the other predictors joined together.
  ///
  /// - Throws: `ImportError` naming what the graph does not have.
  init(_ graph: GraphDef, _ evaluator: inout Evaluator) throws(ImportError) {
    let joined = Set(graph.nodes.indices.filter { Self.joinsPredictors(graph, $0) })
    guard !joined.isEmpty else {
      throw graph.fault("this is no SSD: no predictors of several feature maps are joined together")
    }
    var found: [(classes: Int, scores: Int)] = []
    for node in graph.nodes.indices where ["Sigmoid", "Softmax"].contains(graph.nodes[node].operation) {
      guard let input = graph.nodes[node].inputs.first,
        let classes = try Self.logits(graph, input, joined, &evaluator)
      else { continue }
      found.append((classes, node))
    }
    guard let first = found.first, found.allSatisfy({ $0.classes == first.classes }) else {
      throw graph.fault("no class scores are found: a Sigmoid or Softmax of the joined predictors")
    }
    let others = joined.subtracting([first.classes])
    guard let boxes = others.first, others.count == 1 else {
      throw graph.fault(
        "there are \(others.count) joined predictors beside the class logits, not the box encodings alone")
    }
    (self.boxes, classes, scores) = (boxes, first.classes, first.scores)
    conversion = graph.nodes[first.scores].operation == "Sigmoid" ? .sigmoid : .softmax
  }

  /// Whether `node` joins tensors each of which is a convolution, biased and reshaped.
  private static func joinsPredictors(_ graph: GraphDef, _ node: Int) -> Bool {
    let parts = parts(graph, node)
    return parts.count >= 2 && parts.allSatisfy { predictor(graph, $0) != nil }
  }

  /// Returns what `node` joins; nothing where it does not join.
  private static func parts(_ graph: GraphDef, _ node: Int) -> ArraySlice<NodeDef.Output> {
    let definition = graph.nodes[node]
    return switch definition.operation {
    case "ConcatV2": definition.inputs.dropLast()
    case "Concat": definition.inputs.dropFirst()
    default: []
    }
  }

  /// Returns the convolution whose biased and reshaped result `part` is; nil where it is something else.
  private static func predictor(_ graph: GraphDef, _ part: NodeDef.Output) -> Int? {
    let flat = graph.origin(of: part, through: Self.flat)
    guard graph.nodes[flat.node].operation == "Reshape" else { return nil }
    let origin = graph.origin(of: flat, through: Self.biased).node
    return graph.nodes[origin].operation == "Conv2D" ? origin : nil
  }

  /// Returns the convolutions that predict boxes, in the order in which they are joined: one for each feature map, of
  /// its rows and columns.
  func boxPredictors(_ graph: GraphDef) -> [Int] {
    Self.parts(graph, boxes).compactMap { Self.predictor(graph, $0) }
  }

  /// Returns the one of `joined` that `output` comes from, scaled by 1 at most; nil where it comes from none.
  private static func logits(
    _ graph: GraphDef, _ output: NodeDef.Output, _ joined: Set<Int>, _ evaluator: inout Evaluator
  ) throws(ImportError) -> Int? {
    let output = graph.origin(of: output, through: Self.reshaped)
    if joined.contains(output.node) { return output.node }
    let definition = graph.nodes[output.node]
    guard ["RealDiv", "Mul"].contains(definition.operation), definition.inputs.count == 2 else { return nil }
    for (live, other) in [(0, 1), (1, 0)] {
      let origin = graph.origin(of: definition.inputs[live], through: Self.reshaped)
      guard joined.contains(origin.node) else { continue }
      guard try evaluator.scalar(definition.inputs[other]) == 1 else {
        throw graph.fault(output.node, "a logit scale other than 1 is not supported")
      }
      return origin.node
    }
    return nil
  }

  /// Returns the node that gives the pre-processed picture: what the first convolutions of these heads read.
  func input(_ graph: GraphDef) throws(ImportError) -> Int {
    let needed = graph.needed(by: [boxes, classes])
    let convolutions = graph.nodes.indices.filter {
      needed[$0] && ["Conv2D", "DepthwiseConv2dNative"].contains(graph.nodes[$0].operation)
    }
    let behind = graph.reached(from: convolutions.flatMap { graph.readers[$0] })
    var found: Set<Int> = []
    for convolution in convolutions {
      guard let input = graph.nodes[convolution].inputs.first else { throw graph.fault(convolution, "it has no input") }
      let origin = graph.origin(of: input, through: handingOn.union(FakeQuantReading.operations))
      if !behind[origin.node], !convolutions.contains(origin.node) { found.insert(origin.node) }
    }
    guard let input = found.first, found.count == 1 else {
      throw graph.fault("the picture's tensor is not found: the first convolutions read \(found.count) tensors")
    }
    return input
  }
}
