/// How much of each pixel paint covers: 0 to 255, row after row.
package struct Coverage: Sendable, Equatable {
  package let width: Int
  package let height: Int
  package let bytes: [UInt8]

  /// - Precondition: there are `width · height` bytes.
  package init(width: Int, height: Int, bytes: [UInt8]) {
    precondition(bytes.count == width * height, "\(bytes.count) bytes for \(width)×\(height)")
    (self.width, self.height, self.bytes) = (width, height, bytes)
  }

  /// The edges of a rectangle, `stroke` pixels thick.
  ///
  /// - Precondition: no argument is negative.
  package init(frameOf width: Int, _ height: Int, stroke: Int) {
    var bytes = [UInt8](repeating: 255, count: width * height)
    if 2 * stroke < width, 2 * stroke < height {
      for row in stroke..<height - stroke {
        for column in stroke..<width - stroke { bytes[row * width + column] = 0 }
      }
    }
    self.init(width: width, height: height, bytes: bytes)
  }
}
