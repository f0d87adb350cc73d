/// A rectangle in pixels of the source picture, by its edges; (0, 0) is the picture's upper left corner.
public struct PixelRect: Sendable, Equatable {
  public var left: Double
  public var top: Double
  public var right: Double
  public var bottom: Double

  public init(left: Double, top: Double, right: Double, bottom: Double) {
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }

  public var width: Double { right - left }
  public var height: Double { bottom - top }
  /// The area, 0 for a rectangle whose edges are out of order.
  public var area: Double { max(width, 0) * max(height, 0) }

  /// Returns the intersection over union (IoU) with `other`, 0 where either has no area.
  public func intersectionOverUnion(with other: PixelRect) -> Double {
    let overlap = intersection(with: other).area
    guard overlap > 0 else { return 0 }
    return overlap / (area + other.area - overlap)
  }

  /// Returns the common part with `other`; its edges are out of order where there is none.
  public func intersection(with other: PixelRect) -> PixelRect {
    PixelRect(
      left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
      bottom: min(bottom, other.bottom))
  }

  /// Returns the part inside a picture of `width` × `height`.
  public func clipped(toWidth width: Int, height: Int) -> PixelRect {
    intersection(with: PixelRect(left: 0, top: 0, right: Double(width), bottom: Double(height)))
  }
}
