import Model
import ModelImport
import Scene
import TestData
import Testing

/// torchvision's anchors and pre-processing against the library's own numbers.
@Suite struct TorchvisionRulesTests {
  /// The maps of `ssdlite320_mobilenet_v3_large`.
  static let maps = [20, 10, 5, 3, 2, 1].map { Extent(height: $0, width: $0) }

  @Test func boxesAreThoseOfTheLibrary() {
    let boxes = DefaultBoxes.ssdlite(maps: 6)
    let found = boxes.centered(over: Self.maps).map { pixels(of: $0.corners) }
    #expect(found.count == 3234 && boxes.count(over: Self.maps) == 3234)
    for (index, corners) in [
      (0, [-24, -24, 40, 40]), (1, [-34.3320198, -34.3320198, 50.3320236, 50.3320236]),
      (2, [-37.2548370, -14.6274185, 53.2548370, 30.6274185]), (2400, [-40, -40, 72, 72]),
      (3233, [72.2427521, 0, 247.757248, 320]),
    ] as [(Int, [Float])] {
      #expect(zip(found[index], corners).allSatisfy { abs($0 - $1) <= 1e-4 }, "box \(index): \(found[index])")
    }
  }

  @Test(.enabled(if: TestData.hasShared)) func allBoxesAreThoseOfTheLibrary() throws {
    let file = TestData.shared("synth/torch/ssdlite320_mobilenet_v3_large/golden/anchors_320.npz")
    let expected = try GoldenArrays(npz: file, named: "torch_anchors_320").floats("anchors")
    let found = DefaultBoxes.ssdlite(maps: 6).centered(over: Self.maps).flatMap { pixels(of: $0.corners) }
    #expect(found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-4 })
  }

  @Test func sizesBeyondThePictureAreCut() {
    let boxes = DefaultBoxes(sizes: [[SIMD2(1.5, 0.5)]]).centered(over: [Extent(height: 1, width: 1)])
    #expect(boxes == [CenteredBox(y: 0.5, x: 0.5, height: 0.5, width: 1)])
  }

  @Test func pixelsBecomeMinusOneToOne() {
    let contract = InputContract.torchvision(width: 320, height: 320)
    let (scale, offset) = (contract.normalization.scale, contract.normalization.offset)
    #expect(offset == -1 && abs(scale * 255 - 2) <= 1e-6 && contract.normalization.order == .beforeResize)
  }

  /// Left, upper, right and lower edge in pixels of the 320×320 input.
  private func pixels(of box: Box) -> [Float] { [box.xMin, box.yMin, box.xMax, box.yMax].map { 320 * $0 } }
}
