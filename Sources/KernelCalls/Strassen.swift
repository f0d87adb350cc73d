/// A pointwise convolution by Strassen's products: for each pixel and output channel, `clamp(bias + Σ input · weight +
/// residual)`.
///
/// Two neighbouring pixels times two halves of the input channels times two halves of the outputs are a product of matrices
/// of 2×2 parts, for which seven products of parts do where the formula has eight (Strassen, "Gaussian Elimination is not
/// Optimal", 1969). Winograd's variant, for pixels `a` and `b` of a pair with the halves `a1`, `a2`, `b1` and `b2`, and weights
/// `w12` from the first half of the inputs to the second of the outputs, and so on:
///
///     s1 = b1 + b2     s2 = s1 - a1     s3 = a1 - b1     s4 = a2 - s2
///     t1 = w12 - w11   t2 = w22 - t1    t3 = w22 - w12   t4 = w21 - t2
///
///     x = a1·w11 + s2·t2   y = x + s1·t1   z = s3·t3
///     results of a: a1·w11 + a2·w21 and y + s4·w22
///     results of b: x + z + b2·t4 and y + z
package struct StrassenProduct {
  /// The pixels and their neighbours: from the first pixel of a pair on.
  package var input: FeatureMap
  package var output: FeatureMap
  /// What is added before the clamp, laid out with strides of its own; it may be the output's own memory.
  package var residual: FeatureMap?
  /// Weights in the order that `KernelSet.packStrassen` gives them.
  package var weights: UnsafePointer<Float>
  /// The biases of the first half of the outputs, those of the second half less those of the first, and `blockWidth` zeros.
  package var bias: UnsafePointer<Float>
  /// The number of pixels, two at least; of an odd number the last one is a pair with zeros.
  package var pixels: Int
  /// Panels of half of the input channels, and of half of the output channels.
  package var inputPanels: Int
  package var outputPanels: Int
  package var clamp: Clamp
  /// Memory for sums, `scratchFloats` of it.
  package var scratch: UnsafeMutablePointer<Float>

  /// - Precondition: there are two pixels at least.
  package init(
    input: FeatureMap, output: FeatureMap, residual: FeatureMap? = nil, weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>, pixels: Int, inputPanels: Int, outputPanels: Int, clamp: Clamp,
    scratch: UnsafeMutablePointer<Float>
  ) {
    precondition(pixels > 1, "A pixel alone has no pair.")
    (self.input, self.output, self.residual) = (input, output, residual)
    (self.weights, self.bias, self.pixels) = (weights, bias, pixels)
    (self.inputPanels, self.outputPanels) = (inputPanels, outputPanels)
    (self.clamp, self.scratch) = (clamp, scratch)
  }

  /// The number of products of parts.
  @inlinable @inline(__always) package static var count: Int { 7 }
  /// Output channels of either half that are computed at once, at most.
  @inlinable @inline(__always) package static var blockWidth: Int { 32 }
  /// Pairs whose sums `s1` to `s4` are made before their products, so that they stay near.
  @inlinable @inline(__always) package static var blockPairs: Int { 56 }
  /// Floats for one of the sums `x` and `y` of a tile: two vectors of 16 for each of 14 pairs.
  @inlinable @inline(__always) package static var tileFloats: Int { 448 }

  /// Returns the floats of scratch memory for any number of pixels of so many panels of half of the input channels.
  package static func scratchFloats(inputPanels: Int) -> Int {
    2 * tileFloats + 4 * (blockPairs + 1) * inputPanels * panelWidth
  }
}
