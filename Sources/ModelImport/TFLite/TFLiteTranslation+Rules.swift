internal import Model

/// The operators that compute something of the picture.
extension TFLiteTranslation {
  /// Translates the operator at a place.
  typealias Rule = @Sendable (inout TFLiteTranslation, Int) throws(ImportError) -> Void

  /// By the operator's name: a new one is a line here and a function.
  static let rules: [String: Rule] = [
    "ADD": add, "AVERAGE_POOL_2D": averagePool, "CONCATENATION": concatenate, "CONV_2D": convolution,
    "DEPTHWISE_CONV_2D": depthwise, "DEQUANTIZE": handOn, "DIV": divide, "EXPAND_DIMS": expandDimensions,
    "FULLY_CONNECTED": fullyConnected, "HARD_SWISH": hardSwish, "LEAKY_RELU": leaky, "LOGISTIC": logistic,
    "MAXIMUM": maximum, "MAX_POOL_2D": maximumPool, "MEAN": mean, "MINIMUM": minimum, "MUL": multiply, "PACK": pack,
    "PAD": pad, "PRELU": slopes, "QUANTIZE": handOn, "RELU": relu, "RELU6": relu6, "RELU_N1_TO_1": reluToOne,
    "RESHAPE": reshape, "RESIZE_BILINEAR": resizeBilinear, "RESIZE_NEAREST_NEIGHBOR": resizeNearest, "SHAPE": shape,
    "SLICE": slice, "SOFTMAX": softmax, "SPLIT": split, "SPLIT_V": splitBySizes, "SQUEEZE": squeeze,
    "STRIDED_SLICE": stridedSlice, "SUB": subtract, "TANH": tanh, "TILE": tile, "TRANSPOSE": transpose,
  ]

  /// `CONV_2D`: weights [outputs, height, width, inputs].
  @Sendable private static func convolution(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let weights = try it.weights(place, 1) { extents, values in
      guard extents.count == 4 else { return nil }
      return moved(values, Shape([extents[1], extents[2], extents[3], extents[0]]), outputs: extents[0])
    }
    let (input, window) = try it.window(place)
    let operation = Convolution(weights: weights, bias: try it.bias(place), window: window)
    try it.compute(place, .convolution(operation), [input], then: try it.fusedActivation(place))
  }

  /// `DEPTHWISE_CONV_2D`: weights [1, height, width, channels].
  @Sendable private static func depthwise(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let weights = try it.weights(place, 1) { extents, values in
      extents.count == 4 && extents[0] == 1 ? Constant(values, shape: Shape(Array(extents[1...]))) : nil
    }
    let (input, window) = try it.window(place)
    let operation = DepthwiseConvolution(weights: weights, bias: try it.bias(place), window: window)
    try it.compute(place, .depthwise(operation), [input], then: try it.fusedActivation(place))
  }

  /// `FULLY_CONNECTED` of one pixel: weights [outputs, inputs].
  @Sendable private static func fullyConnected(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let weights = try it.weights(place, 1) { extents, values in
      guard extents.count == 2 else { return nil }
      return moved(values, Shape([1, 1, extents[1], extents[0]]), outputs: extents[0])
    }
    let input = try it.liveInput(place)
    let map = it.network.shape(of: input.value).map
    guard input.zeros == nil, input.factor == 1, map?.width == 1, map?.height == 1 else {
      throw it.source.fault(place, "it is supported only over one pixel")
    }
    let operation = Convolution(weights: weights, bias: try it.bias(place), window: .everywhere)
    try it.compute(place, .convolution(operation), [input.value], then: try it.fusedActivation(place))
  }

  /// Returns `values`, which stand output by output, with the outputs innermost, under `shape`.
  private static func moved(_ values: [Float], _ shape: Shape, outputs: Int) -> Constant? {
    guard outputs > 0, shape.count == values.count else { return nil }
    let inner = values.count / outputs
    return Constant(shape: shape) { result in
      for output in 0..<outputs {
        for index in 0..<inner { result[index * outputs + output] = values[output * inner + index] }
      }
    }
  }

  /// Returns the bias of a convolution; nil where it is left out.
  private mutating func bias(_ place: Int) throws(ImportError) -> Constant? {
    guard operand(place, 2) != nil else { return nil }
    return try weights(place, 2) { extents, values in Constant(list: values) }
  }

  /// Returns what a convolution reads and how its window moves, with zeros that stand around the map.
  mutating func window(_ place: Int) throws(ImportError) -> (Graph.Value, Window) {
    guard case .window(let options) = source.operators[place].options else {
      throw source.fault(place, "it has no options")
    }
    let steps = [options.stride.height, options.stride.width, options.dilation.height, options.dilation.width]
    guard steps.allSatisfy({ (1...1 << 16).contains($0) }) else {
      throw source.fault(place, "strides and dilations \(steps) are not supported")
    }
    var input = try liveInput(place)
    let padding: Padding
    switch (options.padding, input.zeros) {
    case (0, nil): padding = .same
    case (1, let around):
      let zeros = around ?? [0, 0, 0, 0]
      padding = .explicit(top: zeros[0], left: zeros[1], bottom: zeros[2], right: zeros[3])
    case (0, _): throw source.fault(place, "SAME padding of a padded map is not supported")
    default: throw source.fault(place, "the padding \(options.padding) is not supported")
    }
    if input.zeros != nil {
      // In the file the zeros are part of the map's shape.
      input.zeros = nil
      input.extents = network.shape(of: input.value).extents
    }
    let window = Window(
      stride: Extent(height: steps[0], width: steps[1]), dilation: Extent(height: steps[2], width: steps[3]),
      padding: padding)
    return (try applied(input, place), window)
  }

  /// Returns the number of the activation that an operator computes after its sum.
  func activation(_ place: Int) -> Int {
    switch source.operators[place].options {
    case .window(let options): options.activation
    case .fused(let activation): activation
    default: 0
    }
  }

  /// Returns that activation, of real numbers.
  func fusedActivation(_ place: Int) throws(ImportError) -> Activation {
    let number = activation(place)
    switch number {
    case 0: return .none
    case 1: return .relu
    case 3: return .relu6
    default:
      let names = [2: "RELU_N1_TO_1", 4: "TANH", 5: "SIGN_BIT"]
      throw source.fault(place, "the fused activation \(names[number] ?? "\(number)") is not supported")
    }
  }

  /// `ADD` of two maps, or of a map and one number a channel.
  @Sendable private static func add(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let activation = try it.fusedActivation(place)
    if it.liveOperand(place, 0) != nil, it.liveOperand(place, 1) != nil {
      let inputs = [try it.map(place, 0), try it.map(place, 1)]
      return try it.compute(place, .add(activation), inputs)
    }
    let side = it.liveOperand(place, 0) != nil ? 0 : 1
    let input = try it.map(place, side)
    let offset = try it.channels(place, 1 - side, try it.channels(of: input, place))
    try it.compute(place, .shifting(by: offset), [input], then: activation)
  }

  /// `MUL` of a map and numbers that another gives, one a channel, or of a map and constants.
  @Sendable private static func multiply(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let activation = try it.fusedActivation(place)
    if it.liveOperand(place, 0) != nil, it.liveOperand(place, 1) != nil { return try it.gate(place, activation) }
    let side = it.liveOperand(place, 0) != nil ? 0 : 1
    let factors = try it.constantInput(place, 1 - side)
    if activation == .none, let floats = factors.floats, floats.count == 1 {
      var found = try it.liveInput(place, side)
      found.factor *= floats[0]
      return it.set(place, found)
    }
    let input = try it.map(place, side)
    let scale = try it.channels(place, 1 - side, try it.channels(of: input, place))
    try it.compute(place, .scaling(by: scale), [input], then: activation)
  }

  /// A product of two maps of one shape, or one of which has one pixel: squeeze-and-excite (arXiv:1905.02244, section 5.3).
  private mutating func gate(_ place: Int, _ activation: Activation) throws(ImportError) {
    for (map, gate) in [(0, 1), (1, 0)] {
      let numbers = try liveInput(place, gate)
      let size = network.shape(of: try liveInput(place, map).value).map
      guard let size, numbers.zeros == nil,
        network.shape(of: numbers.value) == Shape(height: 1, width: 1, channels: size.channels)
      else { continue }
      let inputs = [try self.map(place, map), numbers.value]
      return try compute(place, .gate(factor: numbers.factor), inputs, then: activation)
    }
    let (left, right) = (try self.map(place, 0), try self.map(place, 1))
    guard network.shape(of: left) == network.shape(of: right) else {
      throw source.fault(place, "a product of two maps is supported only where they are alike, or one has one pixel")
    }
    try compute(place, .map(.product), [left, right], then: activation)
  }

  /// Returns the constant that operand `index` is, one value for each of so many channels or one for all.
  mutating func channels(_ place: Int, _ index: Int, _ channels: Int) throws(ImportError) -> Constant {
    let value = try constantInput(place, index)
    guard let floats = value.floats, value.extents.dropLast().allSatisfy({ $0 == 1 }),
      floats.count == channels || floats.count == 1
    else { throw source.fault(place, "a constant \(Shape(value.extents)) meets \(channels) channels") }
    return floats.count == channels ? Constant(list: floats) : Constant(repeating: floats[0], count: channels)
  }

  /// `RELU`.
  @Sendable private static func relu(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    try it.compute(place, .activation(.relu), [try it.map(place)])
  }

  /// `RELU6`.
  @Sendable private static func relu6(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    try it.compute(place, .activation(.relu6), [try it.map(place)])
  }

  /// `HARD_SWISH`.
  @Sendable private static func hardSwish(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    try it.compute(place, .activation(.hardSwish), [try it.map(place)])
  }

  /// `MEAN` over rows and columns.
  @Sendable private static func mean(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let input = try it.map(place)
    let axes = try it.integers(place, 1).axes(of: 4)
    guard let map = it.network.shape(of: input).map, axes?.sorted() == [1, 2],
      case .mean(let keepsDimensions) = it.source.operators[place].options
    else { throw it.source.fault(place, "it is supported only over rows and columns") }
    try it.compute(place, .mean, [input])
    if !keepsDimensions, var result = it.live(tensor: it.source.operators[place].outputs[0]) {
      result.extents = [1, map.channels]
      it.set(place, result)
    }
  }

  /// `RESIZE_BILINEAR`.
  @Sendable private static func resizeBilinear(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    try it.resize(place, .bilinear)
  }

  /// `RESIZE_NEAREST_NEIGHBOR`.
  @Sendable private static func resizeNearest(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    try it.resize(place, .nearest)
  }

  /// A map of the size that operand 1 says: height and width.
  private mutating func resize(_ place: Int, _ method: Resize.Method) throws(ImportError) {
    try compute(place, .resize(try resize(place, to: method)), [try map(place)])
  }

  /// Returns what makes a map of the size that operand 1 says.
  mutating func resize(_ place: Int, to method: Resize.Method) throws(ImportError) -> Resize {
    let size = try integers(place, 1)
    guard case .resize(let keepsEnds, let hasHalfPixels) = source.operators[place].options, size.count == 2,
      !(keepsEnds && hasHalfPixels)
    else { throw source.fault(place, "its size or its options are not supported") }
    let places: Resize.Places = keepsEnds ? .ends : hasHalfPixels ? .centers : .corners
    return Resize(method, places, to: Extent(height: size[0], width: size[1]))
  }

  /// `LOGISTIC`, as what makes scores of logits.
  @Sendable private static func logistic(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    var found = try it.liveInput(place)
    found.scores = .sigmoid
    it.set(place, found)
  }

  /// `SOFTMAX`, as what makes scores of logits.
  @Sendable private static func softmax(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    var found = try it.liveInput(place)
    guard case .softmax(1) = it.source.operators[place].options else {
      throw it.source.fault(place, "it is supported only with a beta of 1")
    }
    found.scores = .softmax
    it.set(place, found)
  }
}
