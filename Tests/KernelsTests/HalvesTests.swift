import KernelCalls
import Kernels
import Testing

@Suite struct HalvesTests {
  /// The sets that this CPU can run, but for the reference.
  static let fast = HalfKernels.all.filter { $0.isSupported && $0.name != "reference" }.map(\.name)
  /// Those of them that fuse products with sums.
  static let fusing = fast.filter { $0.hasPrefix("avx") }
  /// Pixels, input channels, output channels: every tile height, odd depths, one and two columns.
  static let shapes =
    (1...15).map { ($0, 5, 24) } + [
      (1, 1, 1), (3, 17, 16), (100, 24, 40), (57, 33, 72), (361, 16, 3), (113, 160, 48), (14, 31, 100), (29, 7, 33),
    ]

  @Test(arguments: HalfKernels.all.filter(\.isSupported).map(\.name))
  func roundingIsToNearestEven(name: String) {
    let bits: [(UInt32, UInt32)] = [
      (0x3F80_0000, 0x3F80_0000), (0x3F80_7FFF, 0x3F80_0000), (0x3F80_8000, 0x3F80_0000), (0x3F80_8001, 0x3F81_0000),
      (0x3F81_7FFF, 0x3F81_0000), (0x3F81_8000, 0x3F82_0000), (0x3FFF_8000, 0x4000_0000), (0xBF81_8000, 0xBF82_0000),
      // Both zeros, numbers below all normal ones, the greatest number, infinities, and what is no number.
      (0, 0), (0x8000_0000, 0x8000_0000), (0x007F_FFFF, 0), (0x8000_0001, 0x8000_0000), (0x0080_0000, 0x0080_0000),
      (0x7F7F_FFFF, 0x7F80_0000), (0x7F80_0000, 0x7F80_0000), (0xFF80_0000, 0xFF80_0000), (0x7F80_0001, 0x7FC0_0000),
      (0xFFFF_FFFF, 0xFFFF_0000),
    ]
    let floats = Fenced(bits.map { Float(bitPattern: $0.0) } + [Float](repeating: 0, count: 32 - bits.count))
    let halves = HalfKernels.named(name).narrowed(FeatureMap(panels: floats.base, pixels: 1), pixels: 1, panels: 2)
    for (index, (from, to)) in bits.enumerated() {
      #expect(halves.values[index].bitPattern == to, "\(String(from, radix: 16))")
    }
  }

  @Test(arguments: fast, Arrangement.allCases)
  func anythingIsRoundedAsTheReferenceDoes(name: String, arrangement: Arrangement) {
    var dice = Dice(3)
    for (pixels, channels) in [(1, 16), (2, 5), (7, 40), (33, 64), (100, 17)] {
      let map = Fenced(
        dice.floats(pixels * padded(channels)).map { Float(bitPattern: ($0 * 1e9).bitPattern &* 40_503) })
      let panels = padded(channels) / panelWidth
      let input = arrangement.map(map, pixels: pixels, channels: channels)
      let found = HalfKernels.named(name).narrowed(input, pixels: pixels, panels: panels)
      let expected = HalfKernels.reference.narrowed(input, pixels: pixels, panels: panels)
      #expect(found.values.map(\.bitPattern) == expected.values.map(\.bitPattern) && found.fencesStand)
    }
  }

  @Test func theReferenceIsTheFormula() {
    // 1 + 2⁻⁸ is 1 as a half, 1 + 3 · 2⁻⁸ is 1 + 2⁻⁶.
    let input = Fenced([1.00390625, 2, 1.01171875] + [Float](repeating: 0, count: 13))
    let result = HalfKernels.reference.product(
      [1, 10, 8, 16, 1024, 1.00390625], bias: [0.5, -0.5], FeatureMap(panels: input.base, pixels: 1), pixels: 1)
    #expect(result.values == [1 + 16 + 1040 + 0.5, 10 + 32 + 1.015625 - 0.5] + [Float](repeating: 0, count: 14))
  }

  @Test(arguments: fast, Arrangement.allCases)
  func productsMatchTheReference(name: String, arrangement: Arrangement) {
    for (index, (pixels, inputs, outputs)) in Self.shapes.enumerated() {
      let ends = [(Clamp.none, false, false), (.relu6, true, false), (.hardSwish, false, true)]
      for (clamp, hasResidual, accumulates) in ends {
        let run = {
          HalfKernels.named($0).product(
            seed: index, pixels, inputs, outputs, arrangement, clamp, hasResidual: hasResidual,
            accumulates: accumulates)
        }
        let isRight = run(name).agrees(with: run("reference"), terms: inputs)
        #expect(isRight, "\(pixels) pixels, \(inputs) -> \(outputs), residual \(hasResidual), sums \(accumulates)")
      }
    }
  }

  @Test(arguments: fusing) func setsThatFuseGiveTheSameBits(name: String) throws {
    let first = try #require(Self.fusing.first)
    for (index, (pixels, inputs, outputs)) in Self.shapes.enumerated() {
      let run = {
        HalfKernels.named($0).product(
          seed: index, pixels, inputs, outputs, .panels, .none, hasResidual: true, accumulates: false)
      }
      #expect(
        run(name).values.map(\.bitPattern) == run(first).values.map(\.bitPattern),
        "\(pixels) pixels, \(inputs) -> \(outputs)")
    }
  }

  @Test(arguments: fast + ["reference"]) func partsOfTheDepthSumToTheWhole(name: String) {
    let kernels = HalfKernels.named(name)
    var dice = Dice(9)
    let (pixels, inputs, outputs) = (33, 80, 48)
    let packed = kernels.packed(dice.floats(inputs * outputs), inputs: inputs, outputs: outputs)
    let bias = Fenced(dice.floats(outputs))
    let input = Fenced(dice.floats(pixels * inputs))
    let (found, expected) = (Fenced(unwritten: pixels * outputs), Fenced(unwritten: pixels * outputs))
    let source = FeatureMap(panels: input.base, pixels: pixels)
    var call = Product(
      input: source, output: FeatureMap(panels: expected.base, pixels: pixels), weights: packed.base, bias: bias.base,
      pixels: 0..<pixels, panels: 0..<outputs / panelWidth, depth: inputs, clamp: .none)
    kernels.compute(call)
    call.output.base = found.base
    for part in [0..<32, 32..<48, 48..<80] {
      call.input.base = source.address(pixel: 0, channel: part.lowerBound)
      (call.depth, call.weightStart, call.accumulates) = (part.count, part.lowerBound, part.lowerBound > 0)
      kernels.compute(call)
    }
    #expect(found.agrees(with: expected, terms: inputs))
  }

  @Test(arguments: fast) func onlyItsPanelsAreTouched(name: String) {
    var dice = Dice(7)
    let (pixels, inputs, outputs) = (50, 20, 80)
    let matrix = dice.floats(inputs * outputs)
    let bias = Fenced(dice.floats(outputs))
    let input = Fenced(dice.floats(pixels * padded(inputs)))
    let run = { (kernels: HalfKernels) in
      let packed = kernels.packed(matrix, inputs: inputs, outputs: outputs)
      let result = Fenced(unwritten: pixels * outputs)
      kernels.compute(
        Product(
          input: FeatureMap(panels: input.base, pixels: pixels),
          output: FeatureMap(panels: result.base, pixels: pixels),
          weights: packed.base, bias: bias.base, pixels: 0..<41, panels: 2..<4, depth: inputs, clamp: .none))
      return result
    }
    #expect(run(.named(name)).agrees(with: run(.reference), terms: inputs))
  }

  @Test func theFastestSetIsOneOfThisProcessor() {
    for set in KernelSet.all where set.isSupported {
      #expect(set.halves.isSupported)
      #expect(set.halves.name.hasPrefix(set.name))
      #expect(set.halves.peakRate() > 0)
    }
  }

  @Test(arguments: fast + ["reference"]) func resultsAreRoundedAfterTheActivation(name: String) {
    let kernels = HalfKernels.named(name)
    for (index, (pixels, inputs, outputs)) in Self.shapes.enumerated() {
      for (clamp, hasResidual) in [(Clamp.none, true), (.relu, false), (.relu6, false), (.hardSwish, true)] {
        let run = {
          kernels.product(
            seed: index, pixels, inputs, outputs, .panels, clamp, hasResidual: hasResidual, accumulates: false,
            rounds: $0)
        }
        let sums = run(false)
        let expected = HalfKernels.reference.narrowed(
          FeatureMap(panels: sums.base, pixels: pixels), pixels: pixels, panels: padded(outputs) / panelWidth)
        let found = run(true)
        #expect(found.fencesStand)
        #expect(kernels.floats(ofMap: found) == expected.values, "\(pixels) pixels, \(inputs) -> \(outputs), \(clamp)")
      }
    }
  }
}
