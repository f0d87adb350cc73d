internal import Model

/// Products of what is computed from the picture: hard-swish and squeeze-and-excite (arXiv:1905.02244, section 5).
extension TensorFlowTranslation {
  /// `Mul` of two tensors: x · Relu6(x + 3), which is six times a hard-swish, or a map and one number a channel.
  mutating func product(_ node: Int) throws(ImportError) {
    for (plain, rectified) in [(0, 1), (1, 0)] where isHardSwish(node, of: plain, times: rectified) {
      return try append(node, .activation(.hardSwish), [try value(node, plain)], times: 6)
    }
    for (map, gate) in [(0, 1), (1, 0)] {
      let shapes = try (shape(of: input(node, map).node), shape(of: input(node, gate).node))
      guard let size = shapes.0?.map, shapes.1 == Shape(height: 1, width: 1, channels: size.channels) else { continue }
      let (value, (numbers, factor)) = (try value(node, map), try valueAndFactor(node, gate))
      return try append(node, .gate(factor: factor), [value, numbers])
    }
    throw source.fault(
      node, "the operator Mul of two tensors is supported only as a hard-swish or with one number a channel")
  }

  /// Whether input `rectified` of the product `node` is Relu6(x + 3), x being input `plain`.
  private mutating func isHardSwish(_ node: Int, of plain: Int, times rectified: Int) -> Bool {
    let inputs = source.nodes[node].inputs
    guard inputs.indices.contains(plain), inputs.indices.contains(rectified) else { return false }
    let origin = source.origin(of: inputs[plain], through: handingOn)
    let relu = source.nodes[source.origin(of: inputs[rectified], through: handingOn).node]
    guard relu.operation == "Relu6", let moved = relu.inputs.first else { return false }
    let sum = source.nodes[source.origin(of: moved, through: handingOn).node]
    guard ["Add", "AddV2"].contains(sum.operation), sum.inputs.count == 2 else { return false }
    for (place, other) in [(0, 1), (1, 0)]
    where source.origin(of: sum.inputs[place], through: handingOn) == origin {
      if let constant = evaluator.constant(sum.inputs[other]), constant.floats == [3] { return true }
    }
    return false
  }

  /// `Mean` of each channel over all rows and columns.
  @Sendable static func mean(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    let value = try it.value(node, 0)
    let shape = it.network.shape(of: value)
    let axes = try it.evaluator.integers(try it.input(node, 1)).axes(of: shape.rank)
    guard case .bool(true) = it.source.nodes[node]["keep_dims"], shape.map != nil, axes?.sorted() == [1, 2] else {
      throw it.source.fault(node, "the operator Mean is supported only over rows and columns, which stay as 1")
    }
    try it.append(node, .mean, [value])
  }
}
