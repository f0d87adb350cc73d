/// A depthwise convolution of bytes: for each pixel and channel `requantized(bias + Σ taps (input − zero) · weight)`, taps
/// outside of the map left out. Maps are NHWC without gaps.
///
/// 3×3 windows of columns that are neighbours, with a stride of 1 or 2, are the fast case. Up to 15 bytes behind the last
/// pixel's are read, and do not count.
package struct ByteDepthwise {
  package var input: UnsafePointer<UInt8>
  package var inputWidth: Int
  package var inputHeight: Int
  package var inputZero: Int32
  package var output: UnsafeMutablePointer<UInt8>
  package var outputWidth: Int
  package var channels: Int
  /// Output rows to compute, of all channels.
  package var rows: Range<Int>
  /// `[panel][tap][16]`, each −255…255 in the low half of its lane and zero above (`packByteTaps`).
  package var weights: UnsafePointer<Int32>
  /// Whether all of them are −128…127.
  package var hasByteWeights: Bool
  /// `[channel]`, padded to whole panels.
  package var bias: UnsafePointer<Int32>
  package var window: KernelWindow
  package var requantization: Requantization

  package init(
    input: UnsafePointer<UInt8>, inputWidth: Int, inputHeight: Int, inputZero: Int32,
    output: UnsafeMutablePointer<UInt8>, outputWidth: Int, channels: Int, rows: Range<Int>,
    weights: UnsafePointer<Int32>, hasByteWeights: Bool = false, bias: UnsafePointer<Int32>, window: KernelWindow,
    requantization: Requantization
  ) {
    (self.input, self.inputWidth, self.inputHeight, self.inputZero) = (input, inputWidth, inputHeight, inputZero)
    (self.output, self.outputWidth, self.channels, self.rows) = (output, outputWidth, channels, rows)
    (self.weights, self.hasByteWeights, self.bias) = (weights, hasByteWeights, bias)
    (self.window, self.requantization) = (window, requantization)
  }

  /// Panels of channels, the last one padded.
  package var panels: Int { (channels + panelWidth - 1) / panelWidth }
}
