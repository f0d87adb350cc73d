import KernelCalls
import Kernels
import Testing

@Suite struct GatherTests {
  /// A dense convolution as gather and product, against the formula over unpacked weights.
  @Test(arguments: fastSets + ["reference"], ConvolveTests.windows)
  func gatherAndProductAreADenseConvolution(name: String, window: KernelWindow) throws {
    let kernels = try KernelSet.chosen(named: name)
    let (width, height, inputs, outputs) = (9, 7, 21, 24)
    let (outputWidth, outputHeight) = ((width - 1) / window.columnStride + 1, (height - 1) / window.rowStride + 1)
    var dice = Dice(5)
    let weights = dice.floats(window.taps * inputs * outputs)
    let (bias, picture) = (dice.floats(outputs), dice.floats(width * height * inputs))
    var panels = [Float](repeating: 0, count: width * height * padded(inputs))
    for index in picture.indices {
      let (pixel, channel) = (index / inputs, index % inputs)
      panels[(channel / 16 * width * height + pixel) * 16 + channel % 16] = picture[index]
    }
    let (input, paddedBias) = (Fenced(panels), paddedPanels(bias))
    // A strip from the middle of one row to the middle of a later one.
    let pixels = outputWidth / 2..<max(outputWidth * outputHeight - 1, 1)
    let depth = window.taps * padded(inputs)
    let (gathered, result) = (
      Fenced(unwritten: pixels.count * depth), Fenced(unwritten: pixels.count * padded(outputs))
    )
    let packed = Fenced(unwritten: depth * padded(outputs))
    let pairedPanel = kernels.pairedPanel(inputs: depth, outputs: outputs)
    kernels.packConvolution(
      weights, taps: window.taps, inputs: inputs, outputs: outputs, inPairs: pairedPanel != nil, into: packed.base)
    let target = FeatureMap(panels: gathered.base, pixels: pixels.count)
    kernels.gather(
      Gather(
        input: FeatureMap(panels: input.base, pixels: width * height), inputWidth: width, inputHeight: height,
        inputPanels: padded(inputs) / panelWidth, target: target, outputWidth: outputWidth, pixels: pixels,
        window: window))
    #expect(gathered.fencesStand)
    let map = FeatureMap(panels: result.base, pixels: pixels.count)
    kernels.multiply(
      Product(
        input: target, output: map, weights: packed.base, pairedPanel: pairedPanel, bias: paddedBias.base,
        pixels: 0..<pixels.count, panels: 0..<padded(outputs) / panelWidth, depth: depth, clamp: .none))
    var isRight = result.fencesStand
    for pixel in pixels {
      for output in 0..<outputs {
        var sum = Double(bias[output])
        for tap in 0..<window.taps {
          let y = pixel / outputWidth * window.rowStride - window.top + tap / window.width * window.rowDilation
          let x = pixel % outputWidth * window.columnStride - window.left + tap % window.width * window.columnDilation
          guard y >= 0, y < height, x >= 0, x < width else { continue }
          for channel in 0..<inputs {
            sum +=
              Double(picture[(y * width + x) * inputs + channel])
              * Double(weights[(tap * inputs + channel) * outputs + output])
          }
        }
        let found = map.address(pixel: pixel - pixels.lowerBound, channel: output).pointee
        isRight = isRight && abs(Double(found) - sum) < Double(Float.ulpOfOne) * Double(depth)
      }
    }
    #expect(isRight)
  }

  @Test(arguments: fastSets, ConvolveTests.windows)
  func matchesTheReferenceInAStrip(name: String, window: KernelWindow) throws {
    let (width, size, panels) = (11, 11, 3)
    let outputWidth = (width - 1) / window.columnStride + 1
    let first = 1
    var dice = Dice(8)
    // The strip holds all rows but the first, as for output rows that do not read it.
    let input = Fenced(dice.floats((size - first) * width * panels * panelWidth))
    let row = (first + window.top + window.rowStride - 1) / window.rowStride
    let pixels = row * outputWidth + 1..<(row + 2) * outputWidth
    let run = { (kernels: KernelSet) in
      // From the second panel of the first tap to the last but one of the last.
      let windowPanels = 1..<window.taps * panels - 1
      let result = Fenced(unwritten: pixels.count * windowPanels.count * panelWidth)
      var call = Gather(
        input: FeatureMap(panels: input.base, pixels: (size - first) * width), inputWidth: width, inputHeight: size,
        inputPanels: panels, target: FeatureMap(panels: result.base, pixels: pixels.count), outputWidth: outputWidth,
        pixels: pixels, window: window)
      (call.firstInputRow, call.windowPanels) = (first, windowPanels)
      kernels.gather(call)
      return result
    }
    #expect(run(try KernelSet.chosen(named: name)).agrees(with: run(.reference), terms: 0))
  }

  /// One row of a convolution over packed RGB with zeros in memory, against gather and product over padded channels.
  @Test(arguments: fastSets + ["reference"], [(3, 2), (7, 2), (5, 1)])
  func aPackedPictureNeedsNoGather(name: String, shape: (side: Int, stride: Int)) throws {
    let kernels = try KernelSet.chosen(named: name)
    let (width, outputs) = (12, 20)
    let window = KernelWindow(side: shape.side, stride: shape.stride, padding: shape.side / 2)
    let (before, rowStride) = (window.left, (width + shape.side) * 3 + 1)
    var dice = Dice(4)
    let (weights, bias) = (dice.floats(window.taps * 3 * outputs), paddedPanels(dice.floats(outputs)))
    let values = dice.floats(shape.side * width * 3)
    // All rows of the window exist; the columns left and right of the picture are zeros.
    var memory = [Float](repeating: 0, count: shape.side * rowStride)
    var panels = [Float](repeating: 0, count: shape.side * width * panelWidth)
    for index in values.indices {
      let (row, column, channel) = (index / 3 / width, index / 3 % width, index % 3)
      memory[row * rowStride + (column + before) * 3 + channel] = values[index]
      panels[index / 3 * panelWidth + channel] = values[index]
    }
    let (picture, input) = (Fenced(memory), Fenced(panels))
    let columns = (width - 1) / shape.stride + 1
    let (found, expected) = (Fenced(unwritten: columns * 32), Fenced(unwritten: columns * 32))
    let packed = kernels.packed(weights, inputs: window.taps * 3, outputs: outputs)
    kernels.multiply(
      Product(
        picture: picture.base, channels: 3, rowStride: rowStride, window: window,
        output: FeatureMap(panels: found.base, pixels: columns), weights: packed.base, bias: bias.base,
        columns: 0..<columns, panels: 0..<2, clamp: .relu6))

    let depth = window.taps * panelWidth
    let (gathered, dense) = (Fenced(unwritten: columns * depth), Fenced(unwritten: depth * 32))
    let target = FeatureMap(panels: gathered.base, pixels: columns)
    var row = window
    row.top = 0
    KernelSet.reference.gather(
      Gather(
        input: FeatureMap(panels: input.base, pixels: shape.side * width), inputWidth: width, inputHeight: shape.side,
        inputPanels: 1, target: target, outputWidth: columns, pixels: 0..<columns, window: row))
    KernelSet.reference.packConvolution(weights, taps: window.taps, inputs: 3, outputs: outputs, into: dense.base)
    KernelSet.reference.multiply(
      Product(
        input: target, output: FeatureMap(panels: expected.base, pixels: columns), weights: dense.base,
        bias: bias.base, pixels: 0..<columns, panels: 0..<2, depth: depth, clamp: .relu6))
    #expect(found.agrees(with: expected, terms: window.taps * 3))
  }
}
