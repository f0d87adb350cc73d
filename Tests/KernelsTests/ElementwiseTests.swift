import KernelCalls
import Kernels
import Testing

@Suite struct ElementwiseTests {
  private static let pixels = 23
  private static let channels = 40

  @Test(arguments: fastSets, Arrangement.allCases) func sumsMatchTheReference(name: String, arrangement: Arrangement)
    throws
  {
    var dice = Dice(1)
    let count = Self.pixels * padded(Self.channels)
    let (left, right) = (Fenced(dice.floats(count)), Fenced(dice.floats(count)))
    let run = { (kernels: KernelSet) in
      let result = Fenced(unwritten: count)
      let maps = [left, right, result].map { arrangement.map($0, pixels: Self.pixels, channels: Self.channels) }
      kernels.add(
        Sum(left: maps[0], right: maps[1], output: maps[2], pixels: 2..<21, panels: 1..<3, clamp: .relu))
      return result
    }
    #expect(run(try KernelSet.chosen(named: name)).agrees(with: run(.reference), terms: 0))
  }

  @Test(arguments: fastSets, Arrangement.allCases)
  func meansMatchTheReference(name: String, arrangement: Arrangement) throws {
    var dice = Dice(4)
    let input = Fenced(dice.floats(Self.pixels * padded(Self.channels)))
    for pixels in [1, 3, 4, 19] {
      let run = { (kernels: KernelSet) in
        let result = Fenced(unwritten: padded(Self.channels))
        kernels.average(
          Average(
            input: arrangement.map(input, pixels: Self.pixels, channels: Self.channels),
            output: FeatureMap(panels: result.base, pixels: 1), pixels: 2..<2 + pixels, panels: 1..<3))
        return result
      }
      #expect(run(try KernelSet.chosen(named: name)).agrees(with: run(.reference), terms: 0), "\(pixels) pixels")
    }
  }

  @Test func theReferenceMeanIsTheFormula() {
    let input = Fenced((0..<48).map { Float($0 / 16 + $0 % 16) })
    let result = Fenced(unwritten: 16)
    KernelSet.reference.average(
      Average(
        input: FeatureMap(panels: input.base, pixels: 3), output: FeatureMap(panels: result.base, pixels: 1),
        pixels: 0..<3, panels: 0..<1))
    let expected = (1...16).map(Float.init)
    #expect(result.values == expected)
  }

  @Test(arguments: fastSets + ["reference"]) func hardSwishIsItsFormula(name: String) throws {
    let input = Fenced((0..<32).map { Float($0 - 16) / 2 })
    let (ones, zeros) = (Fenced([Float](repeating: 1, count: 16)), Fenced([Float](repeating: 0, count: 16)))
    let result = Fenced(unwritten: 32)
    let maps = [input, result].map { FeatureMap(panels: $0.base, pixels: 2) }
    try KernelSet.chosen(named: name).scale(
      Affine(
        input: maps[0], output: maps[1], scale: ones.base, offset: zeros.base, pixels: 0..<2, panels: 0..<1,
        clamp: .hardSwish))
    let expected = input.values.map { $0 <= -3 ? 0 : $0 >= 3 ? $0 : $0 * ($0 + 3) / 6 }
    #expect(zip(result.values, expected).allSatisfy { abs($0 - $1) <= 1e-6 } && result.fencesStand)
  }

  @Test(arguments: fastSets, Arrangement.allCases)
  func affineMatchesTheReference(name: String, arrangement: Arrangement) throws {
    var dice = Dice(2)
    let count = Self.pixels * padded(Self.channels)
    let input = Fenced(dice.floats(count))
    let (factors, offsets) = (paddedPanels(dice.floats(Self.channels)), paddedPanels(dice.floats(Self.channels)))
    let run = { (kernels: KernelSet) in
      let result = Fenced(unwritten: count)
      let maps = [input, result].map { arrangement.map($0, pixels: Self.pixels, channels: Self.channels) }
      kernels.scale(
        Affine(
          input: maps[0], output: maps[1], scale: factors.base, offset: offsets.base, pixels: 1..<22, panels: 0..<3,
          clamp: .relu6))
      return result
    }
    #expect(run(try KernelSet.chosen(named: name)).agrees(with: run(.reference), terms: 1))
  }

  @Test(arguments: fastSets, Arrangement.allCases)
  func quantisationIsTheReferencesToTheBit(name: String, arrangement: Arrangement) throws {
    var dice = Dice(3)
    let count = Self.pixels * padded(Self.channels)
    // Steps of 1/64 from −48 to 79 of them: values fall between, on and outside of the grid, and on its halves.
    let input = Fenced(dice.floats(count).map { ($0 * 512).rounded() / 256 })
    let (ones, offsets) = (
      paddedPanels([Float](repeating: 1, count: Self.channels)), paddedPanels(dice.floats(Self.channels))
    )
    let run = { (kernels: KernelSet) in
      let result = Fenced(unwritten: count)
      let maps = [input, result].map { arrangement.map($0, pixels: Self.pixels, channels: Self.channels) }
      kernels.quantize(
        Rounding(
          Affine(
            input: maps[0], output: maps[1], scale: ones.base, offset: offsets.base, pixels: 1..<22, panels: 0..<3,
            clamp: .none), least: -0.75, greatest: 1.234375, step: 1 / 64, zero: 48))
      return result
    }
    let (found, expected) = (run(try KernelSet.chosen(named: name)), run(.reference))
    #expect(found.values.map(\.bitPattern) == expected.values.map(\.bitPattern) && found.fencesStand)
    let written = expected.values.filter { !$0.isNaN }
    #expect(written.allSatisfy { ($0 * 64).rounded() == $0 * 64 && (-0.75...1.234375).contains($0) })
    #expect(Set(written).count > 100)
  }

  @Test(arguments: fastSets + ["reference"], [1, 3, 6, 12, 16, 24, 37])
  func unpanelLeavesOutThePadding(name: String, channels: Int) throws {
    let kernels = try KernelSet.chosen(named: name)
    var dice = Dice(channels)
    let input = Fenced(dice.floats(Self.pixels * padded(channels)))
    let map = FeatureMap(panels: input.base, pixels: Self.pixels)
    for stride in [channels, channels + 5] {
      let (found, expected) = (Fenced(unwritten: Self.pixels * stride), Fenced(unwritten: Self.pixels * stride))
      kernels.unpanel(Unpanel(input: map, pixels: 3..<20, channels: channels, output: found.base, outputStride: stride))
      for pixel in 3..<20 {
        for channel in 0..<channels {
          expected.base[pixel * stride + channel] = map.address(pixel: pixel, channel: channel).pointee
        }
      }
      #expect(found.agrees(with: expected, terms: 0))
    }
  }
}
