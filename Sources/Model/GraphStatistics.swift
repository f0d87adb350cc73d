/// How large a network is: parameters and multiply-adds, per node and in all.
///
/// Parameters are the weights and biases of convolutions and two numbers a channel of a batch norm. A multiply-add is
/// one product of a convolution that is added to a sum, padding included; nothing else counts. Counted as the model's
/// file says it, before any pass: a folded batch norm leaves one bias a channel.
public struct GraphStatistics: Sendable, Equatable {
  /// What one node, or a whole network, has.
  public struct Count: Sendable, Equatable {
    public var parameters = 0
    public var multiplyAdds = 0

    public init(parameters: Int = 0, multiplyAdds: Int = 0) {
      (self.parameters, self.multiplyAdds) = (parameters, multiplyAdds)
    }
  }

  /// By the index of the node.
  public let nodes: [Count]
  /// All nodes together.
  public let total: Count

  /// Counts `graph` as it is.
  public init(_ graph: Graph) {
    nodes = graph.nodes.map { Count($0.operation, output: graph.shape(of: $0.output)) }
    total = Self.sum(nodes)
  }

  /// Returns what `counts` are together.
  public static func sum(_ counts: some Sequence<Count>) -> Count {
    counts.reduce(into: Count()) {
      $0.parameters = saturated($0.parameters.addingReportingOverflow($1.parameters))
      $0.multiplyAdds = saturated($0.multiplyAdds.addingReportingOverflow($1.multiplyAdds))
    }
  }
}

extension GraphStatistics.Count {
  /// Counts one operator that gives `output`.
  fileprivate init(_ operation: Operator, output: Shape) {
    self.init()
    switch operation {
    case .convolution(let convolution):
      parameters = convolution.weights.count + (convolution.bias?.count ?? 0)
      multiplyAdds = Self.multiplyAdds(convolution.weights.count, output)
    case .depthwise(let convolution):
      parameters = convolution.weights.count + (convolution.bias?.count ?? 0)
      multiplyAdds = Self.multiplyAdds(convolution.weights.count, output)
    case .affine(let scale, let offset): parameters = Self.parameters(scale, offset)
    case .fakeQuantization(let quantization):
      parameters = quantization.affine.map { Self.parameters($0.scale, $0.offset) } ?? 0
    case .map(let operation): parameters = operation.constants.map(\.count).reduce(0, +)
    case .integer(.convolution(let convolution)), .integer(.depthwise(let convolution)):
      parameters = convolution.weights.count + (convolution.bias?.count ?? 0)
      multiplyAdds = Self.multiplyAdds(convolution.weights.count, output)
    case .activation, .add, .mean, .gate, .resize, .reshape, .concatenation,
      .integer(.fromReal), .integer(.toReal), .integer(.add), .integer(.multiply), .integer(.extreme), .integer(.mean),
      .integer(.pool), .integer(.resize), .integer(.softmax), .integer(.table), .integer(.rearrange), .integer(.pad),
      .integer(.constant):
      break
    }
  }

  /// A scale of ones is none: its offset is the bias of the convolution before it, but for the 3 of a hard-sigmoid, which
  /// is the function's own.
  private static func parameters(_ scale: Constant, _ offset: Constant) -> Int {
    guard scale.isOne else { return scale.count + offset.count }
    return offset.isEverywhere(3) ? 0 : offset.count
  }

  /// Every weight is used once for each pixel of the output.
  private static func multiplyAdds(_ weights: Int, _ output: Shape) -> Int {
    guard let map = output.map else { return 0 }
    return saturated((map.height * map.width).multipliedReportingOverflow(by: weights))
  }
}

/// Returns the sum or product, or the greatest number where it does not fit: a hostile file is counted, not obeyed.
private func saturated(_ result: (partialValue: Int, overflow: Bool)) -> Int {
  result.overflow ? .max : result.partialValue
}
