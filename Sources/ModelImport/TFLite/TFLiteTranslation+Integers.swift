internal import Model
internal import Posix

/// The operators on whole numbers of 8 bits, which become `IntegerOperator`s with all factors made.
extension TFLiteTranslation {
  /// By the operator's name; those that only move values have the rules of real numbers.
  static let integerRules: [String: Rule] = [
    "ADD": addIntegers, "AVERAGE_POOL_2D": poolMeans, "CONCATENATION": joinIntegers, "CONV_2D": integerConvolution,
    "DEPTHWISE_CONV_2D": integerDepthwise, "DEQUANTIZE": dequantize, "FULLY_CONNECTED": integerFullyConnected,
    "HARD_SWISH": integerHardSwish, "LOGISTIC": integerLogistic, "MAXIMUM": greatest, "MAX_POOL_2D": poolMaxima,
    "MEAN": integerMean, "MINIMUM": least, "MUL": multiplyIntegers, "PAD": padIntegers, "PADV2": padIntegers,
    "QUANTIZE": quantize, "RELU": integerRectifier, "RELU6": integerRectifier, "RELU_N1_TO_1": integerRectifier,
    "RESIZE_BILINEAR": resizeIntegers, "RESIZE_NEAREST_NEIGHBOR": resizeIntegers, "SOFTMAX": integerSoftmax,
    "SUB": subtractIntegers,
  ]

  /// Whether the operator at `place` computes on whole numbers, or makes them of real ones.
  func isInteger(_ place: Int) -> Bool {
    let live = source.operators[place].inputs.indices.compactMap { liveOperand(place, $0) }
    return live.contains { network.isInteger($0.value) }
      || !live.isEmpty && source.operators[place].code.name == "QUANTIZE"
  }

  // MARK: What numbers mean

  /// Returns how the numbers of `tensor` mean real ones.
  ///
  /// - Throws: `ImportError` iff it is not of 8 bits with one scale and a zero of its type.
  func grid(tensor: Int) throws(ImportError) -> TFLiteGrid {
    let definition = source.tensors[tensor]
    guard definition.isQuantized else { throw source.fault(tensor: tensor, "it has no scale") }
    let (scales, zeros) = try source.quantization(of: tensor)
    guard scales.count == 1 else { throw source.fault(tensor: tensor, "\(scales.count) scales instead of one") }
    let isSigned = definition.type.scalar == .int8
    guard (isSigned ? -128...127 : 0...255).contains(zeros[0]) else {
      throw source.fault(tensor: tensor, "its zero \(zeros[0]) is none of its values")
    }
    return TFLiteGrid(scale: scales[0], zero: isSigned ? zeros[0] : zeros[0] - 128, isSigned: isSigned)
  }

  /// Returns how operand `index` of the operator at `place` means real numbers, and how its result does.
  func grids(_ place: Int, _ index: Int = 0) throws(ImportError) -> (input: TFLiteGrid, output: TFLiteGrid) {
    guard let tensor = operand(place, index) else { throw source.fault(place, "it has no operand \(index)") }
    let (input, output) = (try grid(tensor: tensor), try grid(tensor: source.operators[place].outputs[0]))
    guard input.isSigned == output.isSigned else {
      throw source.fault(place, "it reads \(source.tensors[tensor].type) and gives another type")
    }
    return (input, output)
  }

  /// Returns the grid that operand 0 and the result share.
  ///
  /// - Throws: `ImportError` iff they differ, which the reference refuses or ignores.
  func sharedGrid(_ place: Int) throws(ImportError) -> TFLiteGrid {
    let (input, output) = try grids(place)
    guard input == output else {
      throw source.fault(place, "its operand and its result have different scales or zeros, which are to be equal")
    }
    return input
  }

  /// Returns what becomes of sums that are numbers of `grid` but for its zero: its activation is a range.
  func result(_ place: Int, _ grid: TFLiteGrid, activation: Int) throws(ImportError) -> IntegerResult {
    let (low, high): (Float?, Float?)
    switch activation {
    case 0: (low, high) = (nil, nil)
    case 1: (low, high) = (0, nil)
    case 2: (low, high) = (-1, 1)
    case 3: (low, high) = (0, 6)
    default: throw source.fault(place, "the activation \(activation) is not supported")
    }
    let least = max(-128, low.map { grid.number($0) } ?? -128)
    let most = min(127, high.map { grid.number($0) } ?? 127)
    return IntegerResult(zero: grid.zero, range: min(least, 127)...max(min(least, 127), most))
  }

  /// Returns `value` in fixed point.
  func factor(_ place: Int, _ value: Double) throws(ImportError) -> FixedPoint {
    if let factor = FixedPoint(value) { return factor }
    throw source.fault(place, "its scales make a factor of \(Float(value)), which is out of range")
  }

  // MARK: Convolutions

  /// `CONV_2D`: weights [outputs, height, width, inputs].
  @Sendable private static func integerConvolution(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let weights = try it.integerWeights(place, axis: 0)
    guard weights.shape.rank == 4 else { throw it.source.fault(place, "weights \(weights.shape) are not supported") }
    let (input, window) = try it.window(place)
    let outputs = weights.shape.extents[0]
    let operation = try it.integerConvolution(place, weights, outputs: outputs, window)
    try it.compute(place, .integer(.convolution(operation)), [input])
  }

  /// `DEPTHWISE_CONV_2D`: weights [1, height, width, channels], one or several of which read one input channel.
  @Sendable private static func integerDepthwise(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    var weights = try it.integerWeights(place, axis: 3)
    let extents = weights.shape.extents
    guard extents.count == 4, extents[0] == 1 else {
      throw it.source.fault(place, "weights \(weights.shape) are not supported")
    }
    let (input, window) = try it.window(place)
    let (taps, inputs, outputs) = (extents[1] * extents[2], try it.channels(of: input, place), extents[3])
    if inputs == outputs {
      weights.shape = Shape(Array(extents[1...]))
      let operation = try it.integerConvolution(place, weights, outputs: outputs, window)
      return try it.compute(place, .integer(.depthwise(operation)), [input])
    }
    // Several outputs a channel: a convolution whose other weights mean 0.
    let dense = Shape([outputs, extents[1], extents[2], inputs])
    guard outputs > 0, outputs.isMultiple(of: inputs), let count = dense.count else {
      throw it.source.fault(place, "\(inputs) input channels meet weights for \(outputs) outputs")
    }
    try it.spend(place, count)
    var values = [Int8](repeating: Int8(weights.zero), count: count)
    for output in 0..<outputs {
      for tap in 0..<taps {
        values[(output * taps + tap) * inputs + output / (outputs / inputs)] = weights.values[tap * outputs + output]
      }
    }
    (weights.values, weights.shape) = (values, dense)
    let operation = try it.integerConvolution(place, weights, outputs: outputs, window)
    try it.compute(place, .integer(.convolution(operation)), [input])
  }

  /// `FULLY_CONNECTED`, of each row of its operand: weights [outputs, inputs].
  @Sendable private static func integerFullyConnected(_ it: inout TFLiteTranslation, _ place: Int)
    throws(ImportError)
  {
    var weights = try it.integerWeights(place, axis: 0)
    let extents = weights.shape.extents
    let input = try it.liveInput(place)
    guard extents.count == 2, extents.allSatisfy({ $0 > 0 }), input.zeros == nil,
      let count = Shape(input.extents).count, count.isMultiple(of: extents[1])
    else { throw it.source.fault(place, "weights \(weights.shape) do not fit \(Shape(input.extents))") }
    let (rows, outputs) = (count / extents[1], extents[0])
    weights.shape = Shape([outputs, 1, 1, extents[1]])
    var value = input.value
    let wanted = Shape([1, 1, rows, extents[1]])
    if it.network.shape(of: value) != wanted { value = try it.append(place, .reshape(wanted), [value]) }
    let operation = try it.integerConvolution(place, weights, outputs: outputs, .everywhere, isMatrix: true)
    try it.compute(place, .integer(.convolution(operation)), [value])
    value = try it.given(place).value
    // The result may keep the operand's extents but for the last (`keep_num_dims`): the file has those it means.
    let written = it.source.tensors[it.source.operators[place].outputs[0]].extents
    let fits = written.last == outputs && Shape(written).count == it.network.shape(of: value).count
    it.set(place, Live(value: value, extents: fits ? written : [rows, outputs]))
  }

  /// Returns a convolution over operand 0 with biases that operand 2 gives.
  ///
  /// The product of scales is rounded to float32 first where the file is unsigned, and of a matrix with one scale.
  private mutating func integerConvolution(
    _ place: Int, _ weights: IntegerWeights, outputs: Int, _ window: Window, isMatrix: Bool = false
  ) throws(ImportError) -> IntegerConvolution {
    let (input, output) = try grids(place)
    guard weights.scales.count == 1 || weights.scales.count == outputs else {
      throw source.fault(place, "\(weights.scales.count) scales do not fit \(outputs) output channels")
    }
    guard weights.isSigned == input.isSigned else {
      throw source.fault(place, "its weights and what it reads are not both with or without a sign")
    }
    try spend(place, outputs)
    let isRounded = !input.isSigned || isMatrix && weights.scales.count == 1
    var factors: [FixedPoint] = []
    for scale in weights.scales {
      let product = isRounded ? Double(input.scale * scale) : Double(input.scale) * Double(scale)
      factors.append(try factor(place, product / Double(output.scale)))
    }
    if factors.count == 1 { factors = Array(repeating: factors[0], count: outputs) }
    return IntegerConvolution(
      weights: weights.values, shape: weights.shape, weightZero: weights.zero,
      bias: try integerBias(place, outputs), factors: factors, window: window, inputZero: input.zero,
      result: try result(place, output, activation: activation(place)))
  }

  // MARK: Parts side by side

  /// `CONCATENATION`: unsigned numbers of another grid than the result's are moved to it.
  @Sendable private static func joinIntegers(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    guard case .concatenation(let written, let activation) = it.source.operators[place].options, activation == 0 else {
      throw it.source.fault(place, "it is not supported with an activation")
    }
    let rank = try it.extents(place, 0).count
    let axis = try it.axis(place, written, rank: rank)
    var values: [Graph.Value] = []
    for index in it.source.operators[place].inputs.indices {
      let (input, output) = try it.grids(place, index)
      var (value, _) = try it.integerOperand(place, index)
      if input != output {
        guard !input.isSigned else {
          throw it.source.fault(
            place, "its operand \(index) and its result have different scales or zeros, which are to be equal")
        }
        try it.spend(place, 256)
        value = try it.append(place, .integer(.table(.joined(input, output))), [value])
      }
      values.append(value)
    }
    try it.compute(place, .concatenation(axis: axis), values)
  }

  // MARK: Functions of one number

  /// Gives the operator at `place` what `table` makes of operand 0.
  private mutating func compute(_ place: Int, _ table: IntegerTable) throws(ImportError) {
    let input = try liveInput(place)
    guard input.zeros == nil else { throw source.fault(place, "it reads a padded map, which is not supported") }
    let value = try append(place, .integer(.table(table)), [input.value])
    set(place, Live(value: value, extents: input.extents))
  }

  /// `LOGISTIC`.
  @Sendable private static func integerLogistic(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let (input, output) = try it.grids(place)
    try it.compute(place, IntegerTable.logistic(input, output))
  }

  /// `HARD_SWISH`.
  @Sendable private static func integerHardSwish(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let (input, output) = try it.grids(place)
    guard let table = IntegerTable.hardSwish(input, output) else {
      throw it.source.fault(place, "its scales are out of range")
    }
    try it.compute(place, table)
  }

  /// `RELU`, `RELU_N1_TO_1`, `RELU6`.
  @Sendable private static func integerRectifier(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let (input, output) = try it.grids(place)
    let activation = ["RELU": 1, "RELU_N1_TO_1": 2, "RELU6": 3][it.source.operators[place].code.name, default: 0]
    let scale: Float = input.scale / output.scale
    try it.compute(
      place,
      .rescaled(
        by: try it.factor(place, Double(scale)), from: input.zero,
        to: try it.result(place, output, activation: activation)))
  }

  /// `QUANTIZE`: of real numbers, or of whole ones to those of another grid.
  @Sendable private static func quantize(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    var found = try it.liveInput(place)
    let output = try it.grid(tensor: it.source.operators[place].outputs[0])
    guard found.zeros == nil else { throw it.source.fault(place, "it reads a padded map, which is not supported") }
    guard it.network.isInteger(found.value), let tensor = it.operand(place, 0) else {
      found.value = try it.append(place, .integer(.fromReal(output.grid)), [try it.applied(found, place)])
      found.factor = 1
      return it.set(place, found)
    }
    let input = try it.grid(tensor: tensor)
    // The same numbers but for their sign.
    guard input.grid != output.grid else { return it.set(place, found) }
    let factor = try it.factor(place, Double(input.scale) / Double(output.scale))
    try it.compute(place, .rescaled(by: factor, from: input.zero, to: IntegerResult(zero: output.zero)))
  }

  /// `DEQUANTIZE`.
  @Sendable private static func dequantize(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    guard let tensor = it.operand(place, 0) else { throw it.source.fault(place, "it has no operand 0") }
    var found = try it.liveInput(place)
    guard found.zeros == nil else { throw it.source.fault(place, "it reads a padded map, which is not supported") }
    found.value = try it.append(place, .integer(.toReal(try it.grid(tensor: tensor).grid)), [found.value])
    it.set(place, found)
  }

  /// `SOFTMAX`, whose scores are of 1/256.
  @Sendable private static func integerSoftmax(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let (input, output) = try it.grids(place)
    guard case .softmax(let beta) = it.source.operators[place].options, output.grid.scale == 1 / 256,
      output.zero == -128, let softmax = IntegerSoftmax(scale: input.scale, beta: beta)
    else { throw it.source.fault(place, "its scores are not of 1/256, or its scale or beta is out of range") }
    try it.compute(place, .integer(.softmax(softmax)), [try it.map(place)])
  }

  // MARK: Maps of another size

  /// `MEAN` over any axes: they become the rows of a map, the others its channels.
  @Sendable private static func integerMean(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    var value = try it.map(place)
    let extents = try it.extents(place, 0)
    guard let axes = try it.integers(place, 1).axes(of: extents.count).map(Set.init), !axes.isEmpty,
      case .mean(let keepsDimensions) = it.source.operators[place].options
    else { throw it.source.fault(place, "its axes do not exist in rank \(extents.count)") }
    let others = extents.indices.filter { !axes.contains($0) }
    let (rows, channels) = (axes.map { extents[$0] }.reduce(1, *), others.map { extents[$0] }.reduce(1, *))
    if extents.count != 4 || extents[0] != 1 || axes != [1, 2] {
      let order = axes.sorted() + others
      guard let taken = Rearrangement(of: extents).transposed(order) else { preconditionFailure("All axes are there.") }
      let map = Shape(height: rows, width: 1, channels: channels)
      value = try it.append(place, .integer(.rearrange(taken, map)), [value])
    }
    let (from, to) = try it.grids(place)
    let factor = try it.factor(place, Double(from.scale) / Double(to.scale))
    let mean = IntegerMean(
      inputZero: from.zero, factor: factor.divided(by: rows), result: IntegerResult(zero: to.zero))
    try it.compute(place, .integer(.mean(mean)), [value])
    let kept = extents.indices.compactMap { axes.contains($0) ? (keepsDimensions ? 1 : nil) : extents[$0] }
    it.set(place, Live(value: try it.given(place).value, extents: kept))
  }

  /// `AVERAGE_POOL_2D`.
  @Sendable private static func poolMeans(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    try it.poolIntegers(place, .mean)
  }

  /// `MAX_POOL_2D`.
  @Sendable private static func poolMaxima(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    try it.poolIntegers(place, .maximum)
  }

  /// Gives the operator at `place` the means or the greatest numbers of windows; what lies outside does not count.
  private mutating func poolIntegers(_ place: Int, _ method: Pool.Method) throws(ImportError) {
    let (options, kernel) = try pooling(place)
    let grid = try sharedGrid(place)
    let (input, window) = try window(place)
    let pool = IntegerPool(
      method, kernel: kernel, window: window, isSigned: grid.isSigned,
      range: try result(place, grid, activation: options.activation).range)
    try compute(place, .integer(.pool(pool)), [input])
  }

  /// `RESIZE_BILINEAR` and `RESIZE_NEAREST_NEIGHBOR`.
  @Sendable private static func resizeIntegers(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let isSigned = try it.sharedGrid(place).isSigned
    let method: Resize.Method = it.source.operators[place].code.name == "RESIZE_BILINEAR" ? .bilinear : .nearest
    let resize = try it.resize(place, to: method)
    try it.compute(place, .integer(.resize(resize, isSigned: isSigned)), [try it.map(place)])
  }
}
