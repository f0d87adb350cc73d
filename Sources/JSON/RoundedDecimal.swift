/// A number of zero or more, rounded half to even at a fixed count of decimals.
package struct RoundedDecimal: Sendable, Equatable {
  /// The part before the point.
  package let whole: UInt64
  /// The part behind the point, in units of 10^−`decimals`; below 10^`decimals`.
  package let fraction: UInt64
  /// How many decimals there are, 0…18.
  package let decimals: Int

  /// Rounds the exact value of `magnitude`; a tie goes to the even last digit.
  ///
  /// - Precondition: `magnitude` is in 0..<2^64 and `decimals` in 0…18.
  package init(rounding magnitude: Double, decimals: Int) {
    precondition(magnitude >= 0 && magnitude < 0x1p64, "a magnitude below 2^64")
    let scale = Self.power(decimals)
    self.decimals = decimals
    let floor = UInt64(magnitude)
    let rest = magnitude - Double(floor)  // exact: both share the double's last place
    guard rest > 0 else {
      (whole, fraction) = (floor, 0)
      return
    }
    // rest = significand / 2^shift, so rest · scale is the exact product below, shifted; it has at most 113 bits.
    let shift = Double.significandBitCount - Int(rest.exponent)
    let significand = rest.significandBitPattern | 1 << UInt64(Double.significandBitCount)
    let product = UInt128(significand) * UInt128(scale)
    guard shift < 128, rest.isNormal else {
      (whole, fraction) = (floor, 0)
      return
    }
    var units = product >> UInt128(shift)
    let left = product - units << UInt128(shift)
    let half = UInt128(1) << UInt128(shift - 1)
    let isOdd = scale == 1 ? floor & 1 == 1 : units & 1 == 1
    if left > half || (left == half && isOdd) { units += 1 }
    let carries = units == UInt128(scale)
    (whole, fraction) = (carries ? floor + 1 : floor, carries ? 0 : UInt64(units))
  }

  /// Returns `value` in units of 10^−`decimals`, rounded half to even; nil where it is no number or no `Int`.
  ///
  /// - Precondition: `decimals` is in 0…18.
  package static func units(of value: Double, decimals: Int) -> Int? {
    guard value.magnitude < 0x1p63 else { return nil }
    let rounded = RoundedDecimal(rounding: value.magnitude, decimals: decimals)
    let (high, overflows) = rounded.whole.multipliedReportingOverflow(by: power(decimals))
    let (sum, carries) = high.addingReportingOverflow(rounded.fraction)
    guard !overflows, !carries, let units = Int(exactly: sum) else { return nil }
    return value < 0 ? -units : units
  }

  /// Returns 10^`exponent`.
  ///
  /// - Precondition: `exponent` is in 0…18.
  static func power(_ exponent: Int) -> UInt64 {
    precondition((0...18).contains(exponent), "0 to 18 decimals")
    var power: UInt64 = 1
    for _ in 0..<exponent { power *= 10 }
    return power
  }
}
