internal import Kernels
internal import Model

/// What a network may ask for at most: a file of a few kilobytes can name sizes that no machine has.
///
/// All are far beyond any detector. What the maps need is known only when they are laid out: `Lowering.plan`.
enum SizeLimits {
  /// Floats of the network's input: 256 MB, of which a run holds several.
  private static let input = 1 << 26
  /// Floats of all packed weights: 1 GB. Each node has its own, also where a file's nodes share one constant.
  private static let weights = 1 << 28
  /// Multiply-adds of one run: a minute on a fast core.
  private static let multiplyAdds = 1 << 42

  /// Values that operators without products read in one run, each function of one counted as many: seconds on a fast core.
  private static let values = 1 << 35

  /// - Throws: `InferenceError` iff `graph` asks for more.
  static func check(_ graph: Graph) throws(InferenceError) {
    guard let floats = graph.shape(of: graph.input).count, floats <= input else {
      throw InferenceError(node: "input", reason: "a picture of \(graph.shape(of: graph.input)) is too large")
    }
    var (left, work) = (weights, values)
    for node in graph.nodes {
      guard let own = valueCount(node, of: graph), own <= work else {
        throw InferenceError(node: node.name, reason: "the windows and functions up to here go over too many values")
      }
      work -= own
      guard let packed = packedCount(node, of: graph), packed <= left else {
        throw InferenceError(node: node.name, reason: "the weights up to here need more than \(weights >> 18) MB")
      }
      left -= packed
    }
    guard GraphStatistics(graph).total.multiplyAdds <= multiplyAdds else {
      throw InferenceError(
        node: graph.nodes.last?.name ?? "input",
        reason: "the network needs more than \(multiplyAdds >> 30) thousand million multiply-adds a picture")
    }
  }

  /// Returns the values that a node goes over where it is no product, a function of one counted as 64; nil beyond `Int`.
  private static func valueCount(_ node: Graph.Node, of graph: Graph) -> Int? {
    let factors: [Int]
    switch node.operation {
    case .map(.pool(let pool)): factors = [pool.kernel.height, pool.kernel.width]
    case .integer(.pool(let pool)): factors = [pool.kernel.height, pool.kernel.width]
    case .map(.localResponse(let response)): factors = [response.size + 64]
    case .integer(.extreme): factors = []
    // Where its last axis is short, each value is looked for along all axes.
    case .integer(.rearrange(let taken, _)): factors = [max(taken.counts.count, 1)]
    case .integer(.pad(let padding)): factors = [max(padding.before.count, 1)]
    case .map(.softmax), .map(.sigmoid), .map(.tanh): factors = [64]
    case .map(.crop), .map(.join), .map(.product), .map(.maximum), .map(.unitLength), .map(.leaky), .map(.clamp):
      factors = []
    case .convolution, .depthwise, .affine, .fakeQuantization, .activation, .add, .mean, .gate, .resize, .reshape,
      .concatenation,
      .integer(.fromReal), .integer(.toReal), .integer(.convolution), .integer(.depthwise), .integer(.add),
      .integer(.multiply), .integer(.mean), .integer(.resize), .integer(.softmax), .integer(.table),
      .integer(.constant):
      return 0
    }
    return Shape(graph.shape(of: node.output).extents + factors).count
  }

  /// Returns the floats that a node's weights have when they are packed, or more; nil beyond `Int`.
  private static func packedCount(_ node: Graph.Node, of graph: Graph) -> Int? {
    switch node.operation {
    case .convolution(let convolution):
      let extents = convolution.weights.shape.extents
      // Winograd has sixteen products where the window has nine taps.
      var taps = extents[0] == 3 && extents[1] == 3 ? [4, 4] : [extents[0], extents[1]]
      // Strassen has seven matrices of a quarter each.
      if convolution.isPointwise, MapSize(graph.shape(of: node.output))?.pixels ?? 0 >= StrassenLayer.leastPixels {
        taps = [2]
      }
      return Shape(taps + [padded(extents[2]), padded(extents[3])]).count
    case .depthwise(let convolution):
      let extents = convolution.weights.shape.extents
      return Shape([extents[0], extents[1], padded(extents[2])]).count
    case .affine(let scale, _): return 2 * padded(scale.count)
    case .fakeQuantization: return 2 * padded(graph.shape(of: node.output).extents.last ?? 1)
    case .gate: return 2 * padded(graph.shape(of: node.output).extents.last ?? 1)
    case .map(let operation): return operation.weightCount(for: graph.shape(of: node.output))
    case .integer(.convolution(let convolution)):
      // Bytes, and for each output channel a bias of 4 bytes and factors of 40.
      let outputs = convolution.shape.extents[0]
      return Shape([padded(outputs), padded(convolution.weights.count / outputs) / 4 + 11]).count
    // Taps are packed as numbers of 32 bits.
    case .integer(.depthwise(let convolution)):
      return 16 * convolution.weights.count + 11 * padded(convolution.shape.extents[2])
    case .integer(.constant(let values, _)): return values.count
    case .activation, .add, .mean, .resize, .reshape, .concatenation,
      .integer(.fromReal), .integer(.toReal), .integer(.add), .integer(.multiply), .integer(.extreme), .integer(.mean),
      .integer(.pool), .integer(.resize), .integer(.softmax), .integer(.table), .integer(.rearrange), .integer(.pad):
      return 0
    }
  }
}
