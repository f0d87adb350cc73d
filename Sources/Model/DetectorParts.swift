/// Which part of an SSD each node of its network belongs to, told by structure.
///
/// What only one of the two heads needs is a predictor: both branches of all maps, with SSDLite's depthwise layers. Of
/// what both need, the extra layers are those behind the second of three or more maps that predictors read: in every
/// SSD two maps come from the backbone (arXiv:1512.02325, section 3.1; arXiv:1801.04381, section 6.2).
public struct DetectorParts: Sendable {
  /// A part of a detector.
  public enum Part: String, CaseIterable, Sendable { case backbone, extra, predictor }

  /// The part of each node, by the node's index; nil for nodes that no output needs.
  public let parts: [Part?]

  /// The parts of `graph`; nil where it does not end in two heads that share a backbone.
  public init?(_ graph: Graph) {
    guard graph.outputs.count == 2 else { return nil }
    let (boxes, classes) = (Self.needed(by: graph.outputs[0], graph), Self.needed(by: graph.outputs[1], graph))
    let isShared = zip(boxes, classes).map { $0 && $1 }
    var taps: Set<Graph.Value> = []
    for (index, node) in graph.nodes.enumerated() where boxes[index] != classes[index] {
      taps.formUnion(node.inputs)
    }
    let producers = graph.producers
    let shared = taps.filter { value in producers[value.index].map { isShared[$0] } ?? false }
    guard !shared.isEmpty else { return nil }
    // Values are numbered in the order in which they are computed, and each map follows from the one before.
    let ends = shared.sorted { $0.index < $1.index }
    var isExtraInput = [Bool](repeating: false, count: graph.shapes.count)
    if ends.count > 2 { isExtraInput[ends[1].index] = true }
    parts = graph.nodes.enumerated().map { index, node in
      let isExtra = node.inputs.contains { isExtraInput[$0.index] }
      if isExtra { isExtraInput[node.output.index] = true }
      guard boxes[index] || classes[index] else { return nil }
      return !isShared[index] ? .predictor : isExtra ? .extra : .backbone
    }
  }

  /// Returns for each node whether `output` needs it.
  private static func needed(by output: Graph.Value, _ graph: Graph) -> [Bool] {
    var values = [Bool](repeating: false, count: graph.shapes.count)
    values[output.index] = true
    var nodes = [Bool](repeating: false, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated().reversed() where values[node.output.index] {
      nodes[index] = true
      for input in node.inputs { values[input.index] = true }
    }
    return nodes
  }
}
