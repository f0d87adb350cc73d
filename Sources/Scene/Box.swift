/// A box in fractions of a picture: 0 is its left or upper edge, 1 its right or lower edge.
///
/// Corners may lie outside 0…1 until they are clipped.
public struct Box: Sendable, Equatable {
  public var yMin: Float
  public var xMin: Float
  public var yMax: Float
  public var xMax: Float

  public init(yMin: Float, xMin: Float, yMax: Float, xMax: Float) {
    (self.yMin, self.xMin, self.yMax, self.xMax) = (yMin, xMin, yMax, xMax)
  }

  /// Returns the box in pixels of a picture of `width` × `height`.
  public func rect(inWidth width: Int, height: Int) -> PixelRect {
    PixelRect(
      left: Double(xMin) * Double(width), top: Double(yMin) * Double(height), right: Double(xMax) * Double(width),
      bottom: Double(yMax) * Double(height))
  }
}
