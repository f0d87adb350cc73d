/// Writes a map without its padding channels: channel `c` of pixel `p` to `output[p · outputStride + c]`.
///
/// So the heads lie one behind the other in NHWC order; `output` may point into the middle of a larger tensor.
package struct Unpanel {
  package var input: FeatureMap
  package var pixels: Range<Int>
  /// The true number of channels; nothing else is written.
  package var channels: Int
  /// Where channel 0 of pixel 0 goes.
  package var output: UnsafeMutablePointer<Float>
  /// Floats from one pixel to the next, at least `channels`.
  package var outputStride: Int

  /// - Parameter outputStride: nil where the pixels have no gaps.
  package init(
    input: FeatureMap, pixels: Range<Int>, channels: Int, output: UnsafeMutablePointer<Float>, outputStride: Int? = nil
  ) {
    precondition((outputStride ?? channels) >= channels, "Pixels do not overlap.")
    (self.input, self.pixels, self.channels) = (input, pixels, channels)
    (self.output, self.outputStride) = (output, outputStride ?? channels)
  }
}
