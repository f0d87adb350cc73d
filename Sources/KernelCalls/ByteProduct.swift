/// A product of pixels of bytes and a matrix of signed bytes: for each pixel and output channel
/// `requantized(bias + Σ input · weight − weightZero · Σ input)`.
///
/// Sums wrap at 32 bits. Up to 15 bytes behind the last pixel's are read, and do not count.
package struct ByteProduct {
  /// Pixel 0, and bytes from one pixel to the next.
  package var input: UnsafePointer<UInt8>
  package var inputStride: Int
  /// Input bytes of a pixel.
  package var depth: Int
  /// Channel 0 of the output's pixel 0, and bytes from one pixel to the next.
  package var output: UnsafeMutablePointer<UInt8>
  package var outputStride: Int
  /// Output channels; nothing is written behind them.
  package var channels: Int
  /// `[panel][depth/4][16][4]`, zeros where the depth is padded (`packBytes`).
  package var weights: UnsafePointer<Int8>
  /// `[channel]`, padded to whole panels.
  package var bias: UnsafePointer<Int32>
  /// What each weight is to be lessened by, and where that is not 0 the sum of each pixel's input bytes.
  package var weightZero: Int32
  package var pixelSums: UnsafePointer<Int32>?
  package var requantization: Requantization
  /// Pixels and panels of outputs to compute.
  package var pixels: Range<Int>
  package var panels: Range<Int>
  /// Room for `sumsCount` sums.
  package var sums: UnsafeMutablePointer<Int32>

  package init(
    input: UnsafePointer<UInt8>, inputStride: Int, depth: Int, output: UnsafeMutablePointer<UInt8>, outputStride: Int,
    channels: Int, weights: UnsafePointer<Int8>, bias: UnsafePointer<Int32>, weightZero: Int32 = 0,
    pixelSums: UnsafePointer<Int32>? = nil, requantization: Requantization, pixels: Range<Int>, panels: Range<Int>,
    sums: UnsafeMutablePointer<Int32>
  ) {
    (self.input, self.inputStride, self.depth) = (input, inputStride, depth)
    (self.output, self.outputStride, self.channels) = (output, outputStride, channels)
    (self.weights, self.bias, self.weightZero, self.pixelSums) = (weights, bias, weightZero, pixelSums)
    (self.requantization, self.pixels, self.panels, self.sums) = (requantization, pixels, panels, sums)
  }

  /// Groups of four input bytes.
  package var groups: Int { (depth + 3) / 4 }

  /// The most sums that any kernel keeps at a time.
  @inlinable @inline(__always) package static var sumsCount: Int { 256 }
}
