internal import Glibc
internal import Model
internal import Scene

/// Turns four numbers of the box head and an anchor into a box, in float32 and in the order of TensorFlow's
/// `FasterRcnnBoxCoder`: products and sums rounded one by one.
struct BoxDecoder {
  private let anchors: [CenteredBox]
  private let coder: BoxCoder
  private let maxLogSize: Float
  /// The factors of each anchor's encodings; nil where all have the coder's.
  private let anchorFactors: [CenteredBox]?
  private let factors: CenteredBox

  /// A decoder for anchors by their corners, or by their centres where these are known.
  init(anchors: [Box], centered: [CenteredBox]? = nil, coder: BoxCoder, factors anchorFactors: [CenteredBox]? = nil) {
    self.anchors = centered ?? anchors.map(CenteredBox.init(recomputedFrom:))
    (self.coder, self.anchorFactors) = (coder, anchorFactors)
    factors = CenteredBox(
      y: coder.centerYFactor, x: coder.centerXFactor, height: coder.heightFactor, width: coder.widthFactor)
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
      case .xyxy, .corners: (second, first, fourth, third)
      }
    let factors = anchorFactors?[index] ?? factors
    if coder.order == .corners { return box(anchor, movedBy: y, x, height, width, factors) }
    if coder.order == .xyxy {
      return box(anchor, movedBy: y, x, height, width, factors, in: (anchor.height, anchor.width))
    }
    if let scales = coder.scales { return box(anchor, y, x, height, width, dividedBy: scales) }
    let centerY = y * factors.y * anchor.height + anchor.y
    let centerX = x * factors.x * anchor.width + anchor.x
    let halfHeight = exp(min(height * factors.height, maxLogSize)) * anchor.height / 2
    let halfWidth = exp(min(width * factors.width, maxLogSize)) * anchor.width / 2
    return Box(
      yMin: centerY - halfHeight, xMin: centerX - halfWidth, yMax: centerY + halfHeight, xMax: centerX + halfWidth
    ).numbers
  }

  /// As above, each edge of the anchor moved by so many of `unit`: its heights and widths, or pictures.
  private func box(
    _ anchor: CenteredBox, movedBy top: Float, _ left: Float, _ bottom: Float, _ right: Float, _ factors: CenteredBox,
    in unit: (height: Float, width: Float) = (1, 1)
  ) -> Box? {
    let edges = anchor.corners
    return Box(
      yMin: top * factors.y * unit.height + edges.yMin, xMin: left * factors.x * unit.width + edges.xMin,
      yMax: bottom * factors.height * unit.height + edges.yMax, xMax: right * factors.width * unit.width + edges.xMax
    ).numbers
  }

  /// As above, each of the four results computed in double and rounded once (`DecodeCenterSizeBoxes` of TensorFlow
  /// Lite's detection operator).
  private func box(
    _ anchor: CenteredBox, _ y: Float, _ x: Float, _ height: Float, _ width: Float, dividedBy scales: BoxScales
  ) -> Box? {
    func center(_ code: Float, _ scale: Float, _ size: Float, _ anchor: Float) -> Float {
      let moved = Double(code) / Double(scale) * Double(size)
      return Float(moved + Double(anchor))
    }
    func half(_ code: Float, _ scale: Float, _ size: Float) -> Float {
      Float(0.5 * exp(Double(code) / Double(scale)) * Double(size))
    }
    let (centerY, centerX) = (
      center(y, scales.y, anchor.height, anchor.y), center(x, scales.x, anchor.width, anchor.x)
    )
    let (halfHeight, halfWidth) = (half(height, scales.height, anchor.height), half(width, scales.width, anchor.width))
    return Box(
      yMin: centerY - halfHeight, xMin: centerX - halfWidth, yMax: centerY + halfHeight, xMax: centerX + halfWidth
    ).numbers
  }
}

extension CenteredBox {
  /// Centre and size of an anchor, recomputed from its rounded corners.
  fileprivate init(recomputedFrom box: Box) {
    let (height, width) = (box.yMax - box.yMin, box.xMax - box.xMin)
    self.init(y: box.yMin + height / 2, x: box.xMin + width / 2, height: height, width: width)
  }
}

extension Box {
  /// The box; nil where a corner is not a number.
  ///
  /// A sum with a not-a-number, or with both infinities, is not a number; corners with one infinity are boxes.
  fileprivate var numbers: Box? { yMin.isNaN || xMin.isNaN || yMax.isNaN || xMax.isNaN ? nil : self }
}
