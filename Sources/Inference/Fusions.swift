internal import Model

/// Which nodes of a graph are computed together, strip by strip.
package struct Fusions {
  /// Three nodes that become one layer: indices into the graph's nodes.
  struct Bottleneck {
    var spread: Int
    var depthwise: Int
    var project: Int
  }

  /// By the index of the last node.
  private var bottlenecks: [Int: Bottleneck] = [:]
  /// The convolution whose result only a fake quantisation reads, by the latter's index.
  private var rounded: [Int: Int] = [:]
  /// The nodes that are parts of a later one.
  private var hidden: Set<Int> = []

  /// Finds all bottlenecks of `graph` whose wide maps have at least `leastValues` floats or bytes.
  init(_ graph: Graph, from leastValues: Int) {
    let (uses, producers) = (graph.uses, graph.producers)
    /// Returns the node that gives `value` to one reader only.
    func only(_ value: Graph.Value) -> Int? { uses[value.index] == 1 ? producers[value.index] : nil }
    /// Whether `value` is the picture, or its bytes.
    func isPicture(_ value: Graph.Value) -> Bool {
      guard value != graph.input, let producer = producers[value.index],
        case .integer(.fromReal) = graph.nodes[producer].operation
      else { return value == graph.input }
      return graph.nodes[producer].inputs[0] == graph.input
    }
    for (index, node) in graph.nodes.enumerated() {
      if case .fakeQuantization = node.operation, let sums = only(node.inputs[0]), bottlenecks[sums] == nil,
        graph.nodes[sums].operation.isConvolution
      {
        rounded[index] = sums
        hidden.insert(sums)
      }
      guard node.operation.isPointwise, let depthwise = only(node.inputs[0]),
        graph.nodes[depthwise].operation.isDepthwise,
        let spread = only(graph.nodes[depthwise].inputs[0]), !hidden.contains(spread), bottlenecks[spread] == nil,
        graph.nodes[spread].operation.isDense, graph.nodes[spread].inputs.count == 1,
        graph.nodes[spread].operation.isPointwise || isPicture(graph.nodes[spread].inputs[0]),
        let size = MapSize(graph.shape(of: graph.nodes[spread].output)), size.floats >= leastValues,
        let narrow = MapSize(graph.shape(of: graph.nodes[depthwise].output)),
        graph.arithmetic == .integer8 || narrow.fits(over: size)
      else { continue }
      bottlenecks[index] = Bottleneck(spread: spread, depthwise: depthwise, project: index)
      hidden.formUnion([spread, depthwise])
    }
  }

  /// Returns the convolution whose result the fake quantisation at `index` rounds where it lies.
  func sums(roundedAt index: Int) -> Int? { rounded[index] }

  /// Whether the node at `index` is computed as a part of a later one.
  func hides(_ index: Int) -> Bool { hidden.contains(index) }

  /// Returns the three nodes whose last one is at `index`.
  func bottleneck(endingAt index: Int) -> Bottleneck? { bottlenecks[index] }
}

extension Operator {
  /// Whether it is a convolution of either kind.
  fileprivate var isConvolution: Bool {
    switch self {
    case .convolution, .depthwise: true
    case .affine, .activation, .fakeQuantization, .add, .mean, .gate, .resize, .reshape, .concatenation, .map,
      .integer:
      false
    }
  }

  /// Whether it is a convolution over all channels, of floats or of bytes.
  fileprivate var isDense: Bool {
    switch self {
    case .convolution, .integer(.convolution): true
    default: false
    }
  }

  /// Whether it is a convolution of each channel for itself, of floats or of bytes.
  fileprivate var isDepthwise: Bool {
    switch self {
    case .depthwise, .integer(.depthwise): true
    default: false
    }
  }

  /// Whether it is a convolution each of whose output pixels reads the one input pixel at its place.
  fileprivate var isPointwise: Bool {
    switch self {
    case .convolution(let convolution): convolution.isPointwise
    case .integer(.convolution(let convolution)): convolution.isPointwise
    default: false
    }
  }
}

extension Convolution {
  /// Whether each output pixel reads the one input pixel at its place.
  var isPointwise: Bool { weights.shape.extents[..<2] == [1, 1] && window.isOneToOne }
}

extension IntegerConvolution {
  /// Whether each output pixel reads the one input pixel at its place; not of a depthwise one.
  var isPointwise: Bool { shape.extents[1..<3] == [1, 1] && window.isOneToOne }
}

extension Window {
  /// Whether there are as many windows as pixels, if each is one pixel.
  fileprivate var isOneToOne: Bool {
    stride == Extent(height: 1, width: 1) && padding == .explicit(top: 0, left: 0, bottom: 0, right: 0)
  }
}

extension MapSize {
  /// The size of a feature map; nil for any other shape.
  init?(_ shape: Shape) {
    guard let map = shape.map else { return nil }
    self.init(width: map.width, height: map.height, channels: map.channels)
  }
}
