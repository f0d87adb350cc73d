internal import Glibc
internal import Model
internal import Scene

/// Turns four numbers of the box head and an anchor into a box, in float32 and in the order of TensorFlow's
/// `FasterRcnnBoxCoder`: products and sums rounded one by one.
struct BoxDecoder {
  /// Centre and size of each anchor, recomputed from its rounded corners.
  private struct Anchor {
    let centerY, centerX, height, width: Float

    init(_ box: Box) {
      height = box.yMax - box.yMin
      width = box.xMax - box.xMin
      centerY = box.yMin + height / 2
      centerX = box.xMin + width / 2
    }
  }

  private let anchors: [Anchor]
  private let coder: BoxCoder
  private let maxLogSize: Float

  /// A decoder for anchors by their corners.
  init(anchors: [Box], coder: BoxCoder) {
    self.anchors = anchors.map(Anchor.init)
    self.coder = coder
    maxLogSize = coder.maxLogSize ?? .infinity
  }

  /// Returns the box of an anchor, not clipped; nil where a corner is not a number.
  ///
  /// A size may be infinite: clipping makes it the picture's border.
  func box(of index: Int, in encodings: Span<Float>) -> Box? {
    let anchor = anchors[index]
    let (first, second) = (encodings[4 * index], encodings[4 * index + 1])
    let (third, fourth) = (encodings[4 * index + 2], encodings[4 * index + 3])
    let (y, x, height, width) =
      switch coder.order {
      case .yxhw: (first, second, third, fourth)
      case .xywh: (second, first, fourth, third)
      }
    let centerY = y * coder.centerYFactor * anchor.height + anchor.centerY
    let centerX = x * coder.centerXFactor * anchor.width + anchor.centerX
    let halfHeight = exp(min(height * coder.heightFactor, maxLogSize)) * anchor.height / 2
    let halfWidth = exp(min(width * coder.widthFactor, maxLogSize)) * anchor.width / 2
    let box = Box(
      yMin: centerY - halfHeight, xMin: centerX - halfWidth, yMax: centerY + halfHeight, xMax: centerX + halfWidth)
    // A sum with a not-a-number, or with both infinities, is not a number; corners with one infinity are boxes.
    return box.yMin.isNaN || box.xMin.isNaN || box.yMax.isNaN || box.xMax.isNaN ? nil : box
  }
}
