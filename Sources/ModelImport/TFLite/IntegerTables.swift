internal import Glibc
internal import Model

/// How the 8-bit numbers of a tensor mean real ones, and whether the file has them with a sign.
struct TFLiteGrid: Equatable {
  let scale: Float
  /// Of the numbers with a sign: an unsigned file's, less 128.
  let zero: Int
  let isSigned: Bool

  /// The same without the file's sign.
  var grid: IntegerGrid { IntegerGrid(scale: scale, zero: zero) }

  /// The zero as the file has it.
  var writtenZero: Int { isSigned ? zero : zero + 128 }

  /// Returns the number nearest to a real value, which may leave the 8 bits.
  func number(_ value: Float) -> Int {
    let steps: Float = (value / scale).rounded(.toNearestOrAwayFromZero)
    return zero + Int(max(-1024, min(1024, steps)))
  }
}

/// The functions of one number as TensorFlow Lite's reference kernels compute them.
extension IntegerTable {
  /// 1/(1 + e⁻ˣ), each step in float32.
  static func logistic(_ input: TFLiteGrid, _ output: TFLiteGrid) -> IntegerTable {
    let inverse: Float = 1 / output.scale
    return IntegerTable { number in
      let value: Float = input.scale * Float(Int(number) - input.zero)
      let score: Float = 1 / (1 + exp(-value))
      let steps: Float = (score * inverse).rounded(.toNearestOrAwayFromZero)
      return held(steps + Float(output.zero))
    }
  }

  /// Other numbers for the same real values, by way of `factor`, held in a range: a requantisation or a rectifier.
  static func rescaled(by factor: FixedPoint, from zero: Int, to result: IntegerResult) -> IntegerTable {
    IntegerTable { result(factor(Int32(Int($0) - zero))) }
  }

  /// What CONCATENATION does to unsigned numbers of another grid than its result's, in float32.
  static func joined(_ input: TFLiteGrid, _ output: TFLiteGrid) -> IntegerTable {
    let inverse: Float = 1 / output.scale
    let scale: Float = input.scale * inverse
    let offset: Float = -Float(input.writtenZero) * scale
    return IntegerTable { number in
      let product: Float = Float(Int(number) + 128) * scale
      let steps: Float = (product + offset).rounded(.toNearestOrAwayFromZero)
      return held(steps + Float(output.writtenZero) - 128)
    }
  }

  /// x · min(max(x + 3, 0), 6) / 6 in fixed point of 16 bits; nil where the scales are out of its range.
  static func hardSwish(_ input: TFLiteGrid, _ output: TFLiteGrid) -> IntegerTable? {
    let fine: Float = input.scale / 128
    let (toOutput, toShare): (Float, Float) = (fine / output.scale, fine / (3 / 32768 as Float))
    guard let outer = FixedPoint(Double(toOutput)), let inner = FixedPoint(Double(toShare)), outer.exponent <= 0,
      inner.exponent <= 15
    else { return nil }
    let (outerHalf, innerHalf) = (halfWord(outer.mantissa), halfWord(inner.mantissa))
    return IntegerTable { number in
      let value = Int32(Int(number) - input.zero) << 7
      let scaled = high(value, outerHalf)
      var share = value
      if inner.exponent > 0 { share = Int32(Int16(clamping: share << Int32(inner.exponent - 1))) }
      share = high(share, innerHalf)
      if inner.exponent > 0 { share = Int32(Int16(clamping: share << 1)) }
      if inner.exponent < 0 { share = FixedPoint.halved(share, times: min(-inner.exponent, 31)) }
      // From −1…1 to 0…1.
      share = (share + 1 << 15) >> 1
      let product = Int32(Int16(clamping: share * scaled / (1 << 15)))
      let steps = Int(FixedPoint.halved(product, times: min(-outer.exponent, 31)))
      return Int8(clamping: steps + output.zero)
    }
  }

  /// Returns the upper half of a factor, rounded.
  private static func halfWord(_ mantissa: Int32) -> Int32 {
    mantissa >= .max - 1 << 15 ? 32767 : (mantissa + 1 << 15) >> 16
  }

  /// Returns the high half of twice the product of two numbers of 16 bits, halves away from zero.
  private static func high(_ left: Int32, _ right: Int32) -> Int32 {
    let product = left * right
    return (product + (product >= 0 ? 1 << 14 : 1 - 1 << 14)) / (1 << 15)
  }

  /// Returns a whole number held in 8 bits.
  private static func held(_ value: Float) -> Int8 { Int8(max(-128, min(127, value))) }
}
