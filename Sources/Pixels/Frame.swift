public import Scene

/// The place a frame's bytes came from and return to: a decoder's picture or a camera's ring.
///
/// Capture and FFmpeg conform; Pixels knows neither.
package protocol FrameHome: AnyObject, Sendable {
  /// Takes buffer `index` back; called once, from whichever thread drops the frame.
  func takeBack(_ index: Int)
}

/// One plane of a picture.
@safe
package struct Plane: @unchecked Sendable {
  package let start: UnsafeRawPointer
  /// Bytes from one row to the next; may be negative for a picture that lies bottom up.
  package let stride: Int

  package init(start: UnsafeRawPointer, stride: Int) { unsafe (self.start, self.stride) = (start, stride) }
}

/// A picture with exactly one holder; when it is dropped its bytes go home.
@safe
public struct Frame: ~Copyable, Sendable {
  /// Size in pixels.
  public let width: Int
  public let height: Int
  public let format: PixelFormat
  public let coding: ColorCoding
  public package(set) var stamp: FrameStamp
  /// Up to three planes, as `format` says.
  package let planes: (Plane, Plane?, Plane?)
  private let home: any FrameHome
  private let index: Int

  /// - Precondition: the planes hold `height` rows (halved for chroma as `format` says) and stay valid and unchanged
  ///   until `home` takes buffer `index` back.
  package init(
    width: Int, height: Int, format: PixelFormat, coding: ColorCoding = .standard, stamp: FrameStamp,
    planes: (Plane, Plane?, Plane?), home: any FrameHome, index: Int = 0
  ) {
    (self.width, self.height, self.format, self.coding) = (width, height, format, coding)
    (self.stamp, self.planes, self.home, self.index) = (stamp, planes, home, index)
  }

  deinit { home.takeBack(index) }
}
