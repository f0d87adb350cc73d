/// How the bytes of a picture lie.
public enum PixelFormat: Sendable, Equatable {
  /// Planes Y, U, V; chroma halved in both directions, odd sizes rounded up (FFmpeg yuv420p, V4L2 YU12).
  case yuv420p
  /// Plane Y, plane of U V pairs; chroma halved in both directions.
  case nv12
  /// One plane Y U Y V: chroma halved horizontally.
  case yuyv
  /// One plane U Y V Y: chroma halved horizontally.
  case uyvy
  /// One plane of 3 bytes a pixel.
  case rgb24
  /// One plane of 3 bytes a pixel, blue first.
  case bgr24
  /// One plane of 1 byte a pixel.
  case gray8
}

/// How Y, U and V become R, G and B, and what light these stand for.
public struct ColorCoding: Sendable, Equatable {
  /// The luma weights.
  public enum Matrix: Sendable { case bt601, bt709, bt2020 }
  public var matrix: Matrix
  /// Whether Y runs over 0…255 (full range) rather than 16…235.
  public var isFullRange: Bool
  /// The code points of ITU-T H.273 for the transfer characteristics (16: the PQ of HDR) and the colour primaries. No
  /// detection looks at them; annotated video tells them as the source does.
  public var transfer: UInt8
  public var primaries: UInt8

  /// What H.273 has for transfers and primaries that nobody tells.
  public static let unspecified: UInt8 = 2

  public init(matrix: Matrix, isFullRange: Bool, transfer: UInt8 = unspecified, primaries: UInt8 = unspecified) {
    (self.matrix, self.isFullRange, self.transfer, self.primaries) = (matrix, isFullRange, transfer, primaries)
  }

  /// What holds where a stream says nothing: BT.601, limited range.
  public static let standard = ColorCoding(matrix: .bt601, isFullRange: false)
}
