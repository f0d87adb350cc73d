internal import Model

/// Sums and products of two tensors, one of which is mostly a constant.
extension ONNXTranslation {
  /// `Add` of two maps, or of a map and one number a channel.
  @Sendable static func add(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    if it.liveOperand(place, 0) != nil, it.liveOperand(place, 1) != nil {
      let (left, right) = (try it.liveInput(place, 0), try it.liveInput(place, 1))
      guard left.view == right.view, left.zeros == nil, right.zeros == nil else {
        throw it.source.fault(
          place, "\(Shape(left.view.extents)) cannot be added to \(Shape(right.view.extents)) in another order")
      }
      let values = [try it.multiplied(left, place), try it.multiplied(right, place)]
      let value = try it.append(place, .add(.none), values)
      return it.set(place, Live(value: value, view: left.view))
    }
    guard it.liveOperand(place, 0) != nil || it.liveOperand(place, 1) != nil else {
      return try it.combine(place) { $0.addingReportingOverflow($1) }
    }
    let side = it.liveOperand(place, 0) != nil ? 0 : 1
    try it.shift(place, side, by: 1)
  }

  /// `Sub` of one number a channel.
  @Sendable static func subtract(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    guard it.liveOperand(place, 0) != nil || it.liveOperand(place, 1) != nil else {
      return try it.combine(place) { $0.subtractingReportingOverflow($1) }
    }
    try it.shift(place, 0, by: -1)
  }

  /// Adds the other operand's numbers, times `sign`, to operand `side`.
  private mutating func shift(_ place: Int, _ side: Int, by sign: Float) throws(ImportError) {
    let found = try liveInput(place, side)
    let numbers = try channelNumbers(place, 1 - side, of: found).map { sign * $0 }
    try compute(place, .shifting(by: Constant(list: numbers)), valueByValue: found)
    if numbers.allSatisfy({ $0 == 3 }), found.factor == 1, var result = live(source.nodes[place].outputs[0]) {
      result.part = .moved(found.value)
      set(place, result)
    }
  }

  /// `Mul` of a map and numbers that another gives, one a channel, or of a map and constants.
  @Sendable static func multiply(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    if it.liveOperand(place, 0) != nil, it.liveOperand(place, 1) != nil { return try it.product(place) }
    guard it.liveOperand(place, 0) != nil || it.liveOperand(place, 1) != nil else {
      return try it.combine(place) { $0.multipliedReportingOverflow(by: $1) }
    }
    let side = it.liveOperand(place, 0) != nil ? 0 : 1
    try it.scale(place, side) { $0 }
  }

  /// `Div` by a constant.
  @Sendable static func divide(_ it: inout ONNXTranslation, _ place: Int) throws(ImportError) {
    guard it.liveOperand(place, 0) != nil || it.liveOperand(place, 1) != nil else {
      return try it.combine(place) { $0.dividedReportingOverflow(by: $1) }
    }
    try it.scale(place, 0) { 1 / $0 }
  }

  /// Multiplies operand `side` by what `factor` makes of the other operand's numbers.
  private mutating func scale(_ place: Int, _ side: Int, _ factor: (Float) -> Float) throws(ImportError) {
    var found = try liveInput(place, side)
    let value = try constantInput(place, 1 - side)
    if let floats = value.floats, floats.count == 1, value.extents.count <= found.view.extents.count {
      let product = found.factor * factor(floats[0])
      guard product.isFinite else { throw source.fault(place, "its constant is not supported") }
      // A sixth of six is one, whatever its last bit is.
      found.factor = abs(product - 1) <= 1e-6 ? 1 : product
      return set(place, found)
    }
    let numbers = try channelNumbers(place, 1 - side, of: found).map(factor)
    try compute(place, .scaling(by: Constant(list: numbers)), valueByValue: found)
  }

  /// `Mul` of two tensors that depend on the picture: x · min(max(x + 3, 0), 6), which is six times a hard-swish, or a
  /// map and one number a channel: squeeze-and-excite (arXiv:1905.02244, section 5).
  private mutating func product(_ place: Int) throws(ImportError) {
    for (plain, gate) in [(0, 1), (1, 0)] {
      let (map, numbers) = (try liveInput(place, plain), try liveInput(place, gate))
      guard map.zeros == nil, numbers.zeros == nil else { continue }
      if map.factor == 1, numbers.part == .gate(map.value), map.view == numbers.view {
        let value = try append(place, .activation(.hardSwish), [map.value])
        let factor = 6 * numbers.factor
        return set(place, Live(value: value, view: map.view, factor: abs(factor - 1) <= 1e-6 ? 1 : factor))
      }
    }
    for (plain, gate) in [(0, 1), (1, 0)] {
      let (map, numbers) = (try liveInput(place, plain), try liveInput(place, gate))
      guard map.zeros == nil, numbers.zeros == nil, let size = network.shape(of: map.value).map,
        network.shape(of: numbers.value) == Shape(height: 1, width: 1, channels: size.channels),
        map.view == StridedView(channelsFirst: size), numbers.view.extents == [1, size.channels, 1, 1]
      else { continue }
      let value = try append(
        place, .gate(factor: numbers.factor), [try multiplied(map, place), numbers.value])
      return set(place, Live(value: value, view: map.view))
    }
    throw source.fault(place, "a product of two maps is supported only as a hard-swish or where one has one pixel")
  }

  /// Returns the constant that operand `index` is, one value for each channel of `found`.
  ///
  /// - Throws: `ImportError` iff it does not stand for one number a channel, or one in all.
  private mutating func channelNumbers(_ place: Int, _ index: Int, of found: Live) throws(ImportError) -> [Float] {
    let value = try constantInput(place, index)
    let channels = try channels(of: found.value, place)
    let rank = found.view.extents.count
    guard let floats = value.floats, value.extents.count <= rank else {
      throw source.fault(place, "a constant \(Shape(value.extents)) meets \(Shape(found.view.extents))")
    }
    if floats.count == 1 { return Array(repeating: floats[0], count: channels) }
    let extents = Array(repeating: 1, count: rank - value.extents.count) + value.extents
    guard let axis = found.view.channelAxis, found.view.extents[axis] == channels, extents[axis] == floats.count,
      floats.count == channels
    else { throw source.fault(place, "a constant \(Shape(value.extents)) meets \(Shape(found.view.extents))") }
    return floats
  }

  /// Computes whole numbers of two constants, of which one may be a single number.
  private mutating func combine(_ place: Int, _ operation: (Int, Int) -> (partialValue: Int, overflow: Bool))
    throws(ImportError)
  {
    let (left, right) = (try constantInput(place, 0), try constantInput(place, 1))
    guard let first = left.integers, let second = right.integers,
      left.extents == right.extents || first.count == 1 || second.count == 1
    else { throw source.fault(place, "it is supported only of whole numbers and of the picture") }
    let count = first.count == 1 ? second.count : first.count
    var (numbers, overflows) = ([Int](), false)
    for index in 0..<count {
      let result = operation(first[first.count == 1 ? 0 : index], second[second.count == 1 ? 0 : index])
      numbers.append(result.partialValue)
      overflows = overflows || result.overflow
    }
    guard !overflows else { throw source.fault(place, "its result is out of range") }
    let extents = left.extents.count >= right.extents.count && first.count == count ? left.extents : right.extents
    try set(place, KnownValue(extents, .integers(numbers)))
  }
}
