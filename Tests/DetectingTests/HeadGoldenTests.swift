import Detecting
import Foundation
import Model
import Scene
import TestData
import Testing

/// The raw heads of the reference runtime, decoded by us, against what it decoded itself.
@Suite(.enabled(if: TestData.hasShared)) struct HeadGoldenTests {
  @Test(arguments: ["pbc_t10", "pedsurv_t3"])
  func everyBoxAndScoreIsTheReferences(picture: String) throws {
    let golden = try GoldenArrays(npz: TestData.shared("golden/tf_pedestrian/raw_\(picture).png.npz"))
    let scores = try golden.floats("Postprocessor__convert_scores")
    let boxes = try golden.floats("Postprocessor__Decode__transpose_1")
    try #require(scores.count == 2 * 1917 && boxes.count == 4 * 1917)
    let found = try detections(golden, suppression: .everything(above: -1), width: 1, height: 1)
    #expect(found.count == 1917)
    for detection in found {
      let box = boxes[4 * detection.anchor..<4 * detection.anchor + 4].map(Double.init)
      let rect = detection.rect
      for (mine, theirs) in zip([rect.top, rect.left, rect.bottom, rect.right], box) {
        #expect(abs(mine - theirs) <= 1e-6)
      }
      #expect(abs(detection.score - scores[2 * detection.anchor + 1]) <= 2e-7)
    }
  }

  @Test(arguments: ["pbc_t10", "pedsurv_t3"])
  func detectionsAreTheReferences(picture: String) throws {
    let golden = try GoldenArrays(npz: TestData.shared("golden/tf_pedestrian/raw_\(picture).png.npz"))
    let text = try Data(contentsOf: TestData.shared("golden/tf_pedestrian/detections.json"))
    let pictures = try JSONDecoder().decode([String: GoldenPicture].self, from: text)
    let expected = try #require(pictures["golden/frames/\(picture).png"])
    let (width, height) = (expected.size[0], expected.size[1])
    let found = try detections(
      golden, suppression: .tensorFlow(.beforeSuppression, threshold: 1e-8), width: width, height: height)
    #expect(found.count == expected.num)
    // The file lists the detections down to a score of 0.05.
    let listed = found.filter { $0.score > 0.05 }
    try #require(listed.count == expected.dets.count)
    for (mine, theirs) in zip(listed, expected.dets) {
      #expect(mine.classID == Int(theirs[5]))
      #expect(abs(Double(mine.score) - theirs[4]) < 2e-6)
      let rect = PixelRect(
        left: theirs[1] * Double(width), top: theirs[0] * Double(height), right: theirs[3] * Double(width),
        bottom: theirs[2] * Double(height))
      #expect(mine.rect.intersectionOverUnion(with: rect) > 0.9999)
    }
  }

  private func detections(
    _ golden: GoldenArrays, suppression: Suppression, width: Int, height: Int
  ) throws -> [Detection] {
    var decoder = HeadDecoder(
      DetectionHead(
        anchors: ssdAnchors(), coder: .tensorFlow, columns: 2, backgroundColumn: 0, classOffset: 0, scores: .sigmoid,
        suppression: suppression),
      settings: DetectorSettings())
    let (boxes, classes) = (try golden.floats("concat"), try golden.floats("concat_1"))
    return decoder.detections(boxes: boxes.span, classes: classes.span, width: width, height: height)
  }

  /// Returns the 1,917 anchors of the TensorFlow SSDs for 300 × 300: six maps, scales 0.2…0.95, five ratios.
  private func ssdAnchors() -> [Box] {
    let ratios: [Float] = [1, 2, 0.5, 3, 0.3333]
    var scales: [Double] = (0...5).map { layer in 0.2 + 0.75 * Double(layer) / 5 }
    scales.append(1)
    var anchors: [Box] = []
    for (layer, grid) in [19, 10, 5, 3, 2, 1].enumerated() {
      let between = (scales[layer] * scales[layer + 1]).squareRoot()
      var shapes: [(scale: Float, ratio: Float)] = ratios.map { (scale: Float(scales[layer]), ratio: $0) }
      shapes.append((scale: Float(between), ratio: 1))
      if layer == 0 { shapes = [(0.1, 1), (0.2, 2), (0.2, 0.5)] }
      let step = 1 / Float(grid)
      for row in 0..<grid {
        for column in 0..<grid {
          let y: Float = Float(row) * step + 0.5 * step
          let x: Float = Float(column) * step + 0.5 * step
          for (scale, ratio) in shapes {
            let height: Float = scale / ratio.squareRoot()
            let width: Float = scale * ratio.squareRoot()
            anchors.append(
              Box(yMin: y - 0.5 * height, xMin: x - 0.5 * width, yMax: y + 0.5 * height, xMax: x + 0.5 * width))
          }
        }
      }
    }
    return anchors
  }
}

/// One picture of the golden file; a detection is yMin, xMin, yMax, xMax, score, class.
private struct GoldenPicture: Decodable {
  let size: [Int]
  let num: Int
  let dets: [[Double]]
}
