internal import Model

/// The operators that move or rename values, of the picture or of constants.
extension ONNXTranslation {
  /// `Identity`.
  @Sendable static func handOn(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    if let found = it.liveOperand(place, 0) { return it.set(place, found) }
    try it.set(place, try it.constantInput(place, 0), isCopied: false)
  }

  /// `Dropout`, which does nothing after training.
  @Sendable static func dropout(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    if it.operand(place, 2) != nil, try it.integers(place, 2) != [0] {
      throw it.source.fault(place, "it is supported only as it is after training")
    }
    try handOn(&it, place)
  }

  /// `Cast`: of what depends on the picture to other real numbers, which are all float32 here; of constants.
  @Sendable static func cast(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let isReal = ElementType(onnx: it.source.nodes[place].integer("to") ?? 0).scalar?.isReal ?? false
    if let found = it.liveOperand(place, 0) {
      guard isReal else { throw it.source.fault(place, "it makes whole numbers of the picture") }
      return it.set(place, found)
    }
    let value = try it.constantInput(place, 0)
    switch value.numbers {
    case .floats where isReal: try it.set(place, value, isCopied: false)
    case .integers where !isReal: try it.set(place, value, isCopied: false)
    case .integers(let numbers):
      try it.set(place, KnownValue(value.extents, .floats(numbers.map { Float($0) })))
    case .floats(let numbers):
      let whole = numbers.map { Int(exactly: $0.rounded(.towardZero)) }
      guard !whole.contains(nil) else { throw it.source.fault(place, "a constant is no whole number") }
      try it.set(place, KnownValue(value.extents, .integers(whole.compactMap { $0 })))
    }
  }

  /// `Constant`.
  @Sendable static func constant(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    guard let value = try it.value(ofConstant: it.source.nodes[place]) else {
      throw it.source.fault(place, "its value is not supported")
    }
    try it.set(place, value, isCopied: false)
  }

  /// Gives the node at `place` its operand 0 with `extents`, whatever it is.
  private mutating func reshape(_ place: Int, _ extents: [Int]) throws(ImportError) {
    guard extents.count <= 16 else { throw source.fault(place, "a rank of \(extents.count) is not supported") }
    guard let found = liveOperand(place, 0) else {
      return try set(place, try constantInput(place, 0).reshaped(extents))
    }
    set(place, try reshaped(found, extents, place))
  }

  /// Returns `found` with `extents`.
  private func reshaped(_ found: Live, _ extents: [Int], _ place: Int) throws(ImportError) -> Live {
    var found = found
    guard found.zeros == nil, extents.allSatisfy({ $0 > 0 }),
      Shape(extents).count == Shape(found.view.extents).count
    else { throw source.fault(place, "\(Shape(found.view.extents)) is not \(Shape(extents))") }
    guard found.scores != .softmax || extents.last == found.view.extents.last else {
      throw source.fault(place, "scores of one anchor are torn apart")
    }
    guard let view = found.view.reshaped(extents) else {
      throw source.fault(
        place, "to make \(Shape(extents)) of \(Shape(found.view.extents)) values would have to be moved")
    }
    found.view = view
    return found
  }

  /// Gives the result of the node at `place` the extents that `wanted` makes of its own.
  mutating func reshapeResult(_ place: Int, _ wanted: ([Int]) -> [Int]) throws(ImportError) {
    guard let result = live(source.nodes[place].outputs[0]) else { return }
    set(place, try reshaped(result, wanted(result.view.extents), place))
  }

  /// `Reshape`: an extent of −1 is what is left, one of 0 is the operand's.
  @Sendable static func reshape(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let extents = try it.extents(place, 0)
    let copiesZeros = it.source.nodes[place].integer("allowzero") ?? 0 == 0
    let written = try it.integers(place, 1)
    let wanted = written.enumerated().map { index, extent in
      extent == 0 && copiesZeros ? extents.element(index) ?? 0 : extent
    }
    guard wanted.count <= 16, let count = Shape(extents).count,
      let result = wanted.resolved(count: count)
    else { throw it.source.fault(place, "\(Shape(extents)) is not \(written)") }
    try it.reshape(place, result)
  }

  /// `Flatten`: two extents, cut at an axis.
  @Sendable static func flatten(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let extents = try it.extents(place, 0)
    let written = it.source.nodes[place].integer("axis") ?? 1
    let axis = written < 0 ? written &+ extents.count : written
    guard (0...extents.count).contains(axis), let outer = Shape(Array(extents[..<axis])).count,
      let inner = Shape(Array(extents[axis...])).count
    else { throw it.source.fault(place, "axis \(written) does not exist in rank \(extents.count)") }
    try it.reshape(place, [outer, inner])
  }

  /// Returns the axes that a node names: an attribute, or from opset 13 on operand 1; nil where it names none.
  private mutating func axes(_ place: Int, rank: Int) throws(ImportError) -> [Int]? {
    let written = operand(place, 1) == nil ? source.nodes[place].integers("axes") : try integers(place, 1)
    guard let written else { return nil }
    guard let axes = written.axes(of: rank), Set(axes).count == axes.count else {
      throw source.fault(place, "its axes do not exist in rank \(rank)")
    }
    return axes
  }

  /// `Squeeze`: without the extents of 1 that it names, or without all.
  @Sendable static func squeeze(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let extents = try it.extents(place, 0)
    let axes = try it.axes(place, rank: extents.count) ?? extents.indices.filter { extents[$0] == 1 }
    guard axes.allSatisfy({ extents[$0] == 1 }) else {
      throw it.source.fault(place, "it removes an axis of \(Shape(extents)) that is not 1")
    }
    try it.reshape(place, extents.indices.filter { !axes.contains($0) }.map { extents[$0] })
  }

  /// `Unsqueeze`: more extents of 1, at axes of the result.
  @Sendable static func unsqueeze(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let extents = try it.extents(place, 0)
    let named = it.operand(place, 1) == nil ? it.source.nodes[place].integers("axes") ?? [] : try it.integers(place, 1)
    guard named.count <= 16, let axes = try it.axes(place, rank: extents.count + named.count) else {
      throw it.source.fault(place, "it names no axes")
    }
    var rest = extents.makeIterator()
    try it.reshape(place, (0..<extents.count + axes.count).map { axes.contains($0) ? 1 : rest.next() ?? 1 })
  }

  /// `Transpose`, which moves nothing of the picture: it is only looked at in another order.
  @Sendable static func transpose(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let extents = try it.extents(place, 0)
    let order = it.source.nodes[place].integers("perm") ?? extents.indices.reversed()
    guard var found = it.liveOperand(place, 0) else {
      let value = try it.constantInput(place, 0)
      let view = StridedView(contiguous: value.extents).transposed(order)
      return try it.set(place, view.flatMap { value.read(through: $0) })
    }
    guard let view = found.view.transposed(order), found.scores != .softmax || order.last == order.count - 1 else {
      throw it.source.fault(place, "the order \(order.prefix(16)) does not fit \(Shape(extents))")
    }
    found.view = view
    it.set(place, found)
  }

  /// `Concat` of what depends on the picture, or of constants.
  @Sendable static func concatenate(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let indices = it.source.nodes[place].inputs.indices
    let written = it.source.nodes[place].integer("axis") ?? 0
    guard let first = it.liveOperand(place, 0) else {
      var (parts, count) = ([KnownValue](), 0)
      for index in indices {
        parts.append(try it.constantInput(place, index))
        count += parts[index].count
        try it.allow(place, count)
      }
      let axis = written.axis(of: parts.first?.extents.count ?? 0)
      return try it.set(place, axis.flatMap { KnownValue.joined(parts, along: $0) })
    }
    if indices.count == 1 { return it.set(place, first) }
    let rank = first.view.extents.count
    guard let axis = written.axis(of: rank) else {
      throw it.source.fault(place, "axis \(written) does not exist in rank \(rank)")
    }
    var values: [Graph.Value] = []
    for index in indices {
      guard let part = it.liveOperand(place, index), part.scores == first.scores,
        part.scores != .softmax || axis < rank - 1
      else { throw it.source.fault(place, "its operand \(index) cannot be joined with the others") }
      values.append(try it.applied(part, place))
    }
    let value = try it.append(place, .concatenation(axis: axis), values)
    it.set(
      place,
      Live(value: value, view: StridedView(contiguous: it.network.shape(of: value).extents), scores: first.scores))
  }

  /// `Pad` of rows and columns with zeros, which the next convolution takes in.
  @Sendable static func pad(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    let node = it.source.nodes[place]
    var found = try it.liveInput(place)
    let isOld = it.source.opset < 11
    let counts = isOld ? node.integers("pads") ?? [] : try it.integers(place, 1)
    let value = isOld || it.operand(place, 2) == nil ? node.float("value") ?? 0 : try it.floats(place, 2).first ?? 0
    guard found.zeros == nil, found.view.extents.count == 4, counts.count == 8,
      counts.allSatisfy({ (0...1 << 10).contains($0) }), counts[0] + counts[1] + counts[4] + counts[5] == 0,
      value == 0, ["constant", nil].contains(node.text("mode")), it.operand(place, 3) == nil
    else { throw it.source.fault(place, "it is supported only with zeros around the rows and columns of a map") }
    found.zeros = counts.allSatisfy { $0 == 0 } ? nil : [counts[2], counts[3], counts[6], counts[7]]
    it.set(place, found)
  }
}

extension KnownValue {
  /// Returns the values in the order of `view`, whose strides are of these values.
  fileprivate func read(through view: StridedView) -> KnownValue? {
    if count == 0 { return reshaped(view.extents) }
    var places = [0]
    for (extent, stride) in zip(view.extents, view.strides) {
      places = places.flatMap { place in (0..<extent).map { place + $0 * stride } }
    }
    return gathered(view.extents, places)
  }
}
