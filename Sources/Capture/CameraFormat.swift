internal import CV4L2
package import Pixels

/// A format that a camera can be asked for, by its name on the command line.
public enum CameraFormat: String, Sendable, CaseIterable {
  case yuyv, yu12, nv12, uyvy, rgb3, bgr3, grey

  /// V4L2's four characters for it.
  package var fourCharacters: UInt32 {
    switch self {
    case .yuyv: stream_pixel_yuyv
    case .yu12: stream_pixel_yu12
    case .nv12: stream_pixel_nv12
    case .uyvy: stream_pixel_uyvy
    case .rgb3: stream_pixel_rgb3
    case .bgr3: stream_pixel_bgr3
    case .grey: stream_pixel_grey
    }
  }

  /// How its bytes lie.
  package var pixelFormat: PixelFormat {
    switch self {
    case .yuyv: .yuyv
    case .yu12: .yuv420p
    case .nv12: .nv12
    case .uyvy: .uyvy
    case .rgb3: .rgb24
    case .bgr3: .bgr24
    case .grey: .gray8
    }
  }

  /// What is tried of the camera's own formats: those of 4:2:0 and 4:2:2 with colour first.
  static let native: [CameraFormat] = [.yuyv, .yu12, .nv12, .uyvy, .rgb3, .bgr3, .grey]
  /// What is tried of the formats into which libv4l turns others (compressed pictures above all).
  static let emulated: [CameraFormat] = [.yu12, .rgb3]
}

/// What is asked of a camera; it may give something else, and what it gives is what counts.
public struct CameraSettings: Sendable {
  /// Size of the pictures in pixels; 640 × 480 where not given, which every camera gives at its full rate and a
  /// network with a small input does not miss.
  public var width: Int?
  public var height: Int?
  /// Pictures a second; 30 where not given.
  public var rate: Double?
  /// The format; where not given, the first that the camera gives in size and rate, its own before libv4l's.
  public var format: CameraFormat?
  /// Controls to set, in this order, after format and rate and before the first picture.
  public var controls: [(name: String, value: String)]

  public init(
    width: Int? = nil, height: Int? = nil, rate: Double? = nil, format: CameraFormat? = nil,
    controls: [(name: String, value: String)] = []
  ) {
    (self.width, self.height, self.rate, self.format) = (width, height, rate, format)
    self.controls = controls
  }

  /// What is wrong with these settings whatever the camera; nil where nothing is.
  var fault: String? {
    for side in [width, height].compactMap({ $0 }) where !(1...32_768).contains(side) {
      return "no camera gives pictures \(side) pixels wide or high"
    }
    if let rate, !(0.01...10_000).contains(rate) { return "no camera gives \(rate) pictures a second" }
    return nil
  }
}
