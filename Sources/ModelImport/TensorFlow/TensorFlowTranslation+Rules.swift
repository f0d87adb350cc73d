internal import Model

/// How each supported operator of TensorFlow becomes one of ours. What the file leaves out takes the default of the
/// operator's definition (tensorflow/core/ops/nn_ops.cc).
extension TensorFlowTranslation {
  /// Gives a node, some input of which depends on the picture, its result.
  typealias Rule = @Sendable (inout TensorFlowTranslation, Int) throws(ImportError) -> Void

  /// The operators that we translate; a new one is a line here and a function below.
  static let rules: [String: Rule] = [
    "Conv2D": convolution, "DepthwiseConv2dNative": depthwise,
    "BiasAdd": biasAdd, "FusedBatchNorm": batchNorm, "FusedBatchNormV2": batchNorm, "FusedBatchNormV3": batchNorm,
    "Add": add, "AddV2": add, "Sub": subtract, "Mul": multiply, "RealDiv": divide,
    "Relu": relu, "Relu6": relu6, "Mean": mean,
    "FakeQuantWithMinMaxVars": fakeQuantization, "FakeQuantWithMinMaxArgs": fakeQuantization,
    "Reshape": reshape, "Squeeze": squeeze, "ConcatV2": concatenate, "Concat": concatenate,
  ]

  /// `Conv2D`.
  @Sendable private static func convolution(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    let weights = try it.weights(node, 1)
    let operation = Convolution(weights: weights, window: try it.window(node))
    try it.append(node, .convolution(operation), [try it.value(node, 0)])
  }

  /// `DepthwiseConv2dNative` with one filter a channel.
  @Sendable private static func depthwise(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    let weights = try it.weights(node, 1, isDepthwise: true)
    let operation = DepthwiseConvolution(weights: weights, window: try it.window(node))
    try it.append(node, .depthwise(operation), [try it.value(node, 0)])
  }

  /// `BiasAdd`: one value a channel is added.
  @Sendable private static func biasAdd(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    try it.checkLayout(node)
    try it.collect(node, 0, scale: [1], offset: try it.channels(node, 1))
  }

  /// gamma · (x − mean) / √(variance + epsilon) + beta, with the moving mean and variance.
  @Sendable private static func batchNorm(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    try it.checkLayout(node)
    let definition = it.source.nodes[node]
    guard case .bool(false) = definition["is_training"] else {
      throw it.source.fault(node, "the batch norm is in training mode")
    }
    var epsilon: Float = 0.0001
    if case .float(let written) = definition["epsilon"] { epsilon = written }
    let (gamma, beta) = (try it.channels(node, 1), try it.channels(node, 2))
    let (mean, variance) = (try it.channels(node, 3), try it.channels(node, 4))
    guard [beta.count, mean.count, variance.count].allSatisfy({ $0 == gamma.count }) else {
      throw it.source.fault(node, "its constants differ in length")
    }
    let scale = zip(gamma, variance).map { $0 / ($1 + Double(epsilon)).squareRoot() }
    let offset = beta.indices.map { beta[$0] - mean[$0] * scale[$0] }
    try it.collect(node, 0, scale: scale, offset: offset)
  }

  /// `Add`, `AddV2`: of two maps, or of a map and a constant.
  @Sendable private static func add(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    if it.isLive(node, 0), it.isLive(node, 1) {
      try it.append(node, .add(.none), [try it.value(node, 0), try it.value(node, 1)])
    } else {
      let live = it.isLive(node, 0) ? 0 : 1
      try it.collect(node, live, scale: [1], offset: try it.channels(node, 1 - live))
    }
  }

  /// `Sub` of a map and a constant, in either order.
  @Sendable private static func subtract(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    if it.isLive(node, 0) {
      try it.collect(node, 0, scale: [1], offset: try it.channels(node, 1).map { -$0 })
    } else {
      try it.collect(node, 1, scale: [-1], offset: try it.channels(node, 0))
    }
  }

  /// `Mul` of a map and a constant, in either order, or of two maps.
  @Sendable private static func multiply(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    if it.isLive(node, 0), it.isLive(node, 1) { return try it.product(node) }
    let live = it.isLive(node, 0) ? 0 : 1
    try it.collect(node, live, scale: try it.channels(node, 1 - live), offset: [0])
  }

  /// `RealDiv` of a map by a constant.
  @Sendable private static func divide(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    guard !it.isLive(node, 1) else {
      throw it.source.fault(node, "the operator RealDiv is supported only with a constant divisor")
    }
    try it.collect(node, 0, scale: try it.channels(node, 1).map { 1 / $0 }, offset: [0])
  }

  /// `Relu`.
  @Sendable private static func relu(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    try it.append(node, .activation(.relu), [try it.value(node, 0)])
  }

  /// `Relu6`.
  @Sendable private static func relu6(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    try it.append(node, .activation(.relu6), [try it.value(node, 0)])
  }

  /// `FakeQuantWithMinMaxVars` and `FakeQuantWithMinMaxArgs` of a map.
  @Sendable private static func fakeQuantization(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    let grid = try FakeQuantReading.grid(of: it.source.nodes[node]) { index throws(ImportError) in
      try it.evaluator.scalar(try it.input(node, index))
    }
    guard let grid else { throw it.source.fault(node, FakeQuantReading.reason) }
    try it.append(node, .fakeQuantization(FakeQuantization(grid: grid)), [try it.value(node, 0)])
  }

  /// `Reshape`, whose shape may follow from shapes of maps.
  @Sendable private static func reshape(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    let value = try it.value(node, 0)
    let wanted = try it.evaluator.integers(try it.input(node, 1))
    let shape = it.network.shape(of: value)
    guard let count = shape.count, let extents = wanted.resolved(count: count) else {
      throw it.source.fault(node, "\(shape) is not \(Shape(wanted))")
    }
    try it.append(node, .reshape(Shape(extents)), [value])
  }

  /// `Squeeze`, which is a reshape once shapes are known.
  @Sendable private static func squeeze(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    let value = try it.value(node, 0)
    let shape = it.network.shape(of: value)
    guard let extents = ConstantOperator.squeezed(shape.extents, by: it.source.nodes[node]) else {
      throw it.source.fault(node, "it removes an axis of \(shape) that is not 1")
    }
    try it.append(node, .reshape(Shape(extents)), [value])
  }

  /// `ConcatV2` and `Concat` of maps.
  @Sendable private static func concatenate(_ it: inout TensorFlowTranslation, _ node: Int) throws(ImportError) {
    let definition = it.source.nodes[node]
    let last = definition.inputs.count - 1
    guard last >= 1 else { throw it.source.fault(node, "there is nothing to join") }
    let isOld = definition.operation == "Concat"
    var values: [Graph.Value] = []
    for index in isOld ? 1..<last + 1 : 0..<last { values.append(try it.value(node, index)) }
    let written = try it.evaluator.integers(try it.input(node, isOld ? 0 : last))
    let rank = it.network.shape(of: values[0]).rank
    guard written.count == 1, let axis = written[0].axis(of: rank) else {
      throw it.source.fault(node, "axis \(Shape(written)) does not exist in rank \(rank)")
    }
    try it.append(node, .concatenation(axis: axis), values)
  }

  /// Refuses layouts other than NHWC.
  private func checkLayout(_ node: Int) throws(ImportError) {
    if case .text(let layout) = source.nodes[node]["data_format"], layout != "NHWC" {
      throw source.fault(node, "the layout \(layout) is not supported, only NHWC")
    }
  }

  /// Reads how a convolution's window moves.
  private func window(_ node: Int) throws(ImportError) -> Window {
    try checkLayout(node)
    let definition = source.nodes[node]
    func extent(_ name: String) throws(ImportError) -> Extent? {
      guard case .integers(let steps) = definition[name], !steps.isEmpty else { return nil }
      guard steps.count == 4, steps[0] == 1, steps[3] == 1, steps.allSatisfy({ (1...1 << 16).contains($0) }) else {
        throw source.fault(node, "\(name) \(steps) are not supported")
      }
      return Extent(height: steps[1], width: steps[2])
    }
    guard let stride = try extent("strides") else { throw source.fault(node, "it has no strides") }
    let dilation = try extent("dilations") ?? Extent(height: 1, width: 1)
    guard case .text(let name) = definition["padding"] else { throw source.fault(node, "it has no padding") }
    let padding: Padding
    switch name {
    case "SAME": padding = .same
    case "VALID": padding = .explicit(top: 0, left: 0, bottom: 0, right: 0)
    case "EXPLICIT":
      guard case .integers(let zeros) = definition["explicit_paddings"], zeros.count == 8,
        zeros.allSatisfy({ (0...1 << 16).contains($0) }), zeros[0] + zeros[1] + zeros[6] + zeros[7] == 0
      else { throw source.fault(node, "its explicit paddings are not supported") }
      padding = .explicit(top: zeros[2], left: zeros[4], bottom: zeros[3], right: zeros[5])
    default: throw source.fault(node, "the padding \(name) is not supported")
    }
    return Window(stride: stride, dilation: dilation, padding: padding)
  }
}
