import KernelCalls
import Kernels
import Testing

@Suite struct WinogradTests {
  /// Width and height of the output, zeros above and left, rows and columns that the input is larger by.
  static let shapes = [
    (1, 1, 1, 1, 0), (2, 2, 1, 1, 0), (3, 5, 1, 1, 0), (8, 7, 0, 0, 2), (5, 4, 1, 0, 1), (4, 5, 0, 1, 1),
    (7, 3, 2, 2, -2),
    (10, 10, 1, 1, 0), (19, 3, 1, 1, 0), (6, 6, 3, 4, -4), (9, 2, 1, 1, 5),
  ]

  @Test(arguments: fastSets, shapes) func transformsMatchTheReference(
    name: String, shape: (width: Int, height: Int, top: Int, left: Int, more: Int)
  ) throws {
    let kernels = try KernelSet.chosen(named: name)
    let tiles = WinogradTiles(outputWidth: shape.width, outputHeight: shape.height, top: shape.top, left: shape.left)
    let (width, height, channels) = (shape.width + shape.more, max(shape.height + shape.more, 1), 48)
    var dice = Dice(shape.width * 10 + shape.height)
    let input = Fenced(dice.floats(width * height * channels))
    let products = Fenced(dice.floats(16 * tiles.count * channels))
    let residual = Fenced(dice.floats(shape.width * shape.height * channels))
    let values = { (kernels: KernelSet) in
      let result = Fenced(unwritten: 16 * tiles.count * channels)
      kernels.winogradInput(
        WinogradInput(
          input: FeatureMap(panels: input.base, pixels: width * height), inputWidth: width, inputHeight: height,
          tiles: tiles, output: FeatureMap(panels: result.base, pixels: 16 * tiles.count), panels: 1..<3))
      return result
    }
    #expect(values(kernels).agrees(with: values(.reference), terms: 4))
    for (clamp, hasResidual) in [(Clamp.none, false), (.relu6, true), (.hardSwish, false), (.hardSwish, true)] {
      let pixels = shape.width * shape.height
      let results = { (kernels: KernelSet) in
        let result = Fenced(unwritten: pixels * channels)
        kernels.winogradOutput(
          WinogradOutput(
            input: FeatureMap(panels: products.base, pixels: 16 * tiles.count), tiles: tiles,
            output: FeatureMap(panels: result.base, pixels: pixels), outputWidth: shape.width,
            outputHeight: shape.height, residual: hasResidual ? FeatureMap(panels: residual.base, pixels: pixels) : nil,
            panels: 0..<2, clamp: clamp))
        return result
      }
      #expect(results(kernels).agrees(with: results(.reference), terms: 16))
    }
  }

  /// Transform, products and transform, against the formula over unpacked weights.
  @Test(arguments: fastSets + ["reference"], shapes) func theThreeAreADenseConvolution(
    name: String, shape: (width: Int, height: Int, top: Int, left: Int, more: Int)
  ) throws {
    let kernels = try KernelSet.chosen(named: name)
    let tiles = WinogradTiles(outputWidth: shape.width, outputHeight: shape.height, top: shape.top, left: shape.left)
    let (width, height, inputs, outputs) = (shape.width + shape.more, max(shape.height + shape.more, 1), 20, 40)
    var dice = Dice(shape.width + shape.height)
    let (weights, bias) = (dice.floats(9 * inputs * outputs), dice.floats(outputs))
    let input = Fenced(dice.floats(width * height * padded(inputs)))
    let matrix = inputs * padded(outputs)
    let packed = Fenced(unwritten: 16 * matrix)
    kernels.packWinograd(weights, inputs: inputs, outputs: outputs, into: packed.base)
    #expect(packed.fencesStand)
    let map = FeatureMap(panels: input.base, pixels: width * height)
    let (values, sums) = (
      Fenced(unwritten: 16 * tiles.count * padded(inputs)), Fenced(unwritten: 16 * tiles.count * padded(outputs))
    )
    let before = FeatureMap(panels: values.base, pixels: 16 * tiles.count)
    let after = FeatureMap(panels: sums.base, pixels: 16 * tiles.count)
    kernels.winogradInput(
      WinogradInput(
        input: map, inputWidth: width, inputHeight: height, tiles: tiles, output: before,
        panels: 0..<padded(inputs) / panelWidth))
    let (start, zeros) = (paddedPanels(bias), paddedPanels(bias.map { _ in 0 }))
    for row in 0..<16 {
      var (from, to) = (before, after)
      from.base += row * tiles.count * panelWidth
      to.base += row * tiles.count * panelWidth
      kernels.multiply(
        Product(
          input: from, output: to, weights: packed.base + row * matrix, bias: row == 5 ? start.base : zeros.base,
          pixels: 0..<tiles.count, panels: 0..<padded(outputs) / panelWidth, depth: inputs, clamp: .none))
    }
    let pixels = shape.width * shape.height
    let result = Fenced(unwritten: pixels * padded(outputs))
    let found = FeatureMap(panels: result.base, pixels: pixels)
    kernels.winogradOutput(
      WinogradOutput(
        input: after, tiles: tiles, output: found, outputWidth: shape.width, outputHeight: shape.height,
        panels: 0..<padded(outputs) / panelWidth, clamp: .none))
    var isRight = result.fencesStand && values.fencesStand && sums.fencesStand
    for pixel in 0..<pixels {
      for output in 0..<outputs {
        var sum = Double(bias[output])
        for tap in 0..<9 {
          let (y, x) = (pixel / shape.width - shape.top + tap / 3, pixel % shape.width - shape.left + tap % 3)
          guard y >= 0, y < height, x >= 0, x < width else { continue }
          for channel in 0..<inputs {
            sum +=
              Double(map.address(pixel: y * width + x, channel: channel).pointee)
              * Double(weights[(tap * inputs + channel) * outputs + output])
          }
        }
        let value = found.address(pixel: pixel, channel: output).pointee
        // 16 sums of values up to 4 and weights up to 2.25.
        isRight = isRight && abs(Double(value) - sum) < Double(Float.ulpOfOne) * 16 * Double(inputs)
      }
    }
    #expect(isRight)
  }
}
