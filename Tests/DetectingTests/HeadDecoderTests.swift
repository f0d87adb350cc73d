import Detecting
import Foundation
import Model
import Scene
import TestData
import Testing

@Suite struct HeadDecoderTests {
  /// The bound on logits leaves out exactly what the scores leave out.
  @Test(arguments: [Float(1e-45), 1e-38, 1e-8, 0.001, 0.25, 0.3, 0.5, 0.75, 0.999, 0.999_999_9, 1, 2, 0, -1])
  func sigmoidScoresAreComparedInFloat32(threshold: Float) {
    var random = SeededGenerator(seed: 11)
    var scene = HeadScene(seed: 1, suppression: .everything(above: threshold), anchors: 700, columns: 3)
    scene.head.scores = .sigmoid
    let center = Float(log(Double(threshold) / (1 - Double(threshold))))
    scene.classes = scene.classes.indices.map { index in
      // Logits within a few units in the last place of the threshold's, and logits from everywhere.
      index % 2 == 0 && center.isFinite
        ? center + Float(Int.random(in: -40...40, using: &random)) * center.ulp
        : Float.random(in: -110...110, using: &random)
    }
    expectAll(of: scene, above: threshold) { row, column in 1 / (1 + exp(-row[column])) }
    // A threshold that is a score itself is not passed by it.
    let score = 1 / (1 + exp(-scene.classes[1]))
    scene.head.suppression.scoreThreshold = score
    expectAll(of: scene, above: score) { row, column in 1 / (1 + exp(-row[column])) }
  }

  @Test(arguments: [Float(1e-8), 0.001, 0.3, 0.5, 0.9, 0.999_99, 1, 0, -1], [0, 2, nil])
  func softmaxScoresAreComparedInFloat32(threshold: Float, background: Int?) {
    var random = SeededGenerator(seed: 12)
    var scene = HeadScene(seed: 1, suppression: .everything(above: threshold), anchors: 500, columns: 5)
    scene.head.scores = .softmax
    scene.head.backgroundColumn = background
    scene.classes = scene.classes.indices.map { _ in Float.random(in: -8...8, using: &random) }
    expectAll(of: scene, above: threshold) { row, column in
      let greatest = row.max() ?? 0
      let powers = row.map { exp($0 - greatest) }
      return powers[column] / powers.reduce(0, +)
    }
  }

  @Test(arguments: [ScoreConversion.identity, .sigmoid, .softmax])
  func whatIsNotANumberIsNoDetection(conversion: ScoreConversion) {
    for seed in 0..<20 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      var scene = HeadScene(seed: seed, suppression: .tensorFlow(.afterSuppression, threshold: -1, total: 1000))
      scene.head.scores = conversion
      let odd: [Float] = [.nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.nan, -0.0]
      for _ in 0..<60 {
        scene.classes[Int.random(in: scene.classes.indices, using: &random)] = odd.randomElement(using: &random) ?? 0
        scene.boxes[Int.random(in: scene.boxes.indices, using: &random)] = odd.randomElement(using: &random) ?? 0
      }
      for clipping in [Suppression.Clipping.beforeSuppression, .afterSuppression, .never] {
        scene.head.suppression.clipping = clipping
        let found = scene.detections()
        #expect(!found.isEmpty)
        for detection in found {
          #expect(!detection.score.isNaN)
          #expect(detection.rect.area.isFinite && detection.rect.left.isFinite && detection.rect.top.isFinite)
        }
      }
    }
  }

  @Test func anOverflowingSizeIsClippedToThePicture() {
    var scene = HeadScene(seed: 0, suppression: .tensorFlow(.beforeSuppression), anchors: 1, columns: 2)
    scene.head.anchors = [Box(yMin: 0.4, xMin: 0.4, yMax: 0.6, xMax: 0.6)]
    scene.classes = [0, 1]
    scene.boxes = [0, 0, 1000, 1000]
    #expect(scene.detections().map(\.rect) == [PixelRect(left: 0, top: 0, right: 1, bottom: 1)])
    // With the bound of torchvision's coder it is 62.5 times the anchor.
    scene.head.coder.maxLogSize = Float(log(1000.0 / 16))
    scene.head.suppression.clipping = .never
    #expect(abs((scene.detections().first?.rect.height ?? 0) - 12.5) < 1e-5)
  }

  @Test func bothOrdersOfTheCodeGiveTheSameBoxes() {
    let scene = HeadScene(seed: 4, suppression: .tensorFlow(.afterSuppression))
    var turned = scene
    turned.head.coder.order = .xywh
    for index in stride(from: 0, to: scene.boxes.count, by: 4) {
      turned.boxes.swapAt(index, index + 1)
      turned.boxes.swapAt(index + 2, index + 3)
    }
    #expect(turned.detections() == scene.detections())
  }

  @Test func rectanglesAreInPixelsAndClassesHaveTheirOffset() {
    var scene = HeadScene(seed: 0, suppression: .tensorFlow(.beforeSuppression), anchors: 1, columns: 2)
    scene.head.anchors = [Box(yMin: 0.25, xMin: 0.5, yMax: 0.5, xMax: 0.75)]
    (scene.head.backgroundColumn, scene.head.classOffset) = (nil, 1)
    (scene.boxes, scene.classes) = ([0, 0, 0, 0], [0.4, 0.9])
    var decoder = HeadDecoder(scene.head, settings: DetectorSettings())
    let rect = PixelRect(left: 320, top: 120, right: 480, bottom: 240)
    // Twice: what one picture left in the buffers is gone in the next.
    for _ in 0..<2 {
      #expect(
        decoder.detections(boxes: scene.boxes.span, classes: scene.classes.span, width: 640, height: 480) == [
          Detection(rect: rect, score: 0.9, classID: 2, anchor: 0),
          Detection(rect: rect, score: 0.4, classID: 1, anchor: 0),
        ])
    }
  }

  /// Expects every score above `threshold`, each of its own column and anchor, by falling score, class and anchor.
  private func expectAll(
    of scene: HeadScene, above threshold: Float, score: (_ row: [Float], _ column: Int) -> Float
  ) {
    let columns = scene.head.columns
    var expected: [(score: Float, column: Int, anchor: Int)] = []
    for anchor in scene.head.anchors.indices {
      let row = Array(scene.classes[anchor * columns..<(anchor + 1) * columns])
      for column in 0..<columns where column != scene.head.backgroundColumn {
        let score = score(row, column)
        if score > threshold { expected.append((score, column, anchor)) }
      }
    }
    expected.sort { ($1.score, $0.column, $0.anchor) < ($0.score, $1.column, $1.anchor) }
    // One box for all, each its own anchor: with an IoU threshold of 1 nothing is suppressed.
    let found = scene.detections()
    #expect(found.map(\.anchor) == expected.map(\.anchor))
    #expect(found.map(\.classID) == expected.map(\.column))
    #expect(found.map(\.score) == expected.map(\.score))
  }
}
