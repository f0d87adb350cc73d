/// Softmax in fixed point: scores of 1/256, the least number standing for 0 (gemmlowp's `exp_on_negative_values` and
/// `one_over_one_plus_x_for_x_in_0_1`, to the bit).
public struct IntegerSoftmax: Sendable {
  /// e to the power of minus each difference of 0…255 from a row's greatest number, in units of 2⁻³¹; −1 where that is too
  /// small to count.
  private let exponentials: [Int32]

  /// For logits of `scale`, multiplied by `beta`; nil where that is out of range.
  public init?(scale: Float, beta: Float) {
    // Of a step of the logits, in units of 2⁻²⁶: its exponent is not negative.
    let wanted = Double(beta) * Double(scale) * 0x1p26
    guard wanted >= 1, let factor = FixedPoint(wanted) else { return nil }
    let most = (31 * 0x1p26 / Double(sign: .plus, exponent: factor.exponent, significand: 1)).rounded(.down)
    exponentials = (0...255).map { difference in
      guard Double(difference) <= most else { return -1 }
      return Self.exponential(
        FixedPoint.high(Int32(truncatingIfNeeded: -difference << factor.exponent), factor.mantissa))
    }
  }

  /// Writes the scores of one row of logits.
  ///
  /// - Precondition: both are of one length of at least 1, below 4096.
  public func callAsFunction(_ logits: Span<Int8>, into scores: inout MutableSpan<Int8>) {
    var greatest = Int8.min
    for index in logits.indices { greatest = max(greatest, logits[index]) }
    var sum: Int32 = 0
    for index in logits.indices {
      let power = exponentials[Int(greatest) - Int(logits[index])]
      if power >= 0 { sum &+= FixedPoint.halved(power, times: 12) }
    }
    let zeros = sum.leadingZeroBitCount
    let reciprocal = Self.reciprocal(Int32(truncatingIfNeeded: Int64(sum) << zeros - 1 << 31))
    for index in logits.indices {
      let power = exponentials[Int(greatest) - Int(logits[index])]
      guard power >= 0 else {
        scores[index] = .min
        continue
      }
      let score = FixedPoint.halved(FixedPoint.high(reciprocal, power), times: 12 - zeros + 31 - 8)
      scores[index] = Int8(max(-128, min(127, Int(score) - 128)))
    }
  }

  /// e to the powers −1/4, −1/2, −1, … −16, in units of 2⁻³¹.
  private static let powers: [Int32] = [
    1_672_461_947, 1_302_514_674, 790_015_084, 290_630_308, 39_332_535, 720_401, 242,
  ]

  /// Returns e to a power that is not positive and has units of 2⁻²⁶.
  private static func exponential(_ power: Int32) -> Int32 {
    guard power != 0 else { return .max }
    let quarter: Int32 = 1 << 24
    let rest = (power & (quarter - 1)) - quarter
    // A polynomial around −1/8.
    let (center, third): (Int32, Int32) = (1_895_147_668, 715_827_883)
    let value = rest << 5 &+ 1 << 28
    let square = FixedPoint.high(value, value)
    let (cube, fourth) = (FixedPoint.high(square, value), FixedPoint.high(square, square))
    let sum = FixedPoint.high(FixedPoint.halved(fourth, times: 2) &+ cube, third) &+ square
    var result = center &+ FixedPoint.high(center, value &+ FixedPoint.halved(sum, times: 1))
    let whole = rest &- power
    for (index, factor) in powers.enumerated() where whole >> (24 + Int32(index)) & 1 != 0 {
      result = FixedPoint.high(result, factor)
    }
    return result
  }

  /// Returns 1/(1 + x) for an x in 0…1 of units of 2⁻³¹, by three steps of Newton's.
  private static func reciprocal(_ x: Int32) -> Int32 {
    let sum = Int64(x) + Int64(Int32.max)
    let half = Int32(truncatingIfNeeded: (sum + (sum >= 0 ? 1 : -1)) / 2)
    var guess = 1_515_870_810 &+ FixedPoint.high(half, -1_010_580_540)
    for _ in 0..<3 {
      let error = FixedPoint.high(guess, 1 << 29 &- FixedPoint.high(half, guess))
      guess = guess &+ saturated(error, times: 4)
    }
    return saturated(guess, times: 2)
  }

  /// Returns a product that stays within 32 bits.
  private static func saturated(_ value: Int32, times factor: Int64) -> Int32 { Int32(clamping: Int64(value) * factor) }
}
