internal import Model

/// Reads the parameters of non-maximum suppression out of the nodes that carry it out.
struct SuppressionReading {
  /// Operators on the way of boxes or scores to the suppression that choose or move and change no value.
  private static let choosing = handingOn.union([
    "Gather", "GatherV2", "Reshape", "Slice", "StridedSlice", "Squeeze", "ExpandDims", "Unpack", "Transpose",
  ])

  /// Operators between a comparison and the numbers of the places where it holds.
  private static let numbering = handingOn.union(["Cast", "Reshape", "Squeeze", "Where"])
  /// Operators that change only the shape.
  private static let flattening = handingOn.union(["Squeeze", "Reshape"])

  /// What is read.
  private let graph: GraphDef

  /// - Parameter classes: Classes without the background.
  /// - Throws: `ImportError` naming what the graph does not have or does in a way that is not supported.
  static func suppression(_ graph: GraphDef, classes: Int, _ evaluator: inout Evaluator) throws(ImportError)
    -> Suppression
  {
    try SuppressionReading(graph: graph).suppression(classes, &evaluator)
  }

  /// Returns the rules that all suppressions of the graph share.
  private func suppression(_ classes: Int, _ evaluator: inout Evaluator) throws(ImportError) -> Suppression {
    if let combined = graph.nodes.firstIndex(where: { $0.operation == "CombinedNonMaxSuppression" }) {
      return try self.combined(combined, &evaluator)
    }
    let nodes = graph.nodes.indices.filter { graph.nodes[$0].operation.hasPrefix("NonMaxSuppression") }
    guard let first = nodes.first else { throw graph.fault("no non-maximum suppression is found") }
    let isClassAgnostic = nodes.count == 1 && isBest(graph.nodes[first].inputs.dropFirst().first)
    guard nodes.count == classes || isClassAgnostic else {
      throw graph.fault(first, "\(nodes.count) suppressions for \(classes) classes are not supported: one a class is")
    }
    let parameters = try parameters(of: first, &evaluator)
    for node in nodes.dropFirst() {
      guard try self.parameters(of: node, &evaluator) == parameters else {
        throw graph.fault(node, "classes with parameters of their own are not supported")
      }
    }
    let clips = graph.nodes.indices.contains(where: isClip)
    let clipping: Suppression.Clipping =
      isClipped(graph.nodes[first].inputs[0]) ? .beforeSuppression : clips ? .afterSuppression : .never
    return Suppression(
      clipping: clipping, dropsEmptyBoxes: graph.nodes.indices.contains(where: isAreaTest),
      scoreThreshold: parameters.scoreThreshold, iouThreshold: parameters.iouThreshold, candidatesPerClass: nil,
      keptPerClass: parameters.kept, total: try total(besides: Set(nodes), &evaluator),
      isClassAgnostic: isClassAgnostic)
  }

  /// Whether the scores at `output` are the greatest of all classes of each anchor.
  private func isBest(_ output: NodeDef.Output?) -> Bool {
    guard let output else { return false }
    return graph.nodes[graph.origin(of: output, through: Self.choosing).node].operation == "Max"
  }

  /// Returns the rules of one operator that suppresses all classes, each for itself.
  private func combined(_ node: Int, _ evaluator: inout Evaluator) throws(ImportError) -> Suppression {
    let definition = graph.nodes[node]
    guard definition.inputs.count == 6 else {
      throw graph.fault(node, "it has \(definition.inputs.count) inputs, not 6")
    }
    if case .bool(true) = definition["pad_per_class"] { throw graph.fault(node, "pad_per_class is not supported") }
    guard let kept = limit(definition.inputs[2], &evaluator), let total = limit(definition.inputs[3], &evaluator),
      kept > 0, total > 0
    else { throw graph.fault(node, "how many boxes it keeps is not found") }
    var clips = true
    if case .bool(let written) = definition["clip_boxes"] { clips = written }
    // Or it is done to its result, the lesser corners from below and the greater ones from above.
    for corners in graph.readers(of: node, through: handingOn) where graph.nodes[corners].operation == "Unpack" {
      let readers = Set(graph.readers[corners].map { graph.nodes[$0].operation })
      if readers.isSuperset(of: ["Maximum", "Minimum"]) { clips = true }
    }
    return Suppression(
      clipping: clips ? .afterSuppression : .never, dropsEmptyBoxes: false,
      scoreThreshold: try evaluator.scalar(definition.inputs[5]),
      iouThreshold: try evaluator.scalar(definition.inputs[4]), candidatesPerClass: nil, keptPerClass: kept,
      total: total)
  }

  /// The numbers of one class's suppression.
  private struct Parameters: Equatable {
    var iouThreshold: Float
    var scoreThreshold: Float
    var kept: Int
  }

  /// Reads the numbers of the suppression that `node` is.
  private func parameters(of node: Int, _ evaluator: inout Evaluator) throws(ImportError) -> Parameters {
    let (operation, inputs) = (graph.nodes[node].operation, graph.nodes[node].inputs)
    guard
      ["NonMaxSuppressionV2", "NonMaxSuppressionV3", "NonMaxSuppressionV4", "NonMaxSuppressionV5"].contains(operation)
    else { throw graph.fault(node, "the operator \(operation) is not supported") }
    guard inputs.count >= (operation == "NonMaxSuppressionV2" ? 4 : 5) else {
      throw graph.fault(node, "it has too few inputs")
    }
    if inputs.count > 5, try evaluator.scalar(inputs[5]) != 0 {
      throw graph.fault(node, "soft suppression is not supported")
    }
    guard let kept = limit(inputs[2], &evaluator), kept > 0 else {
      throw graph.fault(node, "how many boxes of a class it keeps is not found")
    }
    let threshold =
      operation == "NonMaxSuppressionV2" ? scoreFilter(inputs[1], &evaluator) : try evaluator.scalar(inputs[4])
    guard let threshold else { throw graph.fault(node, "the score threshold before it is not found") }
    return Parameters(iouThreshold: try evaluator.scalar(inputs[3]), scoreThreshold: threshold, kept: kept)
  }

  /// Returns the constant that `output` is, or the least of those it is the smaller of; nil where there is none.
  private func limit(_ output: NodeDef.Output, _ evaluator: inout Evaluator) -> Int? {
    let output = graph.origin(of: output, through: handingOn)
    let candidates =
      graph.nodes[output.node].operation == "Minimum" ? graph.nodes[output.node].inputs : [output]
    var least: Int?
    for candidate in candidates {
      if let value = evaluator.constant(candidate), value.count == 1, let limit = value.integers?[0] {
        least = min(least ?? limit, limit)
      }
    }
    return least
  }

  /// Returns the constant of the comparison by which `scores` were chosen: Gather(x, Where(x > constant)).
  private func scoreFilter(_ scores: NodeDef.Output, _ evaluator: inout Evaluator) -> Float? {
    var scores = scores
    for _ in graph.nodes {
      let definition = graph.nodes[scores.node]
      guard Self.choosing.contains(definition.operation), let data = definition.inputs.first else { return nil }
      if definition.operation.hasPrefix("Gather"), definition.inputs.count >= 2 {
        let chosen = graph.origin(
          of: definition.inputs[1], through: Self.numbering)
        let comparison = graph.nodes[chosen.node]
        if comparison.operation == "Greater", comparison.inputs.count == 2,
          graph.origin(of: comparison.inputs[0], through: Self.choosing)
            == graph.origin(of: data, through: Self.choosing)
        {
          return try? evaluator.scalar(comparison.inputs[1])
        }
      }
      scores = data
    }
    return nil
  }

  /// Whether the boxes at `output` were clipped on their way.
  private func isClipped(_ output: NodeDef.Output) -> Bool {
    var seen: Set<Int> = []
    var waiting = [output.node]
    while let node = waiting.popLast() {
      guard seen.insert(node).inserted else { continue }
      let definition = graph.nodes[node]
      if isClip(node) { return true }
      if definition.operation == "ConcatV2" {
        waiting += definition.inputs.dropLast().map(\.node)
      } else if definition.operation == "Split" {
        waiting += definition.inputs.dropFirst().map(\.node)
      } else if Self.choosing.contains(definition.operation), let data = definition.inputs.first {
        waiting.append(data.node)
      }
    }
    return false
  }

  /// Whether `node` is max(min(a corner, upper edge), lower edge).
  private func isClip(_ node: Int) -> Bool {
    graph.nodes[node].operation == "Maximum"
      && graph.nodes[node].inputs.contains { minimum in
        graph.nodes[minimum.node].operation == "Minimum"
          && graph.nodes[minimum.node].inputs.contains { ["Split", "Unpack"].contains(graph.nodes[$0.node].operation) }
      }
  }

  /// Whether `node` compares areas of boxes, (a corner − a corner) · (a corner − a corner), with a constant, or makes
  /// truth values of them: an area of 0 is false.
  private func isAreaTest(_ node: Int) -> Bool {
    switch (graph.nodes[node].operation, graph.nodes[node]["DstT"]) {
    case ("Greater", _), ("GreaterEqual", _), ("Less", _), ("LessEqual", _), ("Cast", .type(.scalar(.bool))): break
    default: return false
    }
    return graph.nodes[node].inputs.contains { input in
      let area = graph.nodes[graph.origin(of: input, through: Self.flattening).node]
      return area.operation == "Mul"
        && area.inputs.allSatisfy { side in
          graph.nodes[side.node].operation == "Sub"
            && graph.nodes[side.node].inputs.allSatisfy { graph.nodes[$0.node].operation == "Split" }
        }
    }
  }

  /// Returns how many detections a picture has at most: the constant of a `Minimum` that ends the range of what is
  /// kept after the suppressions. Where shapes are static it does not follow from them, but what is chosen by it does.
  private func total(besides suppressions: Set<Int>, _ evaluator: inout Evaluator) throws(ImportError) -> Int {
    let after = graph.reached(from: Array(suppressions))
    var found: Set<Int> = []
    for node in graph.nodes.indices where graph.nodes[node].operation == "Minimum" {
      let readers = graph.readers(of: node, through: handingOn).filter {
        ["Range", "Slice", "Pack"].contains(graph.nodes[$0].operation)
      }
      guard
        !readers.isEmpty,
        after[node] || readers.contains(where: { graph.readers(of: $0, through: handingOn).contains { after[$0] } }),
        let limit = limit(NodeDef.Output(node: node), &evaluator)
      else { continue }
      found.insert(limit)
    }
    guard let total = found.first, found.count == 1, total > 0 else {
      throw graph.fault("how many detections a picture has at most is not found")
    }
    return total
  }
}
