import Pixels
import Scene

/// The bytes of a made-up frame, and a count of how often they came home.
final class TestHome: FrameHome, @unchecked Sendable {
  let bytes: UnsafeMutablePointer<UInt8>
  let count: Int
  private(set) var returns = 0

  init(_ values: [UInt8]) {
    count = values.count
    bytes = .allocate(capacity: max(count, 1))
    bytes.update(from: values, count: count)
  }

  deinit { bytes.deallocate() }

  func takeBack(_ index: Int) { returns += 1 }

  /// A frame on these bytes, planes one behind the other without gaps.
  func frame(_ width: Int, _ height: Int, _ format: PixelFormat, coding: ColorCoding = .standard) -> Frame {
    let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
    func plane(_ offset: Int, _ stride: Int) -> Plane { Plane(start: UnsafeRawPointer(bytes + offset), stride: stride) }
    let luma = width * height
    let planes: (Plane, Plane?, Plane?) =
      switch format {
      case .yuv420p: (plane(0, width), plane(luma, halfWidth), plane(luma + halfWidth * halfHeight, halfWidth))
      case .nv12: (plane(0, width), plane(luma, 2 * halfWidth), nil)
      case .yuyv, .uyvy: (plane(0, 4 * halfWidth), nil, nil)
      case .rgb24, .bgr24: (plane(0, 3 * width), nil, nil)
      case .gray8: (plane(0, width), nil, nil)
      }
    let stamp = FrameStamp(number: 0, time: FrameTime(sinceFirst: .zero))
    return Frame(
      width: width, height: height, format: format, coding: coding, stamp: stamp, planes: planes, home: self)
  }
}

/// Returns `count` bytes that are the same in every run.
func noise(_ count: Int) -> [UInt8] {
  var state: UInt64 = 88_172_645_463_325_252
  return (0..<count).map { _ in
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return UInt8(truncatingIfNeeded: state >> 20)
  }
}
