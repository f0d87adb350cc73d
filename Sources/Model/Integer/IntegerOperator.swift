/// What a node computes on whole numbers of 8 bits that stand for real ones (Jacob et al., arXiv:1712.05877), to the bit
/// as TensorFlow Lite's reference kernels do.
///
/// Each has all that it needs, as integers: scales were turned into factors where they were read.
public enum IntegerOperator: Sendable {
  /// The nearest numbers of a grid to real values.
  case fromReal(IntegerGrid)
  /// The real values that numbers mean.
  case toReal(IntegerGrid)
  /// Sums over a window and all input channels.
  case convolution(IntegerConvolution)
  /// Sums over a window, each channel for itself.
  case depthwise(IntegerConvolution)
  /// The sum or difference of two maps.
  case add(IntegerSum)
  /// The product of two maps.
  case multiply(IntegerProduct)
  /// The smaller or the greater one of two maps' numbers.
  case extreme(IntegerExtreme)
  /// The mean of each channel over all pixels.
  case mean(IntegerMean)
  /// The mean or the greatest of each channel's numbers under a window.
  case pool(IntegerPool)
  /// A map of another size; bilinear ones of unsigned numbers are computed in float32, of signed ones in integers.
  case resize(Resize, isSigned: Bool)
  /// Scores of each row of the last axis.
  case softmax(IntegerSoftmax)
  /// A function of one number.
  case table(IntegerTable)
  /// Numbers moved, under a shape of as many.
  case rearrange(Rearrangement, Shape)
  /// A tensor with one number all around.
  case pad(IntegerPadding)
  /// Numbers that are the same for every picture; reads nothing.
  case constant([Int8], Shape)
}

/// A convolution of either kind; over a single tap a product of matrices.
public struct IntegerConvolution: Sendable {
  /// As they lie in files: [outputs][height][width][inputs], of a depthwise one [height][width][channels].
  public var weights: [Int8]
  public var shape: Shape
  /// What is subtracted from each weight first: 0 but for unsigned files.
  public var weightZero: Int
  /// By output channel; nil is zero.
  public var bias: [Int32]?
  /// By output channel.
  public var factors: [FixedPoint]
  public var window: Window
  /// What is subtracted from each number that is read.
  public var inputZero: Int
  public var result: IntegerResult

  public init(
    weights: [Int8], shape: Shape, weightZero: Int, bias: [Int32]?, factors: [FixedPoint], window: Window,
    inputZero: Int, result: IntegerResult
  ) {
    (self.weights, self.shape, self.weightZero, self.bias) = (weights, shape, weightZero, bias)
    (self.factors, self.window, self.inputZero, self.result) = (factors, window, inputZero, result)
  }
}

extension IntegerConvolution {
  /// Rows and columns of its weights, which are four extents, or three of a depthwise one.
  package var kernel: Extent {
    let sides = shape.extents.dropLast().suffix(2)
    return Extent(height: sides[sides.startIndex], width: sides[sides.startIndex + 1])
  }
}

/// What becomes of a scaled sum: the zero is added, and the result held in a range.
public struct IntegerResult: Sendable, Equatable {
  public var zero: Int
  /// Within −128…127.
  public var range: ClosedRange<Int>

  public init(zero: Int, range: ClosedRange<Int> = -128...127) { (self.zero, self.range) = (zero, range) }

  /// Returns `value` moved and held.
  public func callAsFunction(_ value: Int32) -> Int8 {
    Int8(truncatingIfNeeded: min(max(Int(value) + zero, range.lowerBound), range.upperBound))
  }
}

/// A sum of two maps of one shape, or of a map and one number a channel or one for all, or their difference.
///
/// Both are made 2²⁰ times larger, scaled to twice the larger of their scales, added, and scaled to the result's.
public struct IntegerSum: Sendable {
  /// Which operand is subtracted from the other.
  public enum Subtrahend: Sendable { case left, right }
  public var leftZero: Int
  public var rightZero: Int
  public var leftFactor: FixedPoint
  public var rightFactor: FixedPoint
  public var factor: FixedPoint
  /// Nil of a sum.
  public var subtrahend: Subtrahend?
  public var result: IntegerResult

  public init(
    leftZero: Int, rightZero: Int, leftFactor: FixedPoint, rightFactor: FixedPoint, factor: FixedPoint,
    subtracting subtrahend: Subtrahend? = nil, result: IntegerResult
  ) {
    (self.leftZero, self.rightZero, self.leftFactor, self.rightFactor) = (leftZero, rightZero, leftFactor, rightFactor)
    (self.factor, self.subtrahend, self.result) = (factor, subtrahend, result)
  }

  /// Returns the sum or the difference of two numbers.
  public func callAsFunction(_ left: Int8, _ right: Int8) -> Int8 {
    var (one, other) = (leftFactor(Int32(Int(left) - leftZero) << 20), rightFactor(Int32(Int(right) - rightZero) << 20))
    // What is scaled is rounded otherwise below zero: it is the scaled number that is subtracted.
    if subtrahend == .left { one = 0 &- one }
    if subtrahend == .right { other = 0 &- other }
    return result(factor(one &+ other))
  }
}

/// A product of two maps of one shape, or of a map and one number a channel or one for all.
public struct IntegerProduct: Sendable {
  public var leftZero: Int
  public var rightZero: Int
  public var factor: FixedPoint
  public var result: IntegerResult

  public init(leftZero: Int, rightZero: Int, factor: FixedPoint, result: IntegerResult) {
    (self.leftZero, self.rightZero, self.factor, self.result) = (leftZero, rightZero, factor, result)
  }

  /// Returns the product of two numbers.
  public func callAsFunction(_ left: Int8, _ right: Int8) -> Int8 {
    result(factor(Int32((Int(left) - leftZero) * (Int(right) - rightZero))))
  }
}

/// Which of two numbers of one grid, of maps of one shape, or of a map and one number a channel or one for all.
public enum IntegerExtreme: Sendable {
  case least, greatest

  /// Returns one of two numbers.
  public func callAsFunction(_ left: Int8, _ right: Int8) -> Int8 {
    self == .least ? min(left, right) : max(left, right)
  }
}

/// Numbers around a tensor: so many places before and behind each axis, outermost first.
public struct IntegerPadding: Sendable, Equatable {
  public var before: [Int]
  public var behind: [Int]
  /// What stands there.
  public var number: Int8

  public init(before: [Int], behind: [Int], number: Int8) {
    (self.before, self.behind, self.number) = (before, behind, number)
  }
}

/// A mean over all pixels: the sum of a channel's numbers, each less the zero, times a factor that divides by their number.
public struct IntegerMean: Sendable {
  public var inputZero: Int
  /// Of the scales, divided by the number of pixels.
  public var factor: FixedPoint
  public var result: IntegerResult

  public init(inputZero: Int, factor: FixedPoint, result: IntegerResult) {
    (self.inputZero, self.factor, self.result) = (inputZero, factor, result)
  }
}

/// A mean or maximum under a window; taps outside of the map do not count.
public struct IntegerPool: Sendable {
  public var method: Pool.Method
  public var kernel: Extent
  public var window: Window
  /// Whether the file's numbers are signed: halves of a mean are rounded away from the file's zero.
  public var isSigned: Bool
  public var range: ClosedRange<Int>

  public init(_ method: Pool.Method, kernel: Extent, window: Window, isSigned: Bool, range: ClosedRange<Int>) {
    (self.method, self.kernel, self.window, self.isSigned, self.range) = (method, kernel, window, isSigned, range)
  }
}

/// A function of one number of 8 bits, as its 256 values.
public struct IntegerTable: Sendable, Equatable {
  /// By the number plus 128.
  public let values: [Int8]

  /// The table of `function`.
  public init(_ function: (Int8) -> Int8) { values = (Int8.min...Int8.max).map(function) }
}
