import Foundation
import Model
import Scene

/// The post-processing of TensorFlow's detection graphs as they are built: class by class, all boxes decoded, then all
/// classes sorted together.
struct PlainSuppression {
  let scene: HeadScene

  func detections() -> [Detection] {
    let suppression = scene.head.suppression
    var all: [Detection] = []
    for column in 0..<scene.head.columns where column != scene.head.backgroundColumn {
      var candidates: [Detection] = []
      for anchor in scene.head.anchors.indices {
        let score = scene.classes[anchor * scene.head.columns + column]
        let box = suppression.clipping == .beforeSuppression ? clipped(decoded(anchor)) : decoded(anchor)
        guard score > suppression.scoreThreshold else { continue }
        if suppression.clipping == .beforeSuppression, !(area(box) > 0) { continue }
        candidates.append(
          Detection(rect: box.rect(inWidth: 1, height: 1), score: score, classID: column, anchor: anchor))
      }
      candidates.sort { ($1.score, $0.anchor) < ($0.score, $1.anchor) }
      var kept: [Detection] = []
      for candidate in candidates where kept.count < suppression.keptPerClass ?? .max {
        if kept.allSatisfy({ !(overlap($0, candidate) > suppression.iouThreshold) }) { kept.append(candidate) }
      }
      all += kept
    }
    // Stable: equal scores stay in the order of classes and ranks.
    all = all.enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }.map(\.element)
    if suppression.clipping == .afterSuppression {
      all = all.compactMap { detection in
        let box = clipped(decoded(detection.anchor))
        guard area(box) > 0 else { return nil }
        var detection = detection
        detection.rect = box.rect(inWidth: 1, height: 1)
        return detection
      }
    }
    return Array(all.prefix(suppression.total ?? .max))
  }

  private func decoded(_ index: Int) -> Box {
    let (anchor, code) = (scene.head.anchors[index], scene.boxes[4 * index..<4 * index + 4].map { $0 })
    let (height, width) = (anchor.yMax - anchor.yMin, anchor.xMax - anchor.xMin)
    let (y, x) = (anchor.yMin + height / 2, anchor.xMin + width / 2)
    let (newHeight, newWidth) = (exp(code[2] * 0.2) * height, exp(code[3] * 0.2) * width)
    let (newY, newX) = (code[0] * 0.1 * height + y, code[1] * 0.1 * width + x)
    return Box(
      yMin: newY - newHeight / 2, xMin: newX - newWidth / 2, yMax: newY + newHeight / 2, xMax: newX + newWidth / 2)
  }

  private func clipped(_ box: Box) -> Box {
    func clip(_ value: Float) -> Float { value < 0 ? 0 : value > 1 ? 1 : value }
    return Box(yMin: clip(box.yMin), xMin: clip(box.xMin), yMax: clip(box.yMax), xMax: clip(box.xMax))
  }

  private func area(_ box: Box) -> Float { (box.yMax - box.yMin) * (box.xMax - box.xMin) }

  private func overlap(_ first: Detection, _ second: Detection) -> Float {
    let (a, b) = (first.rect, second.rect)
    let height = max(Float(min(a.bottom, b.bottom)) - Float(max(a.top, b.top)), 0)
    let width = max(Float(min(a.right, b.right)) - Float(max(a.left, b.left)), 0)
    func area(_ rect: PixelRect) -> Float {
      let (height, width) = (Float(rect.bottom) - Float(rect.top), Float(rect.right) - Float(rect.left))
      return height * width
    }
    let areas = [area(a), area(b)]
    if areas[0] <= 0 || areas[1] <= 0 { return 0 }
    return height * width / (areas[0] + areas[1] - height * width)
  }
}
