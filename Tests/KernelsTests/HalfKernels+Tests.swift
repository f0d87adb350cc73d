import KernelCalls
import Kernels
import Testing

extension HalfKernels {
  static func named(_ name: String) -> HalfKernels { all.first { $0.name == name }! }

  /// Returns `matrix` [inputs][outputs] as these kernels want it.
  func packed(_ matrix: [Float], inputs: Int, outputs: Int) -> Fenced {
    let depth = (inputs + 1) / 2 * 2
    let packed = Fenced(unwritten: packedCount(depth: depth, outputs: outputs))
    pack(matrix, taps: 1, inputs: inputs, outputs: outputs, tapDepth: depth, into: packed.base)
    #expect(packed.fencesStand)
    return packed
  }

  /// Returns the halves of a map as floats, whatever their layout: `[panel][pixel][16]`.
  func narrowed(_ input: FeatureMap, pixels: Int, panels: Int) -> Fenced {
    let halves = Fenced(unwritten: pixels * panels * panelFloats)
    narrow(Narrowing(input: input, pixels: pixels, panels: panels, output: halves.base))
    #expect(halves.fencesStand)
    let values = halves.values
    switch order {
    case .plain: return halves
    case .columns: return Fenced(values.indices.map { values[$0 ^ 1] })
    case .pairs:
      return Fenced(floats(ofMap: halves))
    }
  }

  /// Returns what a map of halves holds, as floats: `[panel][pixel][16]`.
  func floats(ofMap memory: Fenced) -> [Float] {
    guard order == .pairs else { return memory.values }
    return memory.values.flatMap {
      [Float(bitPattern: $0.bitPattern << 16), Float(bitPattern: $0.bitPattern & 0xFFFF_0000)]
    }
  }

  /// Returns a map of these floats, which are halves: `[panel][pixel][16]`.
  func map(ofHalves floats: [Float]) -> Fenced {
    guard order == .pairs else { return Fenced(floats) }
    return Fenced(
      stride(from: 0, to: floats.count, by: 2).map {
        Float(bitPattern: floats[$0].bitPattern >> 16 | floats[$0 + 1].bitPattern)
      })
  }

  /// Computes `product`, of whose input at most the pixels up to its last one are narrowed.
  func compute(_ product: Product) {
    let (pixels, panels) = (product.pixels.upperBound, padded(product.depth) / panelWidth)
    let halves = Fenced(unwritten: pixels * panels * panelFloats)
    narrow(Narrowing(input: product.input, pixels: pixels, panels: panels, output: halves.base))
    multiply(product.overHalves(halves.base, pixels: pixels, panelFloats: panelFloats))
    #expect(halves.fencesStand)
  }

  /// Returns the product of a map and the matrix [inputs][2].
  func product(_ matrix: [Float], bias: [Float], _ input: FeatureMap, pixels: Int) -> Fenced {
    let packed = packed(matrix, inputs: matrix.count / 2, outputs: 2)
    let (bias, output) = (paddedPanels(bias), Fenced(unwritten: pixels * panelWidth))
    compute(
      Product(
        input: input, output: FeatureMap(panels: output.base, pixels: pixels), weights: packed.base, bias: bias.base,
        pixels: 0..<pixels, panels: 0..<1, depth: matrix.count / 2, clamp: .none))
    return output
  }

  /// Returns a product of random numbers.
  func product(
    seed: Int, _ pixels: Int, _ inputs: Int, _ outputs: Int, _ arrangement: Arrangement, _ clamp: Clamp,
    hasResidual: Bool, accumulates: Bool, rounds: Bool = false
  ) -> Fenced {
    var dice = Dice(seed)
    let packed = packed(dice.floats(inputs * outputs), inputs: inputs, outputs: outputs)
    let bias = paddedPanels(dice.floats(outputs))
    let input = Fenced(dice.floats(pixels * padded(inputs)))
    let residual = Fenced(dice.floats(pixels * padded(outputs)))
    let floats = dice.floats(pixels * padded(outputs))
    let result = rounds ? Fenced(unwritten: floats.count * panelFloats / panelWidth) : Fenced(floats)
    var call = Product(
      input: arrangement.map(input, pixels: pixels, channels: inputs),
      output: arrangement.map(result, pixels: pixels, channels: outputs),
      residual: hasResidual ? arrangement.map(residual, pixels: pixels, channels: outputs) : nil,
      weights: packed.base, bias: bias.base, pixels: 0..<pixels, panels: 0..<padded(outputs) / panelWidth,
      depth: inputs, clamp: clamp)
    call.accumulates = accumulates
    if rounds {
      call.roundsResults = true
      call.output = FeatureMap(result.base, pixelStride: panelFloats, panelStride: pixels * panelFloats)
    }
    compute(call)
    return result
  }
}
