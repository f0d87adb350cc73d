internal import Model

/// Operators that move values and compute none.
extension ConstantOperator {
  /// `Fill`: one number everywhere.
  func fill() throws(TensorFault) -> KnownValue {
    let extents = try integers(0)
    let count = try count(extents)
    let value = try input(1)
    guard value.count == 1, let result = value.gathered(extents, Array(repeating: 0, count: count)) else {
      throw TensorFault("it should fill with one number")
    }
    return result
  }

  /// `Range`: from a start to a limit, which is left out.
  func range() throws(TensorFault) -> KnownValue {
    let (start, limit, step) = (try integer(0), try integer(1), try integer(2))
    let (span, overflows) = limit.subtractingReportingOverflow(start)
    guard step != 0, !overflows, span.magnitude / step.magnitude < KnownValue.mostComputed else {
      throw TensorFault("a range from \(start) to \(limit) by \(step) is not supported")
    }
    let values = Array(stride(from: start, to: limit, by: step))
    return try tensor([values.count], values)
  }

  /// `Reshape`: one extent may be −1.
  func reshape() throws(TensorFault) -> KnownValue {
    let input = try input(0)
    guard let extents = try integers(1).resolved(count: input.count), let result = input.reshaped(extents) else {
      throw TensorFault("\(Shape(input.extents)) is not \(Shape(try integers(1)))")
    }
    return result
  }

  /// `ExpandDims`: one more extent of 1.
  func expandDimensions() throws(TensorFault) -> KnownValue {
    let input = try input(0)
    var extents = input.extents
    extents.insert(1, at: try axis(try integer(1), below: extents.count + 1))
    return try reshaped(input, extents)
  }

  /// `Squeeze`: without extents of 1.
  func squeeze() throws(TensorFault) -> KnownValue {
    let input = try input(0)
    guard let extents = Self.squeezed(input.extents, by: node) else {
      throw TensorFault("it removes an axis that is not 1")
    }
    return try reshaped(input, extents)
  }

  /// Returns `extents` without the axes of extent 1 that the `Squeeze` `node` names, or without all where it names none;
  /// nil where one is not 1.
  static func squeezed(_ extents: [Int], by node: NodeDef) -> [Int]? {
    guard case .integers(let axes) = node["squeeze_dims"] ?? node["axis"] else { return extents.squeezed([]) }
    return extents.squeezed(axes)
  }

  /// `Pack`: inputs of one shape along a new axis.
  func pack() throws(TensorFault) -> KnownValue {
    let first = try input(0)
    let axis = try axis(attribute("axis", default: 0), below: first.extents.count + 1)
    var parts: [KnownValue] = []
    for index in 0..<inputCount {
      var extents = try input(index).extents
      guard axis <= extents.count else { throw TensorFault("its inputs differ in shape") }
      extents.insert(1, at: axis)
      parts.append(try reshaped(try input(index), extents))
    }
    return try concatenated(parts, along: axis)
  }

  /// `ConcatV2`, whose axis comes last, and `Concat`, whose axis comes first.
  func concatenate() throws(TensorFault) -> KnownValue {
    let isOld = node.operation == "Concat"
    guard inputCount >= 2 else { throw TensorFault("there is nothing to join") }
    let parts = try (isOld ? 1..<inputCount : 0..<inputCount - 1).map { index throws(TensorFault) in try input(index) }
    let axis = try axis(try integer(isOld ? 0 : inputCount - 1), below: parts[0].extents.count)
    return try concatenated(parts, along: axis)
  }

  /// `Tile`: the input several times along each axis.
  func tile() throws(TensorFault) -> KnownValue {
    let (input, multiples) = (try input(0), try integers(1))
    guard multiples.count == input.extents.count else { throw TensorFault("its multiples do not fit") }
    var extents: [Int] = []
    for (extent, multiple) in zip(input.extents, multiples) {
      let (product, overflows) = extent.multipliedReportingOverflow(by: multiple)
      guard multiple >= 0, !overflows else { throw TensorFault("its result is too large") }
      extents.append(product)
    }
    return try gather(input, extents) { axis, index in index % input.extents[axis] }
  }

  /// `Slice`: a part given by begin and size.
  func slice() throws(TensorFault) -> KnownValue {
    let (input, begins, sizes) = (try input(0), try integers(1), try integers(2))
    guard begins.count == input.extents.count, sizes.count == begins.count else {
      throw TensorFault("its cut does not fit")
    }
    var extents: [Int] = []
    for (axis, extent) in input.extents.enumerated() {
      guard (0...extent).contains(begins[axis]) else { throw TensorFault("its cut leaves its input") }
      let size = sizes[axis] == -1 ? extent - begins[axis] : sizes[axis]
      guard (0...extent - begins[axis]).contains(size) else { throw TensorFault("its cut leaves its input") }
      extents.append(size)
    }
    return try gather(input, extents) { axis, index in begins[axis] + index }
  }

  /// Of a list only, as shapes are: one element or a run of them.
  func stridedSlice() throws(TensorFault) -> KnownValue {
    let (input, begins, ends, steps) = (try input(0), try integers(1), try integers(2), try integers(3))
    guard input.extents.count == 1, begins.count == 1, ends.count == 1, steps == [1],
      attribute("ellipsis_mask", default: 0) == 0, attribute("new_axis_mask", default: 0) == 0
    else { throw TensorFault("this form of cut is not supported") }
    let extent = input.extents[0]
    func place(_ index: Int) -> Int { min(max(index < 0 ? index + extent : index, 0), extent) }
    let begin = attribute("begin_mask", default: 0) & 1 == 1 ? 0 : place(begins[0])
    if attribute("shrink_axis_mask", default: 0) & 1 == 1 {
      guard begin < extent, let result = input.gathered([], [begin]) else {
        throw TensorFault("its cut leaves its input")
      }
      return result
    }
    let end = max(attribute("end_mask", default: 0) & 1 == 1 ? extent : place(ends[0]), begin)
    guard let result = input.gathered([end - begin], Array(begin..<end)) else {
      throw TensorFault("its cut does not fit")
    }
    return result
  }

  /// Returns `input` with as many values under `extents`.
  private func reshaped(_ input: KnownValue, _ extents: [Int]) throws(TensorFault) -> KnownValue {
    guard let result = input.reshaped(extents) else {
      throw TensorFault("\(Shape(input.extents)) is not \(Shape(extents))")
    }
    return result
  }

  /// Returns the tensor of `extents` whose value at a place comes from the place that `source(axis, index)` names.
  private func gather(_ input: KnownValue, _ extents: [Int], _ source: (_ axis: Int, _ index: Int) -> Int)
    throws(TensorFault) -> KnownValue
  {
    var places = try count(extents) == 0 ? [] : [0]
    var stride = input.count
    for (axis, extent) in extents.enumerated() where !places.isEmpty {
      stride /= input.extents[axis]
      let steps = (0..<extent).map { source(axis, $0) * stride }
      places = places.flatMap { place in steps.map { place + $0 } }
    }
    guard let result = input.gathered(extents, places) else { throw TensorFault("its result does not fit") }
    return result
  }
}
