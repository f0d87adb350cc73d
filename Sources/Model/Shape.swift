/// The extents of a tensor, outermost first; feature maps are NHWC with a batch of 1.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
  public let extents: [Int]

  public init(_ extents: [Int]) { self.extents = extents }

  /// A feature map [1, height, width, channels].
  public init(height: Int, width: Int, channels: Int) { extents = [1, height, width, channels] }

  /// The number of elements; nil where it does not fit an `Int` or an extent is negative.
  public var count: Int? {
    var product = 1
    for extent in extents {
      let (next, overflows) = product.multipliedReportingOverflow(by: extent)
      if overflows || extent < 0 { return nil }
      product = next
    }
    return product
  }

  public var rank: Int { extents.count }

  /// Height, width and channels of a feature map [1, height, width, channels]; nil for any other shape.
  public var map: (height: Int, width: Int, channels: Int)? {
    extents.count == 4 && extents[0] == 1 ? (extents[1], extents[2], extents[3]) : nil
  }

  /// For people: `1×150×150×32`.
  public var description: String { extents.map(String.init).joined(separator: "×") }
}
