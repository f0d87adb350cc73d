import Model
import Testing

@Suite struct QuantizationGridTests {
  @Test func aGridHasItsEndsAndZero() throws {
    let grid = try #require(QuantizationGrid((0, 255), bits: 8, isNarrow: false))
    #expect((grid.least, grid.greatest, grid.step) == (0, 255, 1))
    #expect([-3, 0, 0.49, 0.5, 1.5, 254.4, 300].map { grid($0) } == [0, 0, 0, 1, 2, 254, 255])
  }

  @Test func zeroIsAlwaysAValue() throws {
    // 0 lies at 85.3 of 255 steps: the grid is moved by a third of a step.
    let grid = try #require(QuantizationGrid((-1.004, 1.996), bits: 8, isNarrow: false))
    #expect(grid(0) == 0)
    #expect(grid.least == -85 * grid.step && grid.greatest == 170 * grid.step)
    #expect(grid(-5) == grid.least && grid(5) == grid.greatest)
  }

  @Test func narrowGridsAreSymmetric() throws {
    let grid = try #require(QuantizationGrid((-1, 1), bits: 8, isNarrow: true))
    #expect(grid.step == 2 / 254 as Float)
    #expect(grid.least == -127 * grid.step && grid.greatest == 127 * grid.step)
  }

  @Test func everyValueOfAGridStaysWhereItIs() throws {
    let grid = try #require(QuantizationGrid((-2.75, 0.625), bits: 4, isNarrow: false))
    let values = (0..<16).map { (Float($0) + (grid.least / grid.step).rounded()) * grid.step }
    #expect(values.map { grid($0) } == values)
    #expect(Set(stride(from: -3, to: 1, by: 0.001 as Float).map { grid($0) }) == Set(values))
  }

  static let refused: [(least: Float, greatest: Float, bits: Int)] = [
    (0, 0, 8), (1, 2, 8), (-2, -1, 8), (2, -2, 8), (-.infinity, 1, 8), (0, .nan, 8), (-1, 1, 1), (-1, 1, 17),
    (-1, 1, .min), (-.greatestFiniteMagnitude, .greatestFiniteMagnitude, 8), (0, .leastNonzeroMagnitude, 8),
  ]

  @Test(arguments: refused.indices) func whatIsNoRangeGivesNoGrid(index: Int) {
    let (least, greatest, bits) = Self.refused[index]
    #expect(QuantizationGrid((least, greatest), bits: bits, isNarrow: false) == nil)
  }
}
