import KernelCalls
import Kernels
import Testing

/// Depthwise convolutions of maps of halves.
@Suite struct HalfConvolveTests {
  /// Width, height.
  private static let sizes = [
    (1, 1), (2, 2), (3, 3), (1, 4), (4, 1), (5, 2), (7, 6), (10, 3), (19, 5), (38, 4), (75, 3), (21, 21), (20, 7),
  ]

  /// The sizes at which `window` is one of those that kernels for halves do.
  private static func calls(_ window: KernelWindow) -> [Geometry] {
    sizes.flatMap { width, height in [0, 1].map { Geometry(width, height, window, further: $0) } }.filter(\.isQuick)
  }

  @Test(arguments: HalvesTests.fast, ConvolveTests.windows) func matchesTheReference(name: String, window: KernelWindow)
  {
    for geometry in Self.calls(window) {
      for (channels, clamp) in [(16, Clamp.relu6), (40, .hardSwish), (16, .none)] {
        let expected = geometry.convolve(.reference, channels: channels, clamp)
        let found = geometry.convolve(.named(name), channels: channels, clamp)
        // A set in pairs writes halves, which are up to 1/512 from the sums that the others write.
        let isRight = zip(found, expected).allSatisfy { abs($0 - $1) <= abs($1) / 256 + 1e-5 }
        #expect(isRight && found.count == expected.count, "\(geometry) of \(channels)")
      }
    }
  }

  /// What products read of it: rounded, each is the same.
  @Test(arguments: HalvesTests.fusing, ConvolveTests.windows)
  func setsThatFuseGiveTheSameHalves(name: String, window: KernelWindow) throws {
    let first = try #require(HalvesTests.fusing.first)
    for geometry in Self.calls(window) {
      let (found, expected) = (
        geometry.convolve(.named(name), channels: 40, .relu6), geometry.convolve(.named(first), channels: 40, .relu6)
      )
      #expect(halves(of: found) == halves(of: expected), "\(geometry)")
    }
  }

  @Test func windowsOfTheFastBodiesAreAmongTheTested() {
    #expect(ConvolveTests.windows.count { !Self.calls($0).isEmpty } >= 6)
  }

  /// A strip of 5 output rows of a 13 × 13 map, and the input rows that it reads, alone in memory.
  @Test(arguments: HalvesTests.fast, [1, 2]) func aStripIsAPartOfTheWhole(name: String, stride: Int) {
    let kernels = HalfKernels.named(name)
    let geometry = Geometry(13, 13, KernelWindow(side: 3, stride: stride, padding: 1), further: 0)
    let rows = 1..<6
    let whole = geometry.convolve(kernels, channels: 32, .relu6)
    let strip = geometry.convolve(kernels, channels: 32, .relu6, rows: rows)
    let (row, size) = (geometry.outputWidth * panelWidth, geometry.outputWidth * geometry.outputHeight * panelWidth)
    var expected: [Float] = []
    for panel in 0..<2 { expected += whole[panel * size..<(panel + 1) * size].dropFirst(row).prefix(rows.count * row) }
    #expect(strip == expected)
  }

  @Test func roundedWeightsKeepTheirSum() {
    var dice = Dice(17)
    for _ in 0..<100 {
      let weights = dice.floats(9)
      let rounded = HalfKernels.halves(keepingSumOf: weights)
      let sizes = weights.map(abs)
      let (smallest, largest) = (sizes.min() ?? 0, sizes.max() ?? 0)
      let error = zip(rounded, weights).reduce(0) { $0 + Double($1.0) - Double($1.1) }
      #expect(abs(error) <= Double(smallest) / 128 + 1e-7)
      #expect(zip(rounded, weights).allSatisfy { abs($0 - $1) <= largest / 128 })
      #expect(halves(of: rounded + [Float](repeating: 0, count: 7)).prefix(9) == rounded[...])
    }
  }

  /// Returns `floats`, whole panels, each rounded to the nearest half.
  private func halves(of floats: [Float]) -> [Float] {
    let memory = Fenced(floats)
    let pixels = floats.count / panelWidth
    return HalfKernels.reference.narrowed(FeatureMap(panels: memory.base, pixels: pixels), pixels: pixels, panels: 1)
      .values
  }
}

/// The sizes of a convolution.
private struct Geometry {
  let width: Int
  let height: Int
  let window: KernelWindow
  let outputWidth: Int
  let outputHeight: Int

  /// One with as many outputs as SAME gives, and so many more in either direction.
  init(_ width: Int, _ height: Int, _ window: KernelWindow, further: Int) {
    (self.width, self.height, self.window) = (width, height, window)
    outputWidth = (width - 1) / window.columnStride + 1 + further
    outputHeight = (height - 1) / window.rowStride + 1 + further
  }

  var isQuick: Bool {
    window.quickStep(
      inputWidth: width, inputHeight: height, outputWidth: outputWidth, lastRow: outputHeight - 1) > 0
  }

  /// Returns what `kernels` make of a random map of halves, as floats, `[panel][pixel][16]`; the input rows that `rows` do
  /// not read are not in memory.
  func convolve(_ kernels: HalfKernels, channels: Int, _ clamp: Clamp, rows: Range<Int>? = nil) -> [Float] {
    let rows = rows ?? 0..<outputHeight
    let first = rows.count == outputHeight ? 0 : max(rows.lowerBound * window.rowStride - window.top, 0)
    let end =
      rows.count == outputHeight
      ? height : min((rows.upperBound - 1) * window.rowStride - window.top + window.height, height)
    var dice = Dice(width * 100 + height)
    let weights = Fenced(unwritten: kernels.packedDepthwiseCount(channels: channels))
    kernels.packDepthwise(dice.floats(9 * channels), channels: channels, into: weights.base)
    let bias = paddedPanels(dice.floats(channels))
    let panels = padded(channels) / panelWidth
    let floats = Fenced(dice.floats(width * height * padded(channels)))
    let whole = HalfKernels.reference.narrowed(
      FeatureMap(panels: floats.base, pixels: width * height), pixels: width * height, panels: panels
    ).values
    let line = width * panelWidth
    var part: [Float] = []
    for panel in 0..<panels { part += whole[(panel * height + first) * line..<(panel * height + end) * line] }
    let input = kernels.map(ofHalves: part)
    let outputs = rows.count * outputWidth
    let result = Fenced(unwritten: outputs * panels * kernels.panelFloats)
    func map(_ memory: Fenced, _ pixels: Int) -> FeatureMap {
      FeatureMap(memory.base, pixelStride: kernels.panelFloats, panelStride: pixels * kernels.panelFloats)
    }
    var call = Depthwise(
      input: map(input, (end - first) * width), inputWidth: width, inputHeight: height, output: map(result, outputs),
      outputWidth: outputWidth, rows: rows, panels: 0..<panels, weights: weights.base, bias: bias.base, window: window,
      clamp: clamp)
    (call.firstInputRow, call.firstOutputRow) = (first, rows.lowerBound)
    kernels.convolve(call)
    #expect(result.fencesStand && weights.fencesStand)
    return kernels.floats(ofMap: result)
  }
}
