internal import Model

/// The operators that take some of a tensor's values, or put them in another order.
extension TFLiteTranslation {
  /// Gives the operator at `place` what `taken` says of its operand `index`, as its result number `output`.
  ///
  /// - Parameter extents: the result's, of as many values.
  /// - Throws: `ImportError` iff values would move that cannot: of real ones only parts of maps can be taken.
  private mutating func take(
    _ place: Int, _ taken: Rearrangement, _ extents: [Int], of index: Int = 0, output: Int = 0
  ) throws(ImportError) {
    guard let target = source.operators[place].outputs.element(output) else {
      throw source.fault(place, "it has no result \(output)")
    }
    let whole = try self.extents(place, index)
    guard let size = Shape(whole).count, taken.lies(in: size), let count = taken.count, Shape(extents).count == count
    else { throw source.fault(place, "it takes what is not there of \(Shape(whole))") }
    guard var found = liveOperand(place, index) else {
      let value = try constantInput(place, index)
      try spend(place, count)
      guard let result = value.rearranged(taken, extents) else { throw source.fault(place, "its operands do not fit") }
      return set(tensor: target, result)
    }
    guard found.zeros == nil else { throw source.fault(place, "it reads a padded map, which is not supported") }
    if taken.keepsAll(of: size) {
      guard found.scores != .softmax || extents.last == found.extents.last else {
        throw source.fault(place, "scores of one anchor are torn apart")
      }
      found.extents = extents
      return set(tensor: target, found)
    }
    let input = try applied(found, place)
    if network.isInteger(input) {
      let value = try append(place, .integer(.rearrange(taken, Shape(extents))), [input])
      return set(tensor: target, Live(value: value, extents: extents))
    }
    guard let map = network.shape(of: input).map, let crop = taken.crop(of: map) else {
      throw source.fault(place, "of real numbers it is supported only where it takes a part of a map")
    }
    let value = try append(place, .map(.crop(crop)), [input])
    set(tensor: target, Live(value: value, extents: extents))
  }

  /// Returns the extents of operand `index`, none of which is below 0.
  private func whole(_ place: Int, _ index: Int = 0) throws(ImportError) -> [Int] {
    let extents = try extents(place, index)
    guard Shape(extents).count != nil else { throw source.fault(place, "\(Shape(extents)) is not supported") }
    return extents
  }

  /// Returns `written` as an axis of so many, counted from the end where it is below 0.
  func axis(_ place: Int, _ written: Int, rank: Int) throws(ImportError) -> Int {
    guard let axis = written.axis(of: rank) else {
      throw source.fault(place, "axis \(written) does not exist in rank \(rank)")
    }
    return axis
  }

  /// `TRANSPOSE`: the axes in another order.
  @Sendable static func transpose(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let (extents, order) = (try it.whole(place), try it.integers(place, 1))
    guard let turned = order.axes(of: extents.count), let taken = Rearrangement(of: extents).transposed(turned) else {
      throw it.source.fault(place, "\(order) is no order of \(extents.count) axes")
    }
    try it.take(place, taken, taken.counts)
  }

  /// `SLICE`: of each axis so many values from one on; −1 is all that are left.
  @Sendable static func slice(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let extents = try it.whole(place)
    let (begins, sizes) = (try it.integers(place, 1), try it.integers(place, 2))
    guard begins.count == extents.count, sizes.count == extents.count else {
      throw it.source.fault(place, "its begins and sizes are not as many as the axes of \(Shape(extents))")
    }
    var taken = Rearrangement(of: extents)
    for (axis, (begin, size)) in zip(begins, sizes).enumerated() {
      guard (0...extents[axis]).contains(begin), (-1...extents[axis] - begin).contains(size) else {
        throw it.source.fault(place, "it takes what is not there of \(Shape(extents))")
      }
      taken = taken.part(axis, from: begin, count: size < 0 ? extents[axis] - begin : size)
    }
    try it.take(place, taken, taken.counts)
  }

  /// `STRIDED_SLICE`: of each axis the values from one to another, in steps of either sign, or a single one, whose axis
  /// then goes.
  @Sendable static func stridedSlice(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let extents = try it.whole(place)
    let (begins, ends, steps) = (try it.integers(place, 1), try it.integers(place, 2), try it.integers(place, 3))
    guard
      case .slice(begin: let begin, end: let end, shrink: let shrink, others: 0) = it.source.operators[place].options,
      begins.count <= extents.count, ends.count == begins.count, steps.count == begins.count
    else { throw it.source.fault(place, "its numbers do not fit \(Shape(extents)), or its masks are not supported") }
    var (taken, shape) = (Rearrangement(of: extents), [Int]())
    for axis in extents.indices {
      guard axis < begins.count else {
        shape.append(extents[axis])
        continue
      }
      let (size, step, bit) = (extents[axis], steps[axis], 1 << axis)
      guard step != 0, step != .min, abs(step) <= 1 << 31 else {
        throw it.source.fault(place, "a step of \(step) is not supported")
      }
      let range = step > 0 ? 0...size : -1...size - 1
      func clamped(_ index: Int) -> Int {
        min(max(index < 0 ? index &+ size : index, range.lowerBound), range.upperBound)
      }
      let first = begin & bit != 0 ? (step > 0 ? 0 : size - 1) : clamped(begins[axis])
      if shrink & bit != 0 {
        guard (0..<size).contains(first) else { throw it.source.fault(place, "it takes what is not there") }
        taken = taken.part(axis, from: first, count: 1)
        continue
      }
      let last = end & bit != 0 ? (step > 0 ? size : -1) : clamped(ends[axis])
      let count = max((last - first + step - step.signum()) / step, 0)
      taken = taken.part(axis, from: first, count: count, step: count > 1 ? step : 1)
      shape.append(count)
    }
    try it.take(place, taken, shape)
  }

  /// `SPLIT`: equal parts along an axis, which operand 0 says.
  @Sendable static func split(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let extents = try it.whole(place, 1)
    guard let written = try it.integers(place, 0).first else { throw it.source.fault(place, "it names no axis") }
    let axis = try it.axis(place, written, rank: extents.count)
    let parts = it.source.operators[place].outputs.count
    guard extents[axis].isMultiple(of: parts) else {
      throw it.source.fault(place, "\(Shape(extents)) does not come apart into \(parts) along axis \(axis)")
    }
    try it.split(place, operand: 1, axis: axis, Array(repeating: extents[axis] / parts, count: parts))
  }

  /// `SPLIT_V`: parts of the sizes that operand 1 says, along an axis, which operand 2 says; one may be −1.
  @Sendable static func splitBySizes(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let (extents, sizes) = (try it.whole(place), try it.integers(place, 1))
    guard let written = try it.integers(place, 2).first else { throw it.source.fault(place, "it names no axis") }
    let axis = try it.axis(place, written, rank: extents.count)
    // As of a reshape, −1 is what is left: but of a sum.
    let known = sizes.reduce(into: (sum: 0, fits: true)) { all, size in
      all = size == -1 ? all : (all.sum &+ size, all.fits && (0...extents[axis]).contains(size))
    }
    let resolved = sizes.map { $0 == -1 ? extents[axis] &- known.sum : $0 }
    guard known.fits, sizes.count(where: { $0 == -1 }) <= 1, resolved.count == it.source.operators[place].outputs.count,
      resolved.allSatisfy({ $0 >= 0 }), resolved.reduce(0, &+) == extents[axis]
    else { throw it.source.fault(place, "\(sizes) does not part \(Shape(extents)) along axis \(axis)") }
    try it.split(place, operand: 0, axis: axis, resolved)
  }

  /// Gives the operator at `place` a part of operand `index` for each of `sizes`.
  private mutating func split(_ place: Int, operand index: Int, axis: Int, _ sizes: [Int]) throws(ImportError) {
    let whole = Rearrangement(of: try extents(place, index))
    var start = 0
    for (output, size) in sizes.enumerated() {
      let taken = whole.part(axis, from: start, count: size)
      try take(place, taken, taken.counts, of: index, output: output)
      start += size
    }
  }

  /// `TILE`: each axis so many times in a row.
  @Sendable static func tile(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let (extents, multiples) = (try it.whole(place), try it.integers(place, 1))
    guard let result = KnownValue.tiled(extents, multiples) else {
      throw it.source.fault(place, "\(Shape(extents)) cannot be laid \(multiples) times")
    }
    try it.take(place, Rearrangement(of: extents).repeated(multiples), result)
  }

  /// `PACK`: tensors of one shape side by side along a new axis.
  @Sendable static func pack(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let (extents, inputs) = (try it.whole(place), it.source.operators[place].inputs.indices)
    guard case .pack(let written) = it.source.operators[place].options else {
      throw it.source.fault(place, "it has no options")
    }
    let axis = try it.axis(place, written, rank: extents.count + 1)
    var thin = extents
    thin.insert(1, at: axis)
    guard inputs.contains(where: { it.liveOperand(place, $0) != nil }) else {
      return try it.join(place, along: axis) { (it, whole) throws(ImportError) in
        guard whole.extents == extents, let part = whole.reshaped(thin) else {
          throw it.source.fault(place, "its operands are not of one shape")
        }
        return part
      }
    }
    var values: [Graph.Value] = []
    for index in inputs {
      guard try it.extents(place, index) == extents else {
        throw it.source.fault(place, "its operand \(index) cannot be joined with the others")
      }
      let value = it.isInteger(place) ? try it.integerOperand(place, index).value : try it.map(place, index)
      values.append(try it.append(place, .reshape(Shape(thin)), [value]))
    }
    try it.compute(place, .concatenation(axis: axis), values)
  }
}

extension Rearrangement {
  /// Whether it is all of `size` values in their order.
  fileprivate func keepsAll(of size: Int) -> Bool {
    let axes = counts.indices.filter { counts[$0] != 1 }
    let plain = Rearrangement(of: axes.map { counts[$0] })
    return count == size && first == 0 && axes.map { steps[$0] } == plain.steps
  }

  /// Returns the part of a map of this size that it is; nil where it is none.
  fileprivate func crop(of map: (height: Int, width: Int, channels: Int)) -> Crop? {
    let plain = Rearrangement(of: [1, map.height, map.width, map.channels])
    guard counts.count == 4, counts[0] == 1,
      (1...3).allSatisfy({ counts[$0] == 1 || steps[$0] == plain.steps[$0] }), first >= 0
    else { return nil }
    let (row, column) = (plain.steps[1], plain.steps[2])
    return Crop(
      top: first / row, left: first % row / column, channel: first % column,
      size: Extent(height: counts[1], width: counts[2]), channels: counts[3])
  }
}
