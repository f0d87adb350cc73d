import Foundation
import Pixels
import Testing

@Suite struct CanvasTests {
  private static let fence = 64
  private static let mark: UInt8 = 0xA5
  private static let paint = Paint(luma: 150, blueness: 90, redness: 170)

  /// Lets `draw` draw on a black RGB picture and returns its bytes; nobody may write beyond them.
  private func drawn(_ width: Int, _ height: Int, _ draw: (inout Canvas) -> Void) -> [UInt8] {
    let (count, fence) = (3 * width * height, Self.fence)
    var memory = [UInt8](repeating: Self.mark, count: count + 2 * fence)
    for index in fence..<fence + count { memory[index] = 0 }
    memory.withUnsafeMutableBufferPointer { bytes in
      var canvas = Canvas(width: width, height: height, rgb: bytes.baseAddress! + fence)
      draw(&canvas)
    }
    #expect(
      memory[..<fence].allSatisfy { $0 == Self.mark } && memory[(fence + count)...].allSatisfy { $0 == Self.mark })
    return Array(memory[fence..<fence + count])
  }

  @Test(arguments: [(2, 1, 5, 4), (-3, -3, 2, 2), (6, 4, 90, 90), (-9, -9, 99, 99), (9, 0, 12, 3)])
  func aFilledAreaHasThePaintsColourAndTheRestIsAsItWas(left: Int, top: Int, right: Int, bottom: Int) {
    let (width, height) = (9, 7)
    let bytes = drawn(width, height) { $0.fill(PixelArea(columns: left..<right, rows: top..<bottom), Self.paint) }
    let (red, green, blue) = Self.paint.rgb
    for y in 0..<height {
      for x in 0..<width {
        let pixel = Array(bytes[3 * (y * width + x)..<3 * (y * width + x) + 3])
        let isInside = (left..<right).contains(x) && (top..<bottom).contains(y)
        #expect(pixel == (isInside ? [red, green, blue] : [0, 0, 0]), "(\(x), \(y))")
      }
    }
  }

  @Test func aStampMixesByItsCoverage() {
    let mask = Coverage(width: 3, height: 1, bytes: [0, 128, 255])
    let bytes = drawn(5, 3) { $0.stamp(mask, x: 1, y: 1, .white, inside: $0.area) }
    #expect(bytes[3 * 6..<3 * 9] == [0, 0, 0, 128, 128, 128, 255, 255, 255])
    #expect(bytes.count { $0 != 0 } == 6)
    let clipped = drawn(5, 3) { $0.stamp(mask, x: 3, y: 2, .white, inside: $0.area) }
    #expect(clipped.count { $0 != 0 } == 3)
  }

  @Test func aFrameOfCoverageIsHollow() {
    #expect(Coverage(frameOf: 4, 3, stroke: 1).bytes == [255, 255, 255, 255, 255, 0, 0, 255, 255, 255, 255, 255])
    #expect(Coverage(frameOf: 2, 2, stroke: 1).bytes == [255, 255, 255, 255])
  }

  @Test func areasOverlapByTheirCommonPixels() {
    let area = PixelArea(columns: 2..<6, rows: 1..<5)
    for (columns, rows, count) in [(0..<9, 0..<9, 16), (5..<9, 4..<9, 1), (6..<9, 0..<9, 0), (0..<2, 1..<5, 0)] {
      let other = PixelArea(columns: columns, rows: rows)
      #expect(area.overlap(with: other) == count && other.overlap(with: area) == count)
    }
  }

  @Test func paintsHaveTheirColours() {
    #expect(Paint.black.rgb == (0, 0, 0) && Paint.white.rgb == (255, 255, 255))
    #expect(Paint(luma: 81, blueness: 90, redness: 240).rgb == (254, 0, 0))
  }

  /// Contrast of WCAG 2, its luminance by an exponent of 2.2, which is near enough: 4.5 : 1 is what it asks of text.
  @Test func inkIsReadOnEveryPaint() {
    func luminance(_ paint: Paint) -> Double {
      let parts = [paint.rgb.red, paint.rgb.green, paint.rgb.blue].map { pow(Double($0) / 255, 2.2) }
      return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
    for number in 0..<1000 {
      let paint = Paint.distinct(number)
      let lights = [luminance(paint), luminance(paint.ink)].sorted()
      #expect((lights[1] + 0.05) / (lights[0] + 0.05) > 4.4, "\(number)")
    }
    #expect(Paint.black.ink == .white && Paint.white.ink == .black)
  }
}
