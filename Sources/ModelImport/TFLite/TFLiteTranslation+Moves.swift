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
    guard let count = Shape(extents).count, let result = ConstantOperator.resolved(wanted, count: count) else {
      throw it.source.fault(place, "\(Shape(extents)) is not \(Shape(wanted))")
    }
    try it.reshape(place, result)
  }

  /// `SQUEEZE`: without the extents of 1 that it names, or without all.
  @Sendable static func squeeze(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let extents = try it.extents(place, 0)
    var named: [Int] = []
    if case .squeeze(let axes) = it.source.operators[place].options { named = axes }
    let axes = Set(named.map { $0 < 0 ? $0 &+ extents.count : $0 })
    guard axes.allSatisfy({ extents.element($0) == 1 }) else {
      throw it.source.fault(place, "it removes an axis of \(Shape(extents)) that is not 1")
    }
    try it.reshape(
      place, extents.indices.filter { axes.isEmpty ? extents[$0] != 1 : !axes.contains($0) }.map { extents[$0] })
  }

  /// `EXPAND_DIMS`: one more extent of 1.
  @Sendable static func expandDimensions(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    var extents = try it.extents(place, 0)
    guard let axis = try it.integers(place, 1).first, (-extents.count - 1...extents.count).contains(axis) else {
      throw it.source.fault(place, "its axis does not exist in rank \(extents.count)")
    }
    extents.insert(1, at: axis < 0 ? axis + extents.count + 1 : axis)
    try it.reshape(place, extents)
  }

  /// `CONCATENATION` of what depends on the picture, or of constants.
  @Sendable static func concatenate(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    guard case .concatenation(let written, let activation) = it.source.operators[place].options, activation == 0 else {
      throw it.source.fault(place, "it is not supported with an activation")
    }
    let rank = try it.extents(place, 0).count
    let axis = written < 0 ? written &+ rank : written
    let indices = it.source.operators[place].inputs.indices
    guard (0..<rank).contains(axis) else {
      throw it.source.fault(place, "axis \(written) does not exist in rank \(rank)")
    }
    guard it.liveOperand(place, 0) != nil else {
      // Parts that were computed before cost nothing so far, and may be the same one many times.
      var (parts, count, overflows) = ([TFLiteValue](), 0, false)
      for index in indices where !overflows {
        let part = try it.constantInput(place, index)
        parts.append(part)
        (count, overflows) = count.addingReportingOverflow(part.numbers.count)
      }
      try it.allow(place, overflows ? nil : count)
      return try it.set(place, TFLiteValue.joined(parts, along: axis))
    }
    var (values, scores): ([Graph.Value], ScoreConversion?) = ([], nil)
    for index in indices {
      guard let part = it.liveOperand(place, index), part.zeros == nil, scores ?? part.scores == part.scores,
        part.scores != .softmax || axis < rank - 1
      else { throw it.source.fault(place, "its operand \(index) cannot be joined with the others") }
      scores = part.scores
      values.append(try it.applied(part, place))
    }
    let value = try it.append(place, .concatenation(axis: axis), values)
    it.set(
      place, Live(value: value, extents: it.network.shape(of: value).extents, scores: scores ?? .identity))
  }

  /// `PAD` of rows and columns with zeros, which the next convolution takes in.
  @Sendable static func pad(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    var found = try it.liveInput(place)
    let counts = try it.integers(place, 1)
    guard found.zeros == nil, found.extents == it.network.shape(of: found.value).extents, found.extents.count == 4,
      counts.count == 8, counts.allSatisfy({ (0...1 << 10).contains($0) }),
      counts[0] + counts[1] + counts[6] + counts[7] == 0
    else { throw it.source.fault(place, "it is supported only around the rows and columns of a map") }
    found.zeros = [counts[2], counts[4], counts[3], counts[5]]
    found.extents[1] += counts[2] + counts[3]
    found.extents[2] += counts[4] + counts[5]
    it.set(place, found)
  }

  /// `SHAPE`.
  @Sendable static func shape(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let extents = try it.extents(place, 0)
    try it.set(place, TFLiteValue([extents.count], .integers(extents)))
  }

  /// `STRIDED_SLICE` of a list.
  @Sendable static func stridedSlice(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let list = try it.integers(place, 0)
    let (begins, ends) = (try it.integers(place, 1), try it.integers(place, 2))
    guard
      case .slice(begin: let begin, end: let end, shrink: let shrink, others: 0) = it.source.operators[place].options,
      begins.count == 1, ends.count == 1, try it.integers(place, 3) == [1], try it.extents(place, 0).count == 1
    else { throw it.source.fault(place, "it is supported only of a list, one step at a time") }
    func clamped(_ index: Int) -> Int { min(max(index < 0 ? index &+ list.count : index, 0), list.count) }
    let first = begin & 1 != 0 ? 0 : clamped(begins[0])
    if shrink & 1 != 0 {
      guard list.indices.contains(first) else { throw it.source.fault(place, "it takes what is not there") }
      return try it.set(place, TFLiteValue([], .integers([list[first]])))
    }
    let last = max(end & 1 != 0 ? list.count : clamped(ends[0]), first)
    try it.set(place, TFLiteValue([last - first], .integers(Array(list[first..<last]))))
  }

  /// `PACK` of single numbers.
  @Sendable static func pack(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    var numbers: [Int] = []
    for index in it.source.operators[place].inputs.indices {
      let value = try it.integers(place, index)
      guard value.count == 1 else { throw it.source.fault(place, "it is supported only of single numbers") }
      numbers += value
    }
    try it.set(place, TFLiteValue([numbers.count], .integers(numbers)))
  }

  /// `TILE` of a constant.
  @Sendable static func tile(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let multiples = try it.integers(place, 1)
    if let found = it.liveOperand(place, 0) {
      guard multiples.allSatisfy({ $0 == 1 }) else {
        throw it.source.fault(place, "it is supported only of constants")
      }
      return it.set(place, found)
    }
    let value = try it.constantInput(place, 0)
    if let extents = value.tiledExtents(multiples) { try it.allow(place, Shape(extents).count) }
    try it.set(place, value.tiled(multiples))
  }
}
