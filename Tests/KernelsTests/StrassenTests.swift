import KernelCalls
import Kernels
import Testing

@Suite struct StrassenTests {
  /// Pixels, input channels, output channels: odd numbers of pixels, whole and narrower last blocks, outputs that are padded.
  static let shapes = [
    (2, 32, 32), (3, 64, 64), (14, 32, 96), (27, 96, 64), (28, 64, 120), (29, 32, 160), (64, 64, 64),
    (57, 160, 96), (100, 64, 50), (141, 32, 32), (225, 64, 32),
  ]

  static let sets = KernelSet.all.filter { $0.isSupported && $0.multiplyStrassen != nil }.map(\.name)

  @Test(arguments: sets, shapes) func sevenProductsAreAPointwiseConvolution(
    name: String, shape: (pixels: Int, inputs: Int, outputs: Int)
  ) throws {
    let kernels = try KernelSet.chosen(named: name)
    let multiply = try #require(kernels.multiplyStrassen)
    let (pixels, inputs, outputs) = shape
    for (clamp, hasResidual) in [(Clamp.none, false), (.relu6, true), (.hardSwish, false), (.none, true)] {
      var dice = Dice(pixels)
      let matrix = dice.floats(inputs * outputs)
      let bias = paddedPanels(dice.floats(outputs))
      let input = Fenced(dice.floats(pixels * inputs))
      let count = pixels * padded(outputs)
      let residual = Fenced(dice.floats(count))
      let map = FeatureMap(panels: input.base, pixels: pixels)
      let added = hasResidual ? FeatureMap(panels: residual.base, pixels: pixels) : nil
      let expected = Fenced(unwritten: count)
      let plain = KernelSet.reference.packed(matrix, inputs: inputs, outputs: outputs)
      KernelSet.reference.multiply(
        Product(
          input: map, output: FeatureMap(panels: expected.base, pixels: pixels), residual: added, weights: plain.base,
          bias: bias.base, pixels: 0..<pixels, panels: 0..<padded(outputs) / panelWidth, depth: inputs, clamp: clamp))
      let packed = Fenced(unwritten: StrassenProduct.count * inputs * padded(outputs) / 4)
      kernels.packStrassen(matrix, inputs: inputs, outputs: outputs, into: packed.base)
      let half = padded(outputs) / 2
      let starts = Fenced(
        (0..<half).map { bias.values[$0] } + (0..<half).map { bias.values[half + $0] - bias.values[$0] }
          + [Float](repeating: 0, count: StrassenProduct.blockWidth))
      let panels = inputs / panelWidth / 2
      let scratch = Fenced(unwritten: StrassenProduct.scratchFloats(inputPanels: panels))
      let found = Fenced(unwritten: count)
      multiply(
        StrassenProduct(
          input: map, output: FeatureMap(panels: found.base, pixels: pixels), residual: added, weights: packed.base,
          bias: starts.base, pixels: pixels, inputPanels: panels,
          outputPanels: half / panelWidth, clamp: clamp, scratch: scratch.base))
      #expect(packed.fencesStand && scratch.fencesStand)
      // Of every sum, seven products.
      let isRight = found.agrees(with: expected, terms: 8 * inputs)
      #expect(isRight, "\(hasResidual)")
    }
  }
}
