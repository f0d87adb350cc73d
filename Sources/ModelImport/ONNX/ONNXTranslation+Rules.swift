internal import Model

/// The operators that compute something of the picture.
extension ONNXTranslation {
  /// Translates the node at a place.
  typealias Rule = @Sendable (inout ONNXTranslation, Int) throws(ImportError) -> Void

  /// By the operator's name: a new one is a line here and a function.
  static let rules: [String: Rule] = [
    "Add": add, "BatchNormalization": batchNormalization, "Cast": cast, "Clip": clip, "Concat": concatenate,
    "Constant": constant, "Conv": convolution, "Div": divide, "Dropout": dropout, "Flatten": flatten,
    "Gather": gather, "GlobalAveragePool": globalAverage, "HardSigmoid": hardSigmoid, "HardSwish": hardSwish,
    "Identity": handOn, "Mul": multiply, "Pad": pad, "ReduceMean": reduceMean, "Relu": relu, "Reshape": reshape,
    "Shape": shape, "Sigmoid": sigmoid, "Slice": slice, "Softmax": softmax, "Squeeze": squeeze, "Sub": subtract,
    "Transpose": transpose, "Unsqueeze": unsqueeze,
  ]

  /// Whether there is a rule for the operator of `node`.
  static func knows(_ node: ONNXNode) -> Bool { node.domain.isEmpty && rules[node.operation] != nil }

  /// `Conv` over all channels, or over each for itself.
  @Sendable private static func convolution(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let found = try it.liveInput(place)
    let input = try it.map(found, place)
    let channels = try it.channels(of: input, place)
    let extents = try it.extents(place, 1)
    guard extents.count == 4, extents.allSatisfy({ $0 > 0 }) else {
      throw it.source.fault(place, "weights \(Shape(extents)) are not supported")
    }
    let kernel = Extent(height: extents[2], width: extents[3])
    let window = try it.window(place, kernel, zeros: found.zeros ?? [0, 0, 0, 0])
    let bias = it.operand(place, 2) == nil ? nil : try it.weights(place, 2, as: .list)
    let group = it.source.nodes[place].integer("group") ?? 1
    if group == 1 {
      let weights = try it.weights(place, 1, as: .convolution)
      return try it.compute(place, .convolution(Convolution(weights: weights, bias: bias, window: window)), [input])
    }
    guard group == channels, extents[0] == group, extents[1] == 1 else {
      throw it.source.fault(
        place, "\(group) groups of \(channels) channels with weights \(Shape(extents)) are not supported")
    }
    let weights = try it.weights(place, 1, as: .depthwise)
    try it.compute(place, .depthwise(DepthwiseConvolution(weights: weights, bias: bias, window: window)), [input])
  }

  /// Returns how the window of a convolution moves, with `zeros` that stand around its map.
  private func window(_ place: Int, _ kernel: Extent, zeros: [Int]) throws(ImportError) -> Window {
    let node = source.nodes[place]
    let strides = node.integers("strides") ?? [1, 1]
    let dilations = node.integers("dilations") ?? [1, 1]
    let pads = node.integers("pads") ?? [0, 0, 0, 0]
    guard strides.count == 2, dilations.count == 2, pads.count == 4,
      (strides + dilations).allSatisfy({ (1...1 << 16).contains($0) }), pads.allSatisfy({ (0...1 << 16).contains($0) }),
      [nil, [kernel.height, kernel.width]].contains(node.integers("kernel_shape"))
    else { throw source.fault(place, "its kernel, strides, dilations or pads are not supported") }
    let padding: Padding
    switch node.text("auto_pad") ?? "NOTSET" {
    case "NOTSET", "":
      padding = .explicit(
        top: zeros[0] + pads[0], left: zeros[1] + pads[1], bottom: zeros[2] + pads[2], right: zeros[3] + pads[3])
    case "VALID": padding = .explicit(top: zeros[0], left: zeros[1], bottom: zeros[2], right: zeros[3])
    case "SAME_UPPER" where zeros == [0, 0, 0, 0]: padding = .same
    case let other: throw source.fault(place, "the padding \(other.printable()) is not supported")
    }
    return Window(
      stride: Extent(height: strides[0], width: strides[1]),
      dilation: Extent(height: dilations[0], width: dilations[1]), padding: padding)
  }

  /// `BatchNormalization` as it is after training: its scale and offset of each channel, computed in double.
  @Sendable private static func batchNormalization(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let node = it.source.nodes[place]
    let input = try it.map(place)
    let channels = try it.channels(of: input, place)
    let parameters = [
      try it.floats(place, 1), try it.floats(place, 2), try it.floats(place, 3), try it.floats(place, 4),
    ]
    guard node.integer("training_mode") ?? 0 == 0, node.outputs.dropFirst().allSatisfy(\.isEmpty),
      parameters.allSatisfy({ $0.count == channels })
    else { throw it.source.fault(place, "it is supported only as it is after training, with \(channels) channels") }
    let norm = Operator.batchNorm(
      scale: parameters[0], offset: parameters[1], mean: parameters[2], variance: parameters[3],
      epsilon: Double(node.float("epsilon") ?? 1e-5))
    try it.compute(place, norm, [input])
  }

  /// `Relu`.
  @Sendable private static func relu(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    try it.compute(place, .activation(.relu), valueByValue: try it.liveInput(place))
  }

  /// `HardSwish`.
  @Sendable private static func hardSwish(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    try it.compute(place, .activation(.hardSwish), valueByValue: try it.liveInput(place))
  }

  /// `Clip` at 0, or at 0 and 6.
  @Sendable private static func clip(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let found = try it.liveInput(place)
    let node = it.source.nodes[place]
    func bound(_ name: String, _ index: Int, _ otherwise: Float) throws(ImportError) -> Float {
      guard it.source.opset >= 11 else { return node.float(name) ?? otherwise }
      guard it.operand(place, index) != nil else { return otherwise }
      let values = try it.floats(place, index)
      guard values.count == 1 else { throw it.source.fault(place, "its bounds are not single numbers") }
      return values[0]
    }
    let bounds = (try bound("min", 1, -.infinity), try bound("max", 2, .infinity))
    switch bounds {
    case (0, 6):
      try it.compute(place, .activation(.relu6), valueByValue: found)
      if case .moved(let value) = found.part, found.factor == 1, var result = it.live(node.outputs[0]) {
        result.part = .gate(value)
        it.set(place, result)
      }
    case (0, Float.greatestFiniteMagnitude...):
      try it.compute(place, .activation(.relu), valueByValue: found)
    default: throw it.source.fault(place, "the bounds \(bounds.0) and \(bounds.1) are not supported; 0 and 6 are")
    }
  }

  /// `HardSigmoid` of the slope 1/6: min(max(x + 3, 0), 6) / 6.
  @Sendable private static func hardSigmoid(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let node = it.source.nodes[place]
    let (slope, middle) = (node.float("alpha") ?? 0.2, node.float("beta") ?? 0.5)
    guard abs(slope * 6 - 1) <= 1e-4, middle == 0.5 else {
      throw it.source.fault(place, "the slope \(slope) is not supported; 1/6 is")
    }
    let found = try it.liveInput(place)
    let base = try it.multiplied(found, place)
    let channels = try it.channels(of: base, place)
    guard found.zeros == nil else { throw it.source.fault(place, "it reads a padded map, which is not supported") }
    let moved = try it.append(place, .shifting(by: Constant(repeating: 3, count: channels)), [base])
    let gate = try it.append(place, .activation(.relu6), [moved])
    it.set(place, Live(value: gate, view: found.view, factor: slope, part: .gate(base)))
  }

  /// `GlobalAveragePool`.
  @Sendable private static func globalAverage(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    try it.compute(place, .mean, [try it.map(place)])
  }

  /// `ReduceMean` over rows and columns.
  @Sendable private static func reduceMean(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let node = it.source.nodes[place]
    let input = try it.map(place)
    let axes = it.operand(place, 1) == nil ? node.integers("axes") ?? [] : try it.integers(place, 1)
    guard axes.axes(of: 4)?.sorted() == [2, 3] else {
      throw it.source.fault(place, "it is supported only over rows and columns")
    }
    try it.compute(place, .mean, [input])
    if node.integer("keepdims") == 0 { try it.reshapeResult(place) { Array($0.prefix(2)) } }
  }

  /// `Sigmoid`, as what makes scores of logits.
  @Sendable private static func sigmoid(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    var found = try it.liveInput(place)
    found.scores = .sigmoid
    it.set(place, found)
  }

  /// `Softmax` along the last axis, as what makes scores of logits.
  @Sendable private static func softmax(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    var found = try it.liveInput(place)
    let rank = found.view.extents.count
    let axis = it.source.nodes[place].integer("axis") ?? (it.source.opset < 13 ? 1 : -1)
    guard axis == -1 || axis == rank - 1 else {
      throw it.source.fault(place, "it is supported only along the last axis")
    }
    found.scores = .softmax
    it.set(place, found)
  }
}
