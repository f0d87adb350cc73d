internal import Model

/// Where the tensors lie that reshapes and concatenations give, and the graph's outputs.
///
/// A reshape changes no value and a concatenation's inputs stand one behind the other, so both are places within one
/// flat tensor, not work. Only maps, which lie in panels, must be written there.
struct FlatHomes {
  /// A place within a flat tensor, in floats.
  struct Home: Equatable {
    var tensor: Int
    var offset: Int
  }

  /// The floats of each flat tensor.
  private(set) var counts: [Int] = []
  /// The home of each value that a reshape or a concatenation gives, by the value's index.
  private var homes: [Home?]
  /// The homes into which each map must be written, by the value's index.
  private var flattened: [[Home]]
  /// The home of each output of the graph.
  private(set) var outputs: [Home] = []

  /// - Throws: `InferenceError` iff a tensor would need two homes, or a concatenation is not of whole tensors.
  init(_ graph: Graph) throws(InferenceError) {
    homes = Array(repeating: nil, count: graph.shapes.count)
    flattened = Array(repeating: [], count: graph.shapes.count)
    let producers = graph.producers
    func isFlat(_ value: Graph.Value) -> Bool { producers[value.index].map { graph.nodes[$0].isPlace } ?? false }
    for node in graph.nodes.reversed() where node.isPlace {
      let shape = graph.shape(of: node.output)
      if case .concatenation(let axis) = node.operation, shape.extents[..<axis].contains(where: { $0 != 1 }) {
        throw InferenceError(node: node.name, reason: "a concatenation along axis \(axis) of \(shape) is not supported")
      }
      var home = homes[node.output.index] ?? newTensor(shape)
      homes[node.output.index] = home
      for input in node.inputs {
        if !isFlat(input) {
          flattened[input.index].append(home)
        } else if homes[input.index] == nil {
          homes[input.index] = home
        } else {
          throw InferenceError(node: node.name, reason: "reads a reshaped tensor that another node reads too")
        }
        home.offset += graph.shape(of: input).count ?? 0
      }
    }
    for output in graph.outputs {
      let home = homes[output.index] ?? newTensor(graph.shape(of: output))
      if !isFlat(output) { flattened[output.index].append(home) }
      outputs.append(home)
    }
    if !flattened[graph.input.index].isEmpty {
      throw InferenceError(node: "input", reason: "the picture itself is reshaped or handed out")
    }
  }

  /// Returns where the map `value` must be written flat.
  func homes(ofMap value: Graph.Value) -> [Home] { flattened[value.index] }

  /// Returns the start of one more flat tensor.
  private mutating func newTensor(_ shape: Shape) -> Home {
    counts.append(shape.count ?? 0)
    return Home(tensor: counts.count - 1, offset: 0)
  }
}

extension Graph.Node {
  /// Whether the node only says where its inputs lie.
  var isPlace: Bool {
    switch operation {
    case .reshape, .concatenation: true
    case .convolution, .depthwise, .affine, .activation, .fakeQuantization, .add, .mean, .gate, .resize, .map, .integer:
      false
    }
  }
}
