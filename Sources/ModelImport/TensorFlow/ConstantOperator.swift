internal import Model

/// One operator applied to constants.
struct ConstantOperator {
  /// The operator with its attributes.
  let node: NodeDef
  /// The values of the node's inputs.
  private let inputs: [KnownValue]

  /// The operator of `node`, to be applied to `inputs`.
  init(_ node: NodeDef, _ inputs: [KnownValue]) { (self.node, self.inputs) = (node, inputs) }

  /// Returns the outputs.
  ///
  /// - Throws: `TensorFault` iff the operator is not supported or its inputs do not fit.
  func results() throws(TensorFault) -> [KnownValue] {
    if handingOn.contains(node.operation) { return [try input(0)] }
    if FakeQuantReading.operations.contains(node.operation) { return [try quantized()] }
    switch node.operation {
    case "Enter": return [try input(0)]
    case "Add", "AddV2": return [try elementwise(+, &+)]
    case "Sub": return [try elementwise(-, &-)]
    case "Mul": return [try elementwise(*, &*)]
    case "Minimum": return [try elementwise(min, min)]
    case "Maximum": return [try elementwise(max, max)]
    case "RealDiv", "Div":
      return [try elementwise(/, { $1 == 0 ? 0 : $0.dividedReportingOverflow(by: $1).partialValue })]
    case "Sqrt": return [try mapped { $0.squareRoot() }]
    // Eigen's rsqrt is 1 / sqrt(x), each rounded, where it has no approximation.
    case "Rsqrt": return [try mapped { 1 / $0.squareRoot() }]
    case "Neg": return [try mapped { -$0 }]
    case "Cast": return [try cast()]
    case "Rank": return [try tensor([], [try input(0).extents.count])]
    case "Size": return [try tensor([], [try input(0).count])]
    case "Fill": return [try fill()]
    case "Range": return [try range()]
    case "Reshape": return [try reshape()]
    case "ExpandDims": return [try expandDimensions()]
    case "Squeeze": return [try squeeze()]
    case "Pack": return [try pack()]
    case "ConcatV2", "Concat": return [try concatenate()]
    case "Tile": return [try tile()]
    case "Slice": return [try slice()]
    case "StridedSlice": return [try stridedSlice()]
    case let operation: throw TensorFault("\(operation) of constants is not supported")
    }
  }

  /// The number of inputs.
  var inputCount: Int { inputs.count }

  /// Returns input `index`.
  func input(_ index: Int) throws(TensorFault) -> KnownValue {
    guard index < inputs.count else { throw TensorFault("it has \(inputs.count) inputs, too few") }
    return inputs[index]
  }

  /// Returns input `index`, a list of integers.
  func integers(_ index: Int) throws(TensorFault) -> [Int] {
    guard let integers = try input(index).integers else { throw TensorFault("input \(index) should be integers") }
    return integers
  }

  /// Returns input `index`, one integer.
  func integer(_ index: Int) throws(TensorFault) -> Int {
    let integers = try integers(index)
    guard integers.count == 1 else { throw TensorFault("input \(index) should be one number") }
    return integers[0]
  }

  /// Returns the attribute `name`, or the operator's default.
  func attribute(_ name: String, default value: Int) -> Int {
    if case .integer(let integer) = node[name] { integer } else { value }
  }

  /// Returns `integers` as a tensor.
  func tensor(_ extents: [Int], _ integers: [Int]) throws(TensorFault) -> KnownValue {
    guard let tensor = KnownValue(extents, .integers(integers)) else { throw TensorFault("its result has no shape") }
    return tensor
  }

  /// Returns the number of values in `extents`.
  func count(_ extents: [Int]) throws(TensorFault) -> Int {
    guard let count = KnownValue.count(of: extents) else {
      throw TensorFault("its result \(Shape(extents)) is too large")
    }
    return count
  }

  /// Returns `axis`, which may count from the end, as an index below `rank`.
  func axis(_ axis: Int, below rank: Int) throws(TensorFault) -> Int {
    guard let index = axis.axis(of: rank) else { throw TensorFault("axis \(axis) does not exist in rank \(rank)") }
    return index
  }

  /// Returns `parts` one behind the other.
  func concatenated(_ parts: [KnownValue], along axis: Int) throws(TensorFault) -> KnownValue {
    guard let first = parts.first, axis < first.extents.count else { throw TensorFault("there is nothing to join") }
    var (extents, length) = (first.extents, 0)
    for part in parts {
      guard part.extents.count == extents.count,
        part.extents.indices.allSatisfy({ $0 == axis || part.extents[$0] == extents[$0] })
      else { throw TensorFault("\(Shape(part.extents)) cannot be joined to \(Shape(first.extents))") }
      length += part.extents[axis]
    }
    extents[axis] = length
    _ = try count(extents)
    guard let result = KnownValue.joined(parts, along: axis) else { throw TensorFault("its inputs differ in type") }
    return result
  }

  /// Broadcasts two inputs as numpy does and applies the operator of their type.
  private func elementwise(_ floats: (Float, Float) -> Float, _ integers: (Int, Int) -> Int) throws(TensorFault)
    -> KnownValue
  {
    let (left, right) = (try input(0), try input(1))
    let extents = try broadcast(left.extents, right.extents)
    let (from, to) = (try places(of: left.extents, in: extents), try places(of: right.extents, in: extents))
    let values: Numbers
    switch (left.numbers, right.numbers) {
    case (.floats(let left), .floats(let right)): values = .floats(zip(from, to).map { floats(left[$0], right[$1]) })
    case (.integers(let left), .integers(let right)):
      values = .integers(zip(from, to).map { integers(left[$0], right[$1]) })
    default: throw TensorFault("its inputs differ in type")
    }
    guard let result = KnownValue(extents, values) else { throw TensorFault("its inputs do not fit") }
    return result
  }

  /// Returns the extents of what two inputs give together.
  private func broadcast(_ left: [Int], _ right: [Int]) throws(TensorFault) -> [Int] {
    let rank = max(left.count, right.count)
    var extents: [Int] = []
    for axis in 0..<rank {
      let one = axis < rank - left.count ? 1 : left[axis - rank + left.count]
      let other = axis < rank - right.count ? 1 : right[axis - rank + right.count]
      guard one == other || one == 1 || other == 1 else {
        throw TensorFault("\(Shape(left)) and \(Shape(right)) do not fit")
      }
      extents.append(one == 1 ? other : one)
    }
    _ = try count(extents)
    return extents
  }

  /// Returns for each value of `extents` where it comes from in a tensor of `source`, which is broadcast to it.
  private func places(of source: [Int], in extents: [Int]) throws(TensorFault) -> [Int] {
    guard try count(extents) > 0 else { return [] }
    var places = [0]
    var stride = source.reduce(1, *)
    for (axis, extent) in extents.enumerated() {
      let own = axis < extents.count - source.count ? 1 : source[axis - extents.count + source.count]
      stride /= own
      let step = own == 1 ? 0 : stride
      places = places.flatMap { place in (0..<extent).map { place + $0 * step } }
    }
    return places
  }

  /// Returns the floats of the first input, each put through `body`.
  private func mapped(_ body: (Float) -> Float) throws(TensorFault) -> KnownValue {
    let input = try input(0)
    guard let floats = input.floats, let result = KnownValue(input.extents, .floats(floats.map(body))) else {
      throw TensorFault("its input should be floats")
    }
    return result
  }

  /// `FakeQuantWithMinMaxVars` and `FakeQuantWithMinMaxArgs`.
  private func quantized() throws(TensorFault) -> KnownValue {
    let grid = try FakeQuantReading.grid(of: node) { index throws(TensorFault) in
      let bound = try input(index)
      return bound.count == 1 ? bound.floats?[0] : nil
    }
    guard let grid else { throw TensorFault(FakeQuantReading.reason) }
    return try mapped { grid($0) }
  }

  /// `Cast`: between integers and float32; towards integers it cuts the fraction off.
  private func cast() throws(TensorFault) -> KnownValue {
    let input = try input(0)
    guard case .type(let type) = node["DstT"] else { throw TensorFault("it does not say to what it casts") }
    let values: Numbers
    switch (input.numbers, type.scalar) {
    case (.floats, .float32): values = input.numbers
    case (.integers(let integers), .float32): values = .floats(integers.map { Float($0) })
    case (.integers, .int32), (.integers, .int64): values = input.numbers
    case (.floats(let floats), .int32), (.floats(let floats), .int64):
      values = .integers(floats.map { Int(exactly: $0.rounded(.towardZero)) ?? 0 })
    default: throw TensorFault("a cast to \(type) is not supported")
    }
    guard let result = KnownValue(input.extents, values) else { throw TensorFault("its input does not fit") }
    return result
  }
}
