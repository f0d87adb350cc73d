import KernelCalls
import Kernels
import Testing

@Suite struct ResampleTests {
  static let names = KernelSet.all.filter(\.isSupported).map(\.name)

  /// Codings whose sums come out at all kinds of fractions: BT.601 limited and full, BT.709 full, BT.2020 limited.
  static let codings = [
    LumaChroma(redPart: 0.299, bluePart: 0.114, black: 16, lumaSpan: 219, chromaSpan: 224),
    LumaChroma(redPart: 0.299, bluePart: 0.114, black: 0, lumaSpan: 255, chromaSpan: 255),
    LumaChroma(redPart: 0.2126, bluePart: 0.0722, black: 0, lumaSpan: 255, chromaSpan: 255),
    LumaChroma(redPart: 0.2627, bluePart: 0.0593, black: 16, lumaSpan: 219, chromaSpan: 224),
  ]

  @Test(arguments: names) func colorEqualsTheFormulaByteForByte(name: String) throws {
    let kernels = try KernelSet.chosen(named: name).picture
    for (width, height) in [(1, 1), (2, 1), (3, 2), (15, 3), (16, 4), (17, 5), (33, 2), (300, 6), (767, 7)] {
      for step in [1, 2] {
        for (coding, hasHalvedRows) in zip(Self.codings + [Self.codings[0]], [true, true, true, true, false]) {
          let planes = Bytes(3 * step * width * height, seed: width * 31 + height)
          let picture = planes.picture(width, height, step: step, coding: coding, hasHalvedRows: hasHalvedRows)
          for row in 0..<height {
            let found = converted(picture, row: row, by: kernels.color)
            #expect(
              found == converted(picture, row: row, by: PictureKernels.reference.color),
              "\(width)×\(height), row \(row)")
          }
          withExtendedLifetime(planes) {}
        }
      }
    }
  }

  /// Every luma with every chroma that eighths allow: all reds and blues, and greens with both chromas equal.
  @Test(arguments: names) func everySumOfOneChromaIsRoundedAsTheFormulaSays(name: String) throws {
    let kernels = try KernelSet.chosen(named: name).picture
    for coding in Self.codings {
      for first in stride(from: 0, through: 255, by: 5) {
        // Neighbouring chromas first and second make all the blends of the two, over all lumas.
        let width = 1024
        let luma = UnsafeMutablePointer<UInt8>.allocate(capacity: width)
        let chroma = UnsafeMutablePointer<UInt8>.allocate(capacity: width)
        defer {
          luma.deallocate()
          chroma.deallocate()
        }
        for x in 0..<width {
          luma[x] = UInt8(x / 4)
          chroma[x] = UInt8((first + x * 7 / 2) & 255)
        }
        let picture = Picture(
          width: width, height: 1,
          components: (
            Component(luma, rowStride: 0, step: 1), Component(chroma, rowStride: 0, step: 1),
            Component(chroma, rowStride: 0, step: 1)
          ), coding: coding)
        #expect(
          converted(picture, row: 0, by: kernels.color)
            == converted(picture, row: 0, by: PictureKernels.reference.color))
      }
    }
  }

  /// Both chromas free, which the green channel needs: neighbours walk so that all lumas, and all distances of both from
  /// 128 in eighths, come together in ever new ways, sums near to halves among them.
  @Test(arguments: names) func everyThirdChannelToo(name: String) throws {
    let kernels = try KernelSet.chosen(named: name).picture
    let width = 16_384
    let planes = Bytes((0..<3 * width).map { UInt8(truncatingIfNeeded: $0 / width == 0 ? $0 : $0 * $0 / 7 + $0 / 3) })
    for coding in Self.codings {
      for isBlueFirst in [false, true] {
        let picture = planes.picture(width, 1, step: 1, coding: coding, hasHalvedRows: false)
        #expect(
          converted(picture, row: 0, isBlueFirst: isBlueFirst, by: kernels.color)
            == converted(picture, row: 0, isBlueFirst: isBlueFirst, by: PictureKernels.reference.color))
      }
    }
    withExtendedLifetime(planes) {}
  }

  @Test(arguments: names) func resampleEqualsTheReferenceBitForBit(name: String) throws {
    let kernels = try KernelSet.chosen(named: name).picture
    for (source, target) in [(1, 1), (1, 7), (5, 3), (33, 16), (64, 33), (300, 300), (768, 300), (17, 320)] {
      var dice = Dice(source * 1000 + target)
      let width = RowResample.widthCount(target)
      // The last pixel too, behind which it stands once more.
      let places = [Int32(source - 1)] + dice.floats(width - 1).map { Int32(Float(source - 1) * abs($0)) }
      let weights = [0.5] + dice.floats(width - 1).map(abs)
      for (coding, isBlueFirst, step) in [
        (Self.codings[0], false, 1), (Self.codings[0], false, 2), (Self.codings[2], true, 1), (nil, false, 2),
        (nil, true, 2),
      ] {
        let planes = Bytes(3 * 2 * source * 2, seed: source + target)
        let picture = planes.picture(source, 2, step: step, coding: coding, hasHalvedRows: true)
        let (found, expected) = (Fenced(unwritten: 3 * width), Fenced(unwritten: 3 * width))
        for (output, resample) in [(found, kernels.resample), (expected, PictureKernels.reference.resample)] {
          withRow(picture, row: 1, isBlueFirst: isBlueFirst) { row in
            resample(
              RowResample(
                row, places: places, weights: weights, width: width, scale: 0.007843138, offset: -1,
                output: output.base))
          }
        }
        #expect(found.values == expected.values && found.fencesStand, "\(source) → \(target)")
        withExtendedLifetime(planes) {}
      }
    }
  }

  @Test(arguments: names) func blendEqualsTheReferenceBitForBit(name: String) throws {
    let kernels = try KernelSet.chosen(named: name).picture
    for width in [1, 3, 4, 7, 8, 15, 16, 17, 33, 300] {
      var dice = Dice(width)
      let planeStride = RowResample.widthCount(width)
      let (upper, lower) = (dice.floats(3 * planeStride), dice.floats(3 * planeStride))
      let (mixed, plain) = (Fenced(unwritten: 3 * width), Fenced(unwritten: 3 * width))
      for (output, blend) in [(mixed, kernels.blend), (plain, PictureKernels.reference.blend)] {
        blend(
          RowBlend(
            upper: upper, lower: lower, planeStride: planeStride, weight: 0.3, width: width, scale: 0.007843138,
            offset: -1, output: output.base))
      }
      #expect(mixed.values == plain.values && mixed.fencesStand)
    }
  }

  @Test func neutralChromaIsGrayAndWhiteIsWhite() {
    let bytes = Bytes([16, 235, 126, 126] + [128, 128, 128, 128])
    let base = bytes.base
    let picture = Picture(
      width: 4, height: 1,
      components: (
        Component(base, rowStride: 4, step: 1), Component(base + 4, rowStride: 2, step: 1),
        Component(base + 6, rowStride: 2, step: 1)
      ), coding: Self.codings[0])
    // (126 − 16) · 255/219 = 128.08
    #expect(converted(picture, row: 0, by: PictureKernels.reference.color) == [0, 0xFF_FFFF, 0x80_8080, 0x80_8080])
    withExtendedLifetime(bytes) {}
  }

  /// Returns the pixels of one row.
  private func converted(
    _ picture: Picture, row: Int, isBlueFirst: Bool = false, by color: (borrowing ColorRow) -> Void
  ) -> [UInt32] {
    withRow(picture, row: row, isBlueFirst: isBlueFirst) { call in
      color(call)
      return Array(UnsafeBufferPointer(start: call.pixels, count: picture.width))
    }
  }

  /// Returns what `body` makes of a row with memory to work in.
  private func withRow<Result>(
    _ picture: Picture, row: Int, isBlueFirst: Bool, _ body: (ColorRow) -> Result
  ) -> Result {
    let workspace = UnsafeMutablePointer<UInt8>.allocate(capacity: ColorRow.workspaceCount(width: picture.width))
    let pixels = UnsafeMutablePointer<UInt32>.allocate(capacity: ColorRow.pixelCount(width: picture.width))
    defer {
      workspace.deallocate()
      pixels.deallocate()
    }
    workspace.initialize(repeating: 0, count: ColorRow.workspaceCount(width: picture.width))
    pixels.initialize(repeating: 0, count: ColorRow.pixelCount(width: picture.width))
    return body(ColorRow(picture, row: row, isBlueFirst: isBlueFirst, workspace: workspace, pixels: pixels))
  }
}

/// Bytes of a made-up picture; nothing lies behind them that a kernel may read.
private final class Bytes {
  let base: UnsafeMutablePointer<UInt8>

  init(_ values: [UInt8]) {
    base = .allocate(capacity: max(values.count, 1))
    base.update(from: values, count: values.count)
  }

  convenience init(_ count: Int, seed: Int) {
    var dice = Dice(seed)
    self.init(dice.floats(count).map { UInt8(truncatingIfNeeded: $0.bitPattern >> 3) })
  }

  deinit { base.deallocate() }

  /// A picture of three planes of full size, of which chroma uses a part.
  func picture(_ width: Int, _ height: Int, step: Int, coding: LumaChroma?, hasHalvedRows: Bool) -> Picture {
    let (stride, size) = (step * width, step * width * height)
    return Picture(
      width: width, height: height,
      components: (
        Component(base, rowStride: stride, step: step), Component(base + size, rowStride: stride, step: step),
        Component(base + 2 * size, rowStride: stride, step: step)
      ), coding: coding, hasHalvedRows: hasHalvedRows)
  }
}
