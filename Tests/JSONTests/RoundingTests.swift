import Foundation
import JSON
import Testing

/// Numbers at so many decimals, against slow exact methods.
@Suite struct RoundingTests {
  @Test(arguments: [
    (0, 2, "0"), (-0.0, 2, "0"), (52, 2, "52"), (0.125, 2, "0.12"), (0.375, 2, "0.38"), (2.5, 0, "2"), (3.5, 0, "4"),
    (0.5, 0, "0"), (1.5, 0, "2"), (-0.125, 2, "-0.12"), (-0.001, 2, "0"), (-2.5, 0, "-2"), (0.999, 2, "1"),
    (9.995, 2, "9.99"), (0.1, 18, "0.100000000000000006"), (1e-300, 18, "0"), (.leastNonzeroMagnitude, 6, "0"),
    (1e15, 6, "1000000000000000"),
    (0x1p53, 2, "9007199254740992"), (0x1p63, 0, "9223372036854775808"), (-0x1p64, 3, "-18446744073709551616"),
    (1e22, 4, "10000000000000000000000"), (0x1p-7, 6, "0.007812"), (100.10, 2, "100.1"), (1.05, 1, "1.1"),
    (8191.984375, 4, "8191.9844"), (8191.96875, 4, "8191.9688"),
  ])
  func numbersAreTheShortestForm(value: Double, decimals: Int, text: String) {
    #expect(written { $0.number(value, decimals: decimals) } == text)
  }

  /// Every multiple of 2^−9 is a double and, at less than nine decimals, often a tie.
  @Test(arguments: 0...8)
  func tiesGoToTheEvenDigit(decimals: Int) {
    let scale = (0..<decimals).reduce(1) { scale, _ in scale * 10 }
    for numerator in 0..<5000 {
      let (quotient, remainder) = (numerator * scale).quotientAndRemainder(dividingBy: 512)
      let up = remainder > 256 || (remainder == 256 && quotient % 2 == 1)
      let expected = quotient + (up ? 1 : 0)
      #expect(RoundedDecimal.units(of: Double(numerator) / 512, decimals: decimals) == expected)
      #expect(RoundedDecimal.units(of: -Double(numerator) / 512, decimals: decimals) == -expected)
    }
  }

  /// C's printf rounds the exact value half to even as well.
  @Test func randomNumbersEqualPrintf() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let decimals = Int.random(in: 0...18, using: &random)
      let exponent = Int.random(in: -70...70, using: &random)
      let value = Double(sign: .plus, exponent: exponent, significand: .random(in: 1..<2, using: &random))
      var expected = String(format: "%.\(decimals)f", value)
      if expected.contains(".") {
        while expected.last == "0" { expected.removeLast() }
        if expected.last == "." { expected.removeLast() }
      }
      #expect(written { $0.number(value, decimals: decimals) } == expected, "\(value) at \(decimals)")
    }
  }

  @Test func theLargestDoubleIsWrittenWithAllDigits() {
    let text = written { $0.number(.greatestFiniteMagnitude, decimals: 2) }
    #expect(text == String(format: "%.0f", Double.greatestFiniteMagnitude))
  }

  @Test func whatIsNoIntIsNoUnits() {
    #expect(RoundedDecimal.units(of: .nan, decimals: 2) == nil)
    #expect(RoundedDecimal.units(of: .infinity, decimals: 2) == nil)
    #expect(RoundedDecimal.units(of: -1e18, decimals: 2) == nil)
    #expect(RoundedDecimal.units(of: 0x1p62, decimals: 0) == 1 << 62)
    #expect(RoundedDecimal.units(of: 0x1p63, decimals: 0) == nil)
  }

  @Test func unitsAreWrittenAtTheirDecimals() {
    #expect(written { $0.number(units: -41320, decimals: 2) } == "-413.2")
    #expect(written { $0.number(units: 5, decimals: 3) } == "0.005")
    #expect(written { $0.number(units: 0, decimals: 3) } == "0")
    #expect(written { $0.number(units: .min, decimals: 0) } == "-9223372036854775808")
  }
}
