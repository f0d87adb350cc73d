internal import Model

/// Where the tensors of a network of whole numbers lie, each NHWC without gaps.
///
/// So a reshape is the same place, and what a concatenation joins along its outermost extent can be written where it is to
/// stand. Where that cannot be, for a tensor has a place already, it is copied.
struct ByteHomes {
  /// A place within a block of the arena, in bytes.
  struct Home: Equatable {
    var block: Int
    var offset: Int
  }

  /// The bytes of each block.
  private(set) var counts: [Int] = []
  /// By the value's index; nil only of the graph's input.
  private var homes: [Home?]
  private let sizes: [Int]

  init(_ graph: Graph) {
    homes = Array(repeating: nil, count: graph.shapes.count)
    sizes = graph.shapes.map { $0.count ?? 0 }
    for node in graph.nodes.reversed() {
      var home = homes[node.output.index] ?? newBlock(bytes(of: node.output, in: graph))
      homes[node.output.index] = home
      guard node.isJoining(in: graph) else { continue }
      for input in node.inputs {
        if homes[input.index] == nil, input != graph.input { homes[input.index] = home }
        home.offset += bytes(of: input, in: graph)
      }
    }
  }

  /// Returns where `value` lies; nil for the graph's input.
  func home(of value: Graph.Value) -> Home? { homes[value.index] }

  /// Returns the bytes of a value.
  func bytes(of value: Graph.Value, in graph: Graph) -> Int {
    sizes[value.index] * (graph.isInteger(value) ? 1 : 4)
  }

  private mutating func newBlock(_ count: Int) -> Home {
    counts.append(count)
    return Home(block: counts.count - 1, offset: 0)
  }
}

extension Graph.Node {
  /// Whether its result is its inputs, one whole behind the other.
  fileprivate func isJoining(in graph: Graph) -> Bool {
    switch operation {
    case .reshape: true
    case .concatenation(let axis): graph.shape(of: output).extents[..<axis].allSatisfy { $0 == 1 }
    default: false
    }
  }
}
