/// Why an operator cannot read what it is given; `Graph.append` adds which node it was.
package struct ShapeError: Error, Equatable {
  /// What does not fit.
  package let reason: String

  package init(_ reason: String) { self.reason = reason }
}

extension Operator {
  /// Returns the shape that the operator gives for inputs of `shapes`, and the operator with explicit padding.
  ///
  /// - Throws: `ShapeError` iff number or shapes of the inputs do not fit.
  package func applied(to shapes: [Shape]) throws(ShapeError) -> (resolved: Operator, output: Shape) {
    let (resolved, output) = try rule(shapes)
    guard let count = output.count, count > 0, count <= Operator.mostValues else {
      throw ShapeError("the result \(output) is empty or too large")
    }
    return (resolved, output)
  }

  /// The most values of one tensor: 4 GB of floats, so that sums of sizes stay far within `Int`.
  private static let mostValues = 1 << 30

  /// Each operator's rule.
  private func rule(_ shapes: [Shape]) throws(ShapeError) -> (resolved: Operator, output: Shape) {
    switch self {
    case .convolution(var convolution):
      let (window, output) = try convolution.shapeRule(shapes)
      convolution.window = window
      return (.convolution(convolution), output)
    case .depthwise(var convolution):
      let (window, output) = try convolution.shapeRule(shapes)
      convolution.window = window
      return (.depthwise(convolution), output)
    case .affine(let scale, let offset):
      return (self, try scaled(only(shapes), scale, offset))
    case .fakeQuantization(let quantization):
      let input = try only(shapes)
      guard let (scale, offset) = quantization.affine else { return (self, input) }
      return (self, try scaled(input, scale, offset))
    case .activation:
      return (self, try only(shapes))
    case .add:
      let (left, right) = try both(shapes)
      guard left == right else { throw ShapeError("\(left) cannot be added to \(right)") }
      return (self, left)
    case .mean:
      let map = try featureMap(only(shapes))
      return (self, Shape(height: 1, width: 1, channels: map.channels))
    case .gate:
      let (input, gate) = try both(shapes)
      guard let map = input.map, gate == Shape(height: 1, width: 1, channels: map.channels) else {
        throw ShapeError("\(input) cannot be multiplied by \(gate) channel by channel")
      }
      return (self, input)
    case .resize(let resize):
      let input = try only(shapes)
      guard let map = input.map, map.height > 0, map.width > 0 else {
        throw ShapeError("\(input) is no feature map of one picture")
      }
      guard Extent.sides.contains(resize.size.height), Extent.sides.contains(resize.size.width) else {
        throw ShapeError("a size of \(resize.size.height)×\(resize.size.width) is out of range")
      }
      return (self, Shape(height: resize.size.height, width: resize.size.width, channels: map.channels))
    case .reshape(let output):
      let input = try only(shapes)
      guard let count = input.count, output.count == count else { throw ShapeError("\(input) is not \(output)") }
      return (self, output)
    case .concatenation(let axis):
      return (self, try concatenated(shapes, axis))
    case .map(let operation):
      let (resolved, output) = try operation.rule(shapes)
      return (.map(resolved), output)
    case .integer(let operation):
      let (resolved, output) = try operation.rule(shapes)
      return (.integer(resolved), output)
    }
  }
}

extension Convolution {
  /// Returns the window with explicit padding and the output's shape.
  fileprivate func shapeRule(_ shapes: [Shape]) throws(ShapeError) -> (Window, Shape) {
    guard (1...2).contains(shapes.count) else { throw ShapeError("\(shapes.count) inputs instead of 1 or 2") }
    guard weights.shape.rank == 4 else { throw ShapeError("weights \(weights.shape) instead of four extents") }
    let (inputs, outputs) = (weights.shape.extents[2], weights.shape.extents[3])
    let map = try featureMap(shapes[0], channels: inputs)
    try check(bias: bias, channels: outputs)
    let (window, size) = try window.placed(kernel: kernel, over: map)
    let output = Shape(height: size.height, width: size.width, channels: outputs)
    if shapes.count == 2, shapes[1] != output { throw ShapeError("\(shapes[1]) cannot be added to \(output)") }
    return (window, output)
  }
}

extension DepthwiseConvolution {
  /// Returns the window with explicit padding and the output's shape.
  fileprivate func shapeRule(_ shapes: [Shape]) throws(ShapeError) -> (Window, Shape) {
    let input = try only(shapes)
    guard weights.shape.rank == 3 else { throw ShapeError("weights \(weights.shape) instead of three extents") }
    let channels = weights.shape.extents[2]
    let map = try featureMap(input, channels: channels)
    try check(bias: bias, channels: channels)
    let (window, size) = try window.placed(kernel: kernel, over: map)
    return (window, Shape(height: size.height, width: size.width, channels: channels))
  }
}

/// Returns the single shape of `shapes`.
func only(_ shapes: [Shape]) throws(ShapeError) -> Shape {
  guard shapes.count == 1 else { throw ShapeError("\(shapes.count) inputs instead of 1") }
  return shapes[0]
}

/// Returns the two shapes of `shapes`.
func both(_ shapes: [Shape]) throws(ShapeError) -> (Shape, Shape) {
  guard shapes.count == 2 else { throw ShapeError("\(shapes.count) inputs instead of 2") }
  return (shapes[0], shapes[1])
}

/// Returns the size of a feature map of one picture.
func featureMap(_ shape: Shape) throws(ShapeError) -> (height: Int, width: Int, channels: Int) {
  guard let map = shape.map else { throw ShapeError("\(shape) is no feature map of one picture") }
  return map
}

/// Returns `input`, each channel of which has its own scale and offset.
private func scaled(_ input: Shape, _ scale: Constant, _ offset: Constant) throws(ShapeError) -> Shape {
  guard let channels = input.extents.last, scale.shape.extents == [channels], offset.shape.extents == [channels]
  else { throw ShapeError("scale \(scale.shape) and offset \(offset.shape) do not fit \(input)") }
  return input
}

/// Returns the size of a feature map of `channels` channels.
private func featureMap(_ shape: Shape, channels: Int) throws(ShapeError) -> Extent {
  let map = try featureMap(shape)
  guard map.channels == channels else {
    throw ShapeError("\(map.channels) input channels meet weights for \(channels)")
  }
  return Extent(height: map.height, width: map.width)
}

/// Throws iff there is a bias of another size than `channels`.
private func check(bias: Constant?, channels: Int) throws(ShapeError) {
  guard let bias, bias.shape.extents != [channels] else { return }
  throw ShapeError("bias \(bias.shape) does not fit \(channels) output channels")
}

/// Returns the shape of `shapes` one behind the other along `axis`.
private func concatenated(_ shapes: [Shape], _ axis: Int) throws(ShapeError) -> Shape {
  guard var extents = shapes.first?.extents else { throw ShapeError("no inputs") }
  guard extents.indices.contains(axis) else { throw ShapeError("axis \(axis) of \(shapes[0])") }
  for shape in shapes.dropFirst() {
    var others = shape.extents
    guard others.count == extents.count else { throw ShapeError("\(shape) cannot follow \(shapes[0])") }
    let (sum, overflows) = extents[axis].addingReportingOverflow(others[axis])
    others[axis] = extents[axis]
    guard others == extents, !overflows else { throw ShapeError("\(shape) cannot follow \(shapes[0])") }
    extents[axis] = sum
  }
  return Shape(extents)
}
