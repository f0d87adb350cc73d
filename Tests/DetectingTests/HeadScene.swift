import Detecting
import Model
import Scene
import TestData

/// A head with the numbers of one picture.
struct HeadScene {
  var head: DetectionHead
  var boxes: [Float]
  var classes: [Float]

  /// Anchors in and around the picture, so crowded that many overlap; scores in twentieths, so that most tie.
  init(seed: UInt64, suppression: Suppression, anchors: Int = 60, columns: Int = 4) {
    var random = SeededGenerator(seed: seed)
    func number(_ range: ClosedRange<Float>) -> Float { Float.random(in: range, using: &random) }
    let corners = (0..<anchors).map { _ in
      let (y, x, height, width) = (number(-0.4...1.1), number(-0.4...1.1), number(0.05...0.6), number(0.05...0.6))
      return Box(yMin: y, xMin: x, yMax: y + height, xMax: x + width)
    }
    head = DetectionHead(
      anchors: corners, coder: .tensorFlow, columns: columns, backgroundColumn: 0, classOffset: 0, scores: .identity,
      suppression: suppression)
    boxes = (0..<4 * anchors).map { _ in number(-2...2) }
    classes = (0..<columns * anchors).map { _ in Float(Int.random(in: 0...20, using: &random)) / 20 }
  }

  /// Detections in a picture of 1 × 1: rectangles are the boxes themselves.
  func detections(_ settings: DetectorSettings = DetectorSettings()) -> [Detection] {
    var decoder = HeadDecoder(head, settings: settings)
    return decoder.detections(boxes: boxes.span, classes: classes.span, width: 1, height: 1)
  }
}

extension BoxCoder {
  static let tensorFlow = BoxCoder(
    order: .yxhw, centerYFactor: 0.1, centerXFactor: 0.1, heightFactor: 0.2, widthFactor: 0.2)
}

extension Suppression {
  /// TensorFlow's rules: of early 2018 (clipped before) or later (clipped after).
  static func tensorFlow(
    _ clipping: Clipping, threshold: Float = 0.3, perClass: Int = 100, total: Int = 100
  ) -> Suppression {
    Suppression(
      clipping: clipping, dropsEmptyBoxes: true, scoreThreshold: threshold, iouThreshold: 0.6, candidatesPerClass: nil,
      keptPerClass: perClass, total: total)
  }

  /// Everything above the threshold, nothing suppressed or clipped.
  static func everything(above threshold: Float) -> Suppression {
    Suppression(
      clipping: .never, dropsEmptyBoxes: false, scoreThreshold: threshold, iouThreshold: 1, candidatesPerClass: nil,
      keptPerClass: nil, total: nil)
  }
}
