internal import Model

/// Why a picture cannot be used.
public struct PictureError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Size of the picture in pixels.
  public let width: Int
  public let height: Int
  public let reason: String

  /// The most pixels that a side of a picture may have.
  package static let longestSide = Extent.sides.upperBound

  /// One line: size and reason.
  public var description: String { "picture of \(width)×\(height): \(reason)" }

  /// Checks the size of a picture.
  ///
  /// - Throws: `PictureError` unless both sides are in 1…16384.
  package static func check(width: Int, height: Int) throws(PictureError) {
    guard Extent.sides.contains(width), Extent.sides.contains(height) else {
      throw PictureError(width: width, height: height, reason: "sides must be 1 to \(longestSide) pixels long")
    }
  }
}
