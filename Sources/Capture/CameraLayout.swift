package import Pixels

/// How a camera's pictures lie in its buffers.
package struct CameraLayout: Sendable, Equatable {
  /// Where one plane lies.
  package struct Place: Sendable, Equatable {
    /// Bytes from the start of the buffer.
    package let offset: Int
    /// Bytes from one row to the next.
    package let stride: Int
  }

  /// Size in pixels.
  package let width: Int
  package let height: Int
  package let format: PixelFormat
  package let coding: ColorCoding
  /// One to three planes, as `format` says.
  package let places: [Place]
  /// Bytes from the start of the buffer to the end of the last plane.
  package let byteCount: Int

  /// Lays pictures out by V4L2's rules: planes one behind the other, chroma rows half as long as those of luma.
  ///
  /// Nil where what the driver says cannot be: no size, rows that overlap, or more bytes than its `sizeImage`.
  /// `bytesPerLine` 0 stands for rows without a gap.
  package init?(
    format: PixelFormat, coding: ColorCoding = .standard, width: Int, height: Int, bytesPerLine: Int, sizeImage: Int
  ) {
    guard (1...32_768).contains(width), (1...32_768).contains(height) else { return nil }
    let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
    let rowBytes =
      switch format {
      case .yuv420p, .nv12: 2 * halfWidth
      case .yuyv, .uyvy: 4 * halfWidth
      case .rgb24, .bgr24: 3 * width
      case .gray8: width
      }
    let stride = bytesPerLine == 0 ? rowBytes : bytesPerLine
    guard (rowBytes...(1 << 24)).contains(stride) else { return nil }
    let luma = stride * height
    switch format {
    case .yuv420p:
      let chroma = stride / 2
      places = [
        Place(offset: 0, stride: stride), Place(offset: luma, stride: chroma),
        Place(offset: luma + chroma * halfHeight, stride: chroma),
      ]
      byteCount = luma + 2 * chroma * halfHeight
    case .nv12:
      places = [Place(offset: 0, stride: stride), Place(offset: luma, stride: stride)]
      byteCount = luma + stride * halfHeight
    case .yuyv, .uyvy, .rgb24, .bgr24, .gray8:
      places = [Place(offset: 0, stride: stride)]
      byteCount = luma
    }
    guard byteCount <= sizeImage else { return nil }
    (self.width, self.height, self.format, self.coding) = (width, height, format, coding)
  }

  /// Returns the planes of a picture whose buffer begins at `start`.
  ///
  /// - Precondition: `byteCount` bytes lie there.
  func planes(at start: UnsafeRawPointer) -> (Plane, Plane?, Plane?) {
    func plane(_ index: Int) -> Plane? {
      guard index < places.count else { return nil }
      return unsafe Plane(start: start + places[index].offset, stride: places[index].stride)
    }
    return (unsafe Plane(start: start + places[0].offset, stride: places[0].stride), plane(1), plane(2))
  }
}
