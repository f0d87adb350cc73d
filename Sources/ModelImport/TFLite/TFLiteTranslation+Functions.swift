internal import Model

/// Functions of one real number, pairs of them, and pools.
extension TFLiteTranslation {
  /// `TANH`.
  @Sendable static func tanh(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    try it.compute(place, .map(.tanh), [try it.map(place)])
  }

  /// `RELU_N1_TO_1`.
  @Sendable static func reluToOne(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    try it.compute(place, .map(.clamp(-1...1)), [try it.map(place)])
  }

  /// `LEAKY_RELU`: one slope.
  @Sendable static func leaky(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    guard case .slope(let slope) = it.source.operators[place].options else {
      throw it.source.fault(place, "it has no options")
    }
    let input = try it.map(place)
    let slopes = Constant(repeating: slope, count: try it.channels(of: input, place))
    try it.compute(place, .map(.leaky(slopes: slopes)), [input])
  }

  /// `PRELU`: a slope for each channel.
  @Sendable static func slopes(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let input = try it.map(place)
    let slopes = try it.channels(place, 1, try it.channels(of: input, place))
    try it.compute(place, .map(.leaky(slopes: slopes)), [input])
  }

  /// `SUB` of two maps, or of a map and constants.
  @Sendable static func subtract(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let activation = try it.fusedActivation(place)
    if it.liveOperand(place, 0) != nil, it.liveOperand(place, 1) != nil {
      let operands = [try it.map(place, 0), try it.negative(place, 1)]
      return try it.compute(place, .add(activation), operands)
    }
    let isFirst = it.liveOperand(place, 0) != nil
    let input = try it.map(place, isFirst ? 0 : 1)
    let channels = try it.channels(of: input, place)
    var offset = try it.channels(place, isFirst ? 1 : 0, channels)
    if isFirst { offset = Constant(offset.values.map { -$0 }, shape: offset.shape) }
    let scale = Constant(repeating: isFirst ? 1 : -1, count: channels)
    try it.compute(place, .affine(scale: scale, offset: offset), [input], then: activation)
  }

  /// `DIV` of a map by constants.
  @Sendable static func divide(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let input = try it.map(place)
    let divisors = try it.channels(place, 1, try it.channels(of: input, place))
    let scale = Constant(divisors.values.map { 1 / $0 }, shape: divisors.shape)
    guard scale.values.allSatisfy(\.isFinite) else { throw it.source.fault(place, "it divides by 0") }
    try it.compute(place, .scaling(by: scale), [input], then: try it.fusedActivation(place))
  }

  /// `MAXIMUM` of two maps, or of a map and one number.
  @Sendable static func maximum(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    if let (input, number) = try it.mapAndNumber(place) {
      return try it.compute(place, .map(.clamp(number...Float.infinity)), [input])
    }
    try it.compute(place, .map(.maximum), [try it.map(place, 0), try it.map(place, 1)])
  }

  /// `MINIMUM` of two maps, or of a map and one number.
  @Sendable static func minimum(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    if let (input, number) = try it.mapAndNumber(place) {
      return try it.compute(place, .map(.clamp(-Float.infinity...number)), [input])
    }
    // The least is what is greatest below zero.
    try it.compute(place, .map(.maximum), [try it.negative(place, 0), try it.negative(place, 1)])
    let negative = try it.given(place).value
    let minusOne = Constant(repeating: -1, count: try it.channels(of: negative, place))
    try it.compute(place, .scaling(by: minusOne), [negative])
  }

  /// Returns operand `index` with the other sign.
  private mutating func negative(_ place: Int, _ index: Int) throws(ImportError) -> Graph.Value {
    let input = try map(place, index)
    let minusOne = Constant(repeating: -1, count: try channels(of: input, place))
    return try append(place, .scaling(by: minusOne), [input])
  }

  /// Returns the map and the number that the operands are; nil where both depend on the picture.
  private mutating func mapAndNumber(_ place: Int) throws(ImportError) -> (Graph.Value, Float)? {
    guard liveOperand(place, 0) == nil || liveOperand(place, 1) == nil else { return nil }
    let side = liveOperand(place, 0) != nil ? 0 : 1
    guard let floats = try constantInput(place, 1 - side).floats, floats.count == 1, floats[0].isFinite else {
      throw source.fault(place, "of a map and constants it is supported only with one number")
    }
    return (try map(place, side), floats[0])
  }

  /// `AVERAGE_POOL_2D`.
  @Sendable static func averagePool(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    try it.poolReals(place, .mean)
  }

  /// `MAX_POOL_2D`.
  @Sendable static func maximumPool(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    try it.poolReals(place, .maximum)
  }

  /// Returns the options of a pooling, of reals or of whole numbers, and the size of its window.
  func pooling(_ place: Int) throws(ImportError) -> (options: TFLiteWindow, kernel: Extent) {
    guard case .window(let options) = source.operators[place].options else {
      throw source.fault(place, "it has no options")
    }
    guard (1...256).contains(options.filter.height), (1...256).contains(options.filter.width) else {
      throw source.fault(place, "a window of \(options.filter.height)×\(options.filter.width) is not supported")
    }
    return (options, Extent(height: options.filter.height, width: options.filter.width))
  }

  /// Gives the operator at `place` the means or the greatest numbers of windows; what lies outside does not count.
  private mutating func poolReals(_ place: Int, _ method: Pool.Method) throws(ImportError) {
    let input = try map(place)
    let (options, kernel) = try pooling(place)
    let activation = try fusedActivation(place)
    if method == .mean, options.padding == 1, let map = network.shape(of: input).map,
      kernel == Extent(height: map.height, width: map.width)
    {
      return try compute(place, .mean, [input], then: activation)
    }
    let (_, window) = try window(place)
    try compute(place, .map(.pool(Pool(method, kernel: kernel, window: window))), [input], then: activation)
  }
}
