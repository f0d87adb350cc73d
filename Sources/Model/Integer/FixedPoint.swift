/// A factor of at least 0 as integer kernels multiply by it: `mantissa · 2^(exponent − 31)`.
///
/// Both rounding steps are those of gemmlowp, which TensorFlow Lite's reference kernels keep (`MultiplyByQuantizedMultiplier`
/// in its form of two roundings): first to whole numbers, halves up, then by the shift, halves away from zero.
public struct FixedPoint: Sendable, Equatable {
  /// 0, or 2³⁰…2³¹ − 1.
  public let mantissa: Int32
  /// −31…31.
  public let exponent: Int

  /// The nearest factor to `value`; nil where that is negative, not finite, or 2³⁰ and more.
  public init?(_ value: Double) {
    guard value >= 0, value < 0x1p30 else { return nil }
    guard value > 0 else {
      (mantissa, exponent) = (0, 0)
      return
    }
    var exponent = Int(value.exponent) + 1
    var rounded = Int64((value.significand * 0x1p30).rounded(.toNearestOrAwayFromZero))
    if rounded == 1 << 31 {
      rounded /= 2
      exponent += 1
    }
    (mantissa, self.exponent) = exponent < -31 ? (0, 0) : (Int32(rounded), exponent)
  }

  /// The same factor, divided by `count` with the mantissa as long as it can be: what a mean multiplies its sum by.
  ///
  /// - Precondition: `count` is positive.
  public func divided(by count: Int) -> FixedPoint {
    let shift = min(Int.bitWidth - 1 - count.leadingZeroBitCount, 32, 31 + exponent)
    return FixedPoint(
      mantissa: Int32(truncatingIfNeeded: (Int64(mantissa) << shift) / Int64(count)), exponent: exponent - shift)
  }

  private init(mantissa: Int32, exponent: Int) { (self.mantissa, self.exponent) = (mantissa, exponent) }

  /// Returns the high half of twice the product, halves up.
  public static func high(_ left: Int32, _ right: Int32) -> Int32 {
    if left == .min, right == .min { return .max }
    return Int32(truncatingIfNeeded: (Int64(left) * Int64(right) + 1 << 30) >> 31)
  }

  /// Returns `value` divided by 2^`shift`, halves away from zero; `shift` is in 0…62.
  public static func halved(_ value: Int32, times shift: Int) -> Int32 {
    guard shift > 0 else { return value }
    let half = Int64(1) << (shift - 1) - (value < 0 ? 1 : 0)
    return Int32(truncatingIfNeeded: (Int64(value) + half) >> shift)
  }

  /// Returns `value` times the factor; what leaves 32 bits on the way wraps, as in the reference.
  public func callAsFunction(_ value: Int32) -> Int32 {
    Self.halved(Self.high(value << Int32(max(exponent, 0)), mantissa), times: min(max(-exponent, 0), 31))
  }
}
