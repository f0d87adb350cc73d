import KernelCalls
import Kernels
import Testing

@Suite struct MaximumTests {
  /// Windows of odd widths, steps and offsets, the last ones beyond the map.
  static let windows = [(2, 2, 0), (3, 2, 0), (3, 2, 1), (3, 1, 1), (1, 1, 0), (5, 3, 2), (9, 4, 4)]

  @Test(arguments: fastSets, Arrangement.allCases)
  func greatestValuesAreTheReferencesToTheBit(name: String, arrangement: Arrangement) throws {
    let (width, rows, channels) = (11, 3, 40)
    var dice = Dice(7)
    let input = Fenced(dice.floats(width * rows * padded(channels)))
    for (windowWidth, stride, left) in Self.windows {
      let results = (width + left - 1) / stride + 1
      let run = { (kernels: KernelSet) in
        let result = Fenced(unwritten: results * padded(channels))
        kernels.map.maximum(
          Maximum(
            input: arrangement.map(input, pixels: width * rows, channels: channels), inputWidth: width,
            inputRows: rows, output: arrangement.map(result, pixels: results, channels: channels),
            outputWidth: results, windowWidth: windowWidth, stride: stride, left: left, panels: 1..<3))
        return result
      }
      let (found, expected) = (run(try KernelSet.chosen(named: name)), run(.reference))
      #expect(found.values.map(\.bitPattern) == expected.values.map(\.bitPattern) && found.fencesStand)
      #expect(expected.values.contains { !$0.isNaN })
    }
  }

  @Test func theReferenceIsTheFormula() {
    // Two rows of three pixels: 0, 1, 2 and again, in odd channels their opposites.
    let input = Fenced((0..<96).map { Float($0 / 16 % 3) * ($0.isMultiple(of: 2) ? 1 : -1) })
    let result = Fenced(unwritten: 32)
    KernelSet.reference.map.maximum(
      Maximum(
        input: FeatureMap(panels: input.base, pixels: 6), inputWidth: 3, inputRows: 2,
        output: FeatureMap(panels: result.base, pixels: 2), outputWidth: 2, windowWidth: 2, stride: 2, left: 0,
        panels: 0..<1))
    let expected: [Float] = [[1, 0], [2, -2]].flatMap { pair in (0..<16).map { pair[$0 % 2] } }
    #expect(result.values == expected)
  }
}
