internal import CV4L2
internal import FFmpeg
package import Pixels

/// A format that a camera can be asked for, by its name on the command line.
///
/// In the order in which they are preferred: what needs no decoding before what does, gray after all that has colour.
public enum CameraFormat: String, Sendable, CaseIterable {
  case yuyv, yu12, nv12, uyvy, rgb3, bgr3, mjpg, jpeg, h264, grey

  /// V4L2's four characters for it.
  var fourCharacters: UInt32 {
    switch self {
    case .yuyv: stream_pixel_yuyv
    case .yu12: stream_pixel_yu12
    case .nv12: stream_pixel_nv12
    case .uyvy: stream_pixel_uyvy
    case .rgb3: stream_pixel_rgb3
    case .bgr3: stream_pixel_bgr3
    case .grey: stream_pixel_grey
    case .mjpg: stream_pixel_mjpg
    case .jpeg: stream_pixel_jpeg
    case .h264: stream_pixel_h264
    }
  }

  /// How its bytes lie; nil where they are compressed.
  package var pixelFormat: PixelFormat? {
    switch self {
    case .yuyv: .yuyv
    case .yu12: .yuv420p
    case .nv12: .nv12
    case .uyvy: .uyvy
    case .rgb3: .rgb24
    case .bgr3: .bgr24
    case .grey: .gray8
    case .mjpg, .jpeg, .h264: nil
    }
  }

  /// How its pictures are compressed; nil where they are not.
  var codec: PacketDecoder.Codec? {
    switch self {
    case .mjpg, .jpeg: .jpeg
    case .h264: .h264
    case .yuyv, .yu12, .nv12, .uyvy, .rgb3, .bgr3, .grey: nil
    }
  }

  /// The format of V4L2's four characters; nil where we do not read it.
  init?(fourCharacters: UInt32) {
    guard let format = Self.allCases.first(where: { $0.fourCharacters == fourCharacters }) else { return nil }
    self = format
  }

  /// The formats into which libv4l turns others that we do not read.
  static let made: [CameraFormat] = [.yu12, .rgb3]
}
