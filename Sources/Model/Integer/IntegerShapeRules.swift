extension Operator {
  /// Whether the operator's result is of whole numbers where its inputs are of those or not.
  ///
  /// - Throws: `ShapeError` iff it computes on the other kind.
  func givesIntegers(ofIntegers inputs: [Bool]) throws(ShapeError) -> Bool {
    let isMixed = Set(inputs).count > 1
    switch self {
    case .reshape, .concatenation:
      guard !isMixed else { throw ShapeError("whole numbers meet real ones") }
      return inputs.first ?? false
    case .integer(.fromReal):
      guard !inputs.contains(true) else { throw ShapeError("it makes whole numbers of what are some already") }
      return true
    case .integer(let operation):
      guard !inputs.contains(false) else { throw ShapeError("it computes on whole numbers, not on real ones") }
      if case .toReal = operation { return false }
      return true
    case .convolution, .depthwise, .affine, .activation, .fakeQuantization, .add, .mean, .gate, .resize, .map:
      guard !inputs.contains(true) else { throw ShapeError("it computes on real numbers, not on whole ones") }
      return false
    }
  }
}

extension IntegerOperator {
  /// Returns the operator with explicit padding and the shape that it gives for inputs of `shapes`.
  func rule(_ shapes: [Shape]) throws(ShapeError) -> (resolved: IntegerOperator, output: Shape) {
    switch self {
    case .fromReal, .toReal, .table, .softmax:
      let input = try only(shapes)
      if case .softmax = self, !(1..<4096).contains(input.extents.last ?? 0) {
        throw ShapeError("scores of \(input) are not supported")
      }
      return (self, input)
    case .convolution(var convolution):
      let input = try only(shapes)
      let output = try convolution.place(over: input, isDepthwise: false)
      return (.convolution(convolution), output)
    case .depthwise(var convolution):
      let input = try only(shapes)
      let output = try convolution.place(over: input, isDepthwise: true)
      return (.depthwise(convolution), output)
    case .add, .multiply, .extreme: return (self, try broadcast(shapes))
    case .mean:
      let map = try featureMap(try only(shapes))
      return (self, Shape(height: 1, width: 1, channels: map.channels))
    case .pool(var pool):
      let map = try featureMap(try only(shapes))
      let (window, size) = try pool.window.placed(
        kernel: pool.kernel, over: Extent(height: map.height, width: map.width))
      pool.window = window
      return (.pool(pool), Shape(height: size.height, width: size.width, channels: map.channels))
    case .resize(let resize, _):
      let (_, output) = try Operator.resize(resize).applied(to: shapes)
      return (self, output)
    case .rearrange(let rearrangement, let shape):
      let input = try only(shapes)
      guard let count = input.count, rearrangement.lies(in: count), rearrangement.count == shape.count else {
        throw ShapeError("what is taken of \(input) does not lie in it or does not fill \(shape)")
      }
      return (self, shape)
    case .pad(let padding): return (self, try padding.around(only(shapes)))
    case .constant(let values, let shape):
      guard shapes.isEmpty, shape.count == values.count else { throw ShapeError("a constant does not fill \(shape)") }
      return (self, shape)
    }
  }

  /// Returns the shape of a sum or a product: the second operand has the first one's shape, one value for each channel, or
  /// one for all.
  private func broadcast(_ shapes: [Shape]) throws(ShapeError) -> Shape {
    let (left, right) = try both(shapes)
    let isRow = right.extents.dropLast().allSatisfy { $0 == 1 } && right.extents.last == left.extents.last
    guard left == right || isRow || right.count == 1 else { throw ShapeError("\(left) cannot meet \(right)") }
    return left
  }
}

extension IntegerConvolution {
  /// Makes the padding over a map of shape `input` explicit and returns the shape of the result.
  fileprivate mutating func place(over input: Shape, isDepthwise: Bool) throws(ShapeError) -> Shape {
    let map = try featureMap(input)
    let extents = shape.extents
    guard shape.count == weights.count, extents.count == (isDepthwise ? 3 : 4) else {
      throw ShapeError("weights \(shape) are not supported")
    }
    let (inputs, outputs) = isDepthwise ? (extents[2], extents[2]) : (extents[3], extents[0])
    guard map.channels == inputs else { throw ShapeError("\(map.channels) input channels meet weights for \(inputs)") }
    guard bias?.count ?? outputs == outputs, factors.count == outputs else {
      throw ShapeError("\(bias?.count ?? 0) biases and \(factors.count) factors do not fit \(outputs) output channels")
    }
    let (window, size) = try window.placed(kernel: kernel, over: Extent(height: map.height, width: map.width))
    self.window = window
    return Shape(height: size.height, width: size.width, channels: outputs)
  }
}

extension IntegerPadding {
  /// Returns the shape of the result around a tensor of shape `input`.
  fileprivate func around(_ input: Shape) throws(ShapeError) -> Shape {
    let most = 1 << 20
    guard before.count == input.rank, behind.count == input.rank,
      (before + behind).allSatisfy({ (0...most).contains($0) }), input.extents.allSatisfy({ $0 <= 1 << 30 })
    else { throw ShapeError("\(before) and \(behind) places do not stand around \(input)") }
    return Shape(input.extents.indices.map { before[$0] + input.extents[$0] + behind[$0] })
  }
}
