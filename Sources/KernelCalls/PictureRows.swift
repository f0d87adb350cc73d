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

  /// Returns the pixels that a row of `width` needs room for: whole groups of 32, and one more than the row has.
  package static func pixelCount(width: Int) -> Int { width / 32 * 32 + 32 }

  /// Returns the bytes of workspace for rows of `width`: luma, and the sums of its chromas, which are words for two pixels
  /// each, with a margin at either end.
  package static func workspaceCount(width: Int) -> Int { 3 * pixelCount(width: width) + 2 * 64 }
}

/// The two samples along one axis that a resized sample lies between.
package struct Tap: BitwiseCopyable, Sendable {
  package var low: Int32
  package var high: Int32
  /// The part of the way from `low` to `high`, 0 up to 1.
  package var weight: Float

  package init(low: Int32, high: Int32, weight: Float) { (self.low, self.high, self.weight) = (low, high, weight) }
}

/// A row of a picture, to become red, green and blue as by a `ColorRow` and to be resized along x: with
/// `p(i) = pixels[i] · scale + offset` in each channel, output pixel `x` is `p(i) + (p(i + 1) − p(i)) · weights[x]` for
/// `i = places[x]`, each operation rounded to float32. Behind the last pixel that one stands once more.
package struct RowResample {
  /// The row; its pixels are memory for the kernel's own use here.
  package var row: ColorRow
  /// Of each output pixel, the picture's pixel to its left or at it: one of the row.
  package var places: UnsafePointer<Int32>
  /// The part of the way to the next pixel, 0 up to 1.
  package var weights: UnsafePointer<Float>
  /// Output pixels: whole groups of 16.
  package var width: Int
  package var scale: Float
  package var offset: Float
  /// Room for three planes of `width` floats, one for each channel.
  package var output: UnsafeMutablePointer<Float>

  package init(
    _ row: ColorRow, places: UnsafePointer<Int32>, weights: UnsafePointer<Float>, width: Int, scale: Float,
    offset: Float, output: UnsafeMutablePointer<Float>
  ) {
    (self.row, self.places, self.weights, self.width) = (row, places, weights, width)
    (self.scale, self.offset, self.output) = (scale, offset, output)
  }

  /// Returns the output pixels that a row of `width` needs room for.
  package static func widthCount(_ width: Int) -> Int { (width + 15) / 16 * 16 }
}

/// Two rows of three planes, to be blended and packed: `(upper + (lower − upper) · weight) · scale + offset`, each
/// operation rounded to float32.
package struct RowBlend {
  package var upper: UnsafePointer<Float>
  package var lower: UnsafePointer<Float>
  /// Floats from one plane of `upper` and of `lower` to the next.
  package var planeStride: Int
  package var weight: Float
  /// Pixels to be blended.
  package var width: Int
  package var scale: Float
  package var offset: Float
  /// Room for `3 · width` floats, none of them among `upper` and `lower`: the three channels of each pixel side by side.
  package var output: UnsafeMutablePointer<Float>

  package init(
    upper: UnsafePointer<Float>, lower: UnsafePointer<Float>, planeStride: Int, weight: Float, width: Int,
    scale: Float, offset: Float, output: UnsafeMutablePointer<Float>
  ) {
    (self.upper, self.lower, self.planeStride, self.weight) = (upper, lower, planeStride, weight)
    (self.width, self.scale, self.offset, self.output) = (width, scale, offset, output)
  }
}
