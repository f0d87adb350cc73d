import Model
import Testing

/// Factors in fixed point, at places where halves are decided.
@Suite struct FixedPointTests {
  private func products(of value: Double, with numbers: [Int32]) throws -> [Int32] {
    let factor = try #require(FixedPoint(value))
    return numbers.map { factor($0) }
  }

  @Test func halvesOfTheProductGoUp() throws {
    let found = try products(of: 0.5, with: [3, -3, 1, -1, Int32.max])
    #expect(found == [2, -1, 1, 0, 1 << 30])
  }

  /// 0.25 is 0.5 and a shift by 1: −5 becomes −2 first (−2.5 goes up), and then −1.
  @Test func halvesOfTheShiftGoAwayFromZero() throws {
    let found = try products(of: 0.25, with: [2, -2, 6, -6, 5, -5])
    #expect(found == [1, -1, 2, -2, 2, -1])
  }

  @Test func aFactorThatRoundsToTheNextPowerIsThat() throws {
    let found = try products(of: 1.9999999999, with: [1000])
    #expect(found == [2000])
  }

  @Test func theGreatestFactorHasTheExponent31() {
    #expect(FixedPoint(0x1p30.nextDown)?.exponent == 31)
    #expect(FixedPoint.halved(.max, times: 35) == 0)
  }

  @Test func factorsOutOfRangeAreNone() {
    #expect(FixedPoint(0x1p30) == nil)
    #expect(FixedPoint(-1) == nil)
    #expect(FixedPoint(Double.nan) == nil)
    #expect(FixedPoint(1e-12)?.mantissa == 0)
  }
}
