internal import Model

/// The operators that move values, and those that compute shapes of shapes.
extension TFLiteTranslation {
  /// `QUANTIZE` and `DEQUANTIZE`: other numbers for the same real values.
  @Sendable static func handOn(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    if let found = it.liveOperand(place, 0) { return it.set(place, found) }
    try it.set(place, try it.constantInput(place, 0))
  }

  /// Gives the operator at `place` its operand 0 with `extents`, whatever it is.
  private mutating func reshape(_ place: Int, _ extents: [Int]) throws(ImportError) {
    guard var found = liveOperand(place, 0) else {
      return try set(place, try constantInput(place, 0).reshaped(extents))
    }
    guard found.zeros == nil, Shape(extents).count == Shape(found.extents).count else {
      throw source.fault(place, "\(Shape(found.extents)) is not \(Shape(extents))")
    }
    guard found.scores != .softmax || extents.last == found.extents.last else {
      throw source.fault(place, "scores of one anchor are torn apart")
    }
    found.extents = extents
    set(place, found)
  }

  /// `RESHAPE`, to its operand 1 or, in old files, to what its options say; one extent may be −1.
  @Sendable static func reshape(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    var wanted: [Int] = []
    if it.operand(place, 1) != nil {
      wanted = try it.integers(place, 1)
    } else if case .reshape(let extents) = it.source.operators[place].options {
      wanted = extents
    }
    let extents = try it.extents(place, 0)
    guard let count = Shape(extents).count, let result = wanted.resolved(count: count) else {
      throw it.source.fault(place, "\(Shape(extents)) is not \(Shape(wanted))")
    }
    try it.reshape(place, result)
  }

  /// `SQUEEZE`: without the extents of 1 that it names, or without all.
  @Sendable static func squeeze(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let extents = try it.extents(place, 0)
    var named: [Int] = []
    if case .squeeze(let axes) = it.source.operators[place].options { named = axes }
    guard let result = extents.squeezed(named) else {
      throw it.source.fault(place, "it removes an axis of \(Shape(extents)) that is not 1")
    }
    try it.reshape(place, result)
  }

  /// `EXPAND_DIMS`: one more extent of 1.
  @Sendable static func expandDimensions(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    var extents = try it.extents(place, 0)
    guard let axis = try it.integers(place, 1).first?.axis(of: extents.count + 1) else {
      throw it.source.fault(place, "its axis does not exist in rank \(extents.count)")
    }
    extents.insert(1, at: axis)
    try it.reshape(place, extents)
  }

  /// `CONCATENATION` of what depends on the picture, or of constants.
  @Sendable static func concatenate(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    guard case .concatenation(let written, let activation) = it.source.operators[place].options, activation == 0 else {
      throw it.source.fault(place, "it is not supported with an activation")
    }
    let rank = try it.extents(place, 0).count
    let axis = try it.axis(place, written, rank: rank)
    let indices = it.source.operators[place].inputs.indices
    guard indices.contains(where: { it.liveOperand(place, $0) != nil }) else {
      return try it.join(place, along: axis) { $1 }
    }
    var (values, scores): ([Graph.Value], ScoreConversion?) = ([], nil)
    for index in indices {
      guard let part = it.liveOperand(place, index), part.zeros == nil, scores ?? part.scores == part.scores,
        part.scores != .softmax || axis < rank - 1
      else { throw it.source.fault(place, "its operand \(index) cannot be joined with the others") }
      scores = part.scores
      values.append(try it.applied(part, place))
    }
    if scores == .identity, axis == 3, let joined = try it.joinedChannels(place, values) {
      return it.set(place, Live(value: joined, extents: it.network.shape(of: joined).extents))
    }
    let value = try it.append(place, .concatenation(axis: axis), values)
    it.set(
      place, Live(value: value, extents: it.network.shape(of: value).extents, scores: scores ?? .identity))
  }

  /// Gives the operator at `place` its operands, which are constants, one behind the other along `axis`, each as `part`
  /// makes it of the translation and the operand.
  mutating func join(
    _ place: Int, along axis: Int, _ part: (inout Self, KnownValue) throws(ImportError) -> KnownValue
  ) throws(ImportError) {
    // Parts that were computed before cost nothing so far, and may be the same one many times.
    var parts: [KnownValue] = []
    for index in source.operators[place].inputs.indices {
      parts.append(try part(&self, try constantInput(place, index)))
    }
    try allow(place, parts.reduce(0) { $0 + $1.count })
    try set(place, KnownValue.joined(parts, along: axis))
  }

  /// Returns the channels of maps side by side; nil where they are one behind the other as they lie, or no maps of real
  /// numbers.
  private mutating func joinedChannels(_ place: Int, _ values: [Graph.Value]) throws(ImportError) -> Graph.Value? {
    guard values.count > 1, let size = network.shape(of: values[0]).map, size.height * size.width > 1,
      values.allSatisfy({ network.shape(of: $0).map != nil && !network.isInteger($0) })
    else { return nil }
    var joined = values[0]
    for value in values.dropFirst() { joined = try append(place, .map(.join), [joined, value]) }
    return joined
  }

  /// `SHAPE`.
  @Sendable static func shape(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let extents = try it.extents(place, 0)
    try it.set(place, KnownValue([extents.count], .integers(extents)))
  }
}
