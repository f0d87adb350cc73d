/// One row of a picture, to become packed pixels: three channels in the lower 24 bits, the first one lowest.
package struct ColorRow {
  package var picture: Picture
  /// The row, one of the picture's.
  package var row: Int
  /// Whether the first channel is blue rather than red.
  package var isBlueFirst: Bool
  /// Memory for the kernel's own use: `ColorRow.workspaceCount(width:)` bytes, initialized, aligned to 16.
  package var workspace: UnsafeMutablePointer<UInt8>
  /// Room for `ColorRow.pixelCount(width:)` pixels; what lies behind the row's width means nothing.
  package var pixels: UnsafeMutablePointer<UInt32>

  package init(
    _ picture: Picture, row: Int, isBlueFirst: Bool = false, workspace: UnsafeMutablePointer<UInt8>,
    pixels: UnsafeMutablePointer<UInt32>
  ) {
    (self.picture, self.row, self.isBlueFirst) = (picture, row, isBlueFirst)
    (self.workspace, self.pixels) = (workspace, pixels)
  }

  /// Returns the pixels that a row of `width` needs room for: whole groups of 16.
  package static func pixelCount(width: Int) -> Int { (width + 15) / 16 * 16 }

  /// Returns the bytes of workspace for rows of `width`: luma, and both chromas with a margin at either end.
  package static func workspaceCount(width: Int) -> Int { 3 * pixelCount(width: width) + 4 * 32 }
}

/// The two samples along one axis that a resized sample lies between.
package struct Tap: BitwiseCopyable, Sendable {
  package var low: Int32
  package var high: Int32
  /// The part of the way from `low` to `high`, 0 up to 1.
  package var weight: Float

  package init(low: Int32, high: Int32, weight: Float) { (self.low, self.high, self.weight) = (low, high, weight) }
}

/// A row of packed pixels, to be resized along x: with `p(i) = pixels[i] · scale + offset` in each channel,
/// output pixel `x` is `p(low) + (p(high) − p(low)) · weight` of `taps[x]`, each operation rounded to float32.
package struct RowResample {
  package var pixels: UnsafePointer<UInt32>
  package var taps: UnsafePointer<Tap>
  package var width: Int
  package var scale: Float
  package var offset: Float
  /// Room for `3 · width + 1` floats; the last one means nothing.
  package var output: UnsafeMutablePointer<Float>

  package init(
    _ pixels: UnsafePointer<UInt32>, taps: UnsafePointer<Tap>, width: Int, scale: Float, offset: Float,
    output: UnsafeMutablePointer<Float>
  ) {
    (self.pixels, self.taps, self.width) = (pixels, taps, width)
    (self.scale, self.offset, self.output) = (scale, offset, output)
  }
}

/// Two rows of floats, to be blended: `(upper + (lower − upper) · weight) · scale + offset`, each operation rounded to
/// float32.
package struct RowBlend {
  package var upper: UnsafePointer<Float>
  package var lower: UnsafePointer<Float>
  package var weight: Float
  package var count: Int
  package var scale: Float
  package var offset: Float
  /// Room for `count` floats, none of them among `upper` and `lower`.
  package var output: UnsafeMutablePointer<Float>

  package init(
    upper: UnsafePointer<Float>, lower: UnsafePointer<Float>, weight: Float, count: Int, scale: Float, offset: Float,
    output: UnsafeMutablePointer<Float>
  ) {
    (self.upper, self.lower, self.weight, self.count) = (upper, lower, weight, count)
    (self.scale, self.offset, self.output) = (scale, offset, output)
  }
}
