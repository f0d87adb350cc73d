internal import Model

/// The operators on two operands of whole numbers.
extension TFLiteTranslation {
  /// `ADD`.
  @Sendable static func addIntegers(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let (first, second, _) = try it.operands(place)
    try it.sum(place, first, second, subtracting: nil)
  }

  /// `SUB`.
  @Sendable static func subtractIntegers(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let (first, second, areSwapped) = try it.operands(place)
    try it.sum(place, first, second, subtracting: areSwapped ? .left : .right)
  }

  /// Gives the operator at `place` the sum or the difference of two operands.
  private mutating func sum(
    _ place: Int, _ first: Operand, _ second: Operand, subtracting subtrahend: IntegerSum.Subtrahend?
  ) throws(ImportError) {
    let output = try grids(place).output
    let common = 2 * max(Double(first.grid.scale), Double(second.grid.scale))
    let operation = IntegerSum(
      leftZero: first.grid.zero, rightZero: second.grid.zero,
      leftFactor: try factor(place, Double(first.grid.scale) / common),
      rightFactor: try factor(place, Double(second.grid.scale) / common),
      factor: try factor(place, common / (Double(1 << 20) * Double(output.scale))), subtracting: subtrahend,
      result: try result(place, output, activation: activation(place)))
    try compute(place, .integer(.add(operation)), [first.value, second.value])
  }

  /// `MUL`.
  @Sendable static func multiplyIntegers(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let (first, second, _) = try it.operands(place)
    let output = try it.grids(place).output
    let scale: Float = first.grid.scale * second.grid.scale / output.scale
    let operation = IntegerProduct(
      leftZero: first.grid.zero, rightZero: second.grid.zero, factor: try it.factor(place, Double(scale)),
      result: try it.result(place, output, activation: it.activation(place)))
    try it.compute(place, .integer(.multiply(operation)), [first.value, second.value])
  }

  /// An operand of a sum or a product.
  typealias Operand = (value: Graph.Value, grid: TFLiteGrid)

  /// `MAXIMUM`.
  @Sendable static func greatest(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    try it.extreme(place, .greatest)
  }

  /// `MINIMUM`.
  @Sendable static func least(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    try it.extreme(place, .least)
  }

  /// Gives the operator at `place` one of two numbers, which are compared as they are.
  private mutating func extreme(_ place: Int, _ extreme: IntegerExtreme) throws(ImportError) {
    let (first, second, _) = try operands(place)
    guard first.grid == second.grid, try grids(place).output == first.grid else {
      throw source.fault(place, "its operands and its result have different scales or zeros, which are to be equal")
    }
    try compute(place, .integer(.extreme(extreme)), [first.value, second.value])
  }

  /// Returns both operands, the larger one first, and whether that is the second; one of them may be a constant.
  private mutating func operands(_ place: Int) throws(ImportError) -> (Operand, Operand, areSwapped: Bool) {
    let (first, second) = (try integerOperand(place, 0), try integerOperand(place, 1))
    guard first.grid.isSigned == second.grid.isSigned else {
      throw source.fault(place, "its operands are not both with or without a sign")
    }
    let counts = (network.shape(of: first.value).count ?? 0, network.shape(of: second.value).count ?? 0)
    return counts.0 >= counts.1 ? (first, second, false) : (second, first, true)
  }

  /// Returns operand `index`, which may be a constant.
  mutating func integerOperand(_ place: Int, _ index: Int) throws(ImportError) -> Operand {
    let grid = try grids(place, index).input
    if liveOperand(place, index) != nil { return (try map(place, index), grid) }
    let weights = try integerWeights(place, operand: index, axis: 0)
    return (try append(place, .integer(.constant(weights.values, weights.shape)), []), grid)
  }
}
