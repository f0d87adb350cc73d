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

  /// Values that the windows of one pooling hold together: seconds on a fast core.
  private static let pooledValues = 1 << 35

  /// - Throws: `InferenceError` iff `graph` asks for more.
  static func check(_ graph: Graph) throws(InferenceError) {
    guard let floats = graph.shape(of: graph.input).count, floats <= input else {
      throw InferenceError(node: "input", reason: "a picture of \(graph.shape(of: graph.input)) is too large")
    }
    var left = weights
    for node in graph.nodes {
      if case .map(.pool(let pool)) = node.operation {
        let window = Shape(graph.shape(of: node.output).extents + [pool.kernel.height, pool.kernel.width])
        guard let values = window.count, values <= pooledValues else {
          throw InferenceError(node: node.name, reason: "its windows hold too many values")
        }
      }
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

  /// Returns the floats that a node's weights have when they are packed, or more; nil beyond `Int`.
  private static func packedCount(_ node: Graph.Node, of graph: Graph) -> Int? {
    switch node.operation {
    case .convolution(let convolution):
      let extents = convolution.weights.shape.extents
      return Shape([extents[0], extents[1], padded(extents[2]), padded(extents[3])]).count
    case .depthwise(let convolution):
      let extents = convolution.weights.shape.extents
      return Shape([extents[0], extents[1], padded(extents[2])]).count
    case .affine(let scale, _): return 2 * padded(scale.count)
    case .fakeQuantization: return 2 * padded(graph.shape(of: node.output).extents.last ?? 1)
    case .gate: return 2 * padded(graph.shape(of: node.output).extents.last ?? 1)
    case .map(let operation): return operation.weightCount(for: graph.shape(of: node.output))
    case .integer(.convolution(let convolution)):
      let extents = convolution.shape.extents
      return Shape([extents[0], extents[1], padded(extents[2] * extents[3])]).count
    // Taps are packed as numbers of 32 bits.
    case .integer(.depthwise(let convolution)): return 16 * convolution.weights.count
    case .integer(.constant(let values, _)): return values.count
    case .activation, .add, .mean, .resize, .reshape, .concatenation, .integer: return 0
    }
  }
}
