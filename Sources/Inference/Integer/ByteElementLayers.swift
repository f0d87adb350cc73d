internal import KernelCalls
internal import Kernels
internal import Model

/// Numbers of 8 bits made of real ones: of the picture, whose rows may be apart, or of a map.
struct QuantizeLayer: ByteLayer {
  let input: MapSize
  let grid: IntegerGrid
  /// Floats from one row to the next.
  let rowStride: Int
  let quantize: @Sendable (borrowing ByteRounding) -> Void

  var output: MapSize { input }
  var kind: StepDescription.Kind { .quantize }
  var cut: Cut { .rows(multiple: 1) }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    let count = input.width * input.channels
    for row in piece.rows {
      unsafe quantize(
        ByteRounding(
          input: source.assumingMemoryBound(to: Float.self) + row * rowStride, output: bytes(target) + row * count,
          count: count, scale: grid.scale, zero: Int32(grid.zero + 128)))
    }
  }
}

/// The real numbers that those of 8 bits mean.
struct DequantizeLayer: ByteLayer {
  let input: MapSize
  let grid: IntegerGrid

  var output: MapSize { input }
  var kind: StepDescription.Kind { .dequantize }
  var cut: Cut { .rows(multiple: 64) }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    let (zero, scale) = (Int32(grid.zero + 128), grid.scale)
    let (from, to) = unsafe (bytes(source), target.assumingMemoryBound(to: Float.self))
    for index in input.elements(of: piece.rows) { unsafe to[index] = Float(Int32(from[index]) - zero) * scale }
  }
}

/// A function of one number, looked up.
struct TableLayer: ByteLayer {
  let input: MapSize
  /// By byte.
  let values: [UInt8]

  init(_ table: IntegerTable, input: MapSize) {
    self.input = input
    values = table.values.map { UInt8(bitPattern: $0) ^ 0x80 }
  }

  var output: MapSize { input }
  var kind: StepDescription.Kind { .table }
  var cut: Cut { .rows(multiple: 64) }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    let (from, to) = unsafe (bytes(source), bytes(target))
    unsafe values.withUnsafeBufferPointer { values in
      for index in input.elements(of: piece.rows) { unsafe to[index] = values[Int(from[index])] }
    }
  }
}

/// The sum or the difference of two maps; the second may have one value for each channel, or one for all.
struct ByteSumLayer: ByteLayer {
  let input: MapSize
  let sum: IntegerSum
  let secondCount: Int
  private let (left, right, result): (PackedBytes, PackedBytes, PackedBytes)
  private let add: @Sendable (borrowing ByteSum) -> Void

  init(_ sum: IntegerSum, input: MapSize, secondCount: Int, kernels: IntegerKernels) {
    (self.input, self.sum, self.secondCount) = (input, sum, secondCount)
    left = PackedBytes(sum.leftFactor, sum.result)
    right = PackedBytes(sum.rightFactor, sum.result)
    result = PackedBytes(sum.factor, sum.result)
    add = kernels.add
  }

  var output: MapSize { input }
  var kind: StepDescription.Kind { .sum }
  var cut: Cut { .rows(multiple: 64) }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    guard let second = unsafe second else { preconditionFailure("A sum has two operands.") }
    let elements = input.elements(of: piece.rows)
    let (from, other, to) = unsafe (bytes(source), bytes(second), bytes(target))
    guard secondCount == input.elementCount, sum.subtrahend == nil else {
      for index in elements {
        let value = unsafe sum(number(from[index]), number(other[index % secondCount]))
        unsafe to[index] = byte(value)
      }
      return
    }
    let first = elements.lowerBound
    unsafe add(
      ByteSum(
        left: from + first, right: other + first, output: to + first, count: elements.count,
        leftZero: Int32(sum.leftZero + 128), rightZero: Int32(sum.rightZero + 128),
        leftScaling: left.requantization.scaling, rightScaling: right.requantization.scaling,
        requantization: result.requantization))
  }
}

/// A function of two maps' numbers; the second map may have one for each channel, or one for all.
struct BytePairLayer: ByteLayer {
  let input: MapSize
  let kind: StepDescription.Kind
  let secondCount: Int
  let function: @Sendable (Int8, Int8) -> Int8

  var output: MapSize { input }
  var cut: Cut { .rows(multiple: 16) }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    guard let second = unsafe second else { preconditionFailure("A pair has two operands.") }
    let (from, other, to) = unsafe (bytes(source), bytes(second), bytes(target))
    for index in input.elements(of: piece.rows) {
      let value = unsafe function(number(from[index]), number(other[index % secondCount]))
      unsafe to[index] = byte(value)
    }
  }
}

/// Scores of each row of logits.
struct SoftmaxLayer: ByteLayer {
  let input: MapSize
  let softmax: IntegerSoftmax

  var output: MapSize { input }
  var kind: StepDescription.Kind { .softmax }
  var cut: Cut { .rows(multiple: 16) }
  /// A row of logits, then its scores.
  var scratch: Int { 2 * wholeLines(input.channels) }

  func compute(
    _ piece: Piece, from source: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer?,
    to target: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
  ) {
    let count = input.channels
    let (logits, scores) = unsafe (
      scratch.assumingMemoryBound(to: Int8.self), scratch.assumingMemoryBound(to: Int8.self) + wholeLines(count) * 4
    )
    for row in piece.rows {
      let (from, to) = unsafe (bytes(source) + row * count, bytes(target) + row * count)
      for index in 0..<count { unsafe logits[index] = number(from[index]) }
      var result = unsafe MutableSpan(_unsafeStart: scores, count: count)
      softmax(unsafe Span(_unsafeStart: UnsafePointer(logits), count: count), into: &result)
      for index in 0..<count { unsafe to[index] = byte(scores[index]) }
    }
  }
}

/// Returns the number that a byte stands for, and the byte of a number.
func number(_ byte: UInt8) -> Int8 { Int8(bitPattern: byte ^ 0x80) }
func byte(_ number: Int8) -> UInt8 { UInt8(bitPattern: number) ^ 0x80 }

extension MapSize {
  /// Values without gaps.
  var elementCount: Int { pixels * channels }
  /// Returns the values of some rows of a map without gaps.
  func elements(of rows: Range<Int>) -> Range<Int> {
    rows.lowerBound * width * channels..<rows.upperBound * width * channels
  }
}
