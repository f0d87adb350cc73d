/// Rounds channels of a map to halves (bfloat16: eight bits of significand), to nearest and of two to the even one, and
/// lays them out as a product of halves reads them: panel by panel, without gaps between the pixels.
///
/// A set decides how halves lie within a panel: `HalfKernels.Order`.
package struct Narrowing {
  package var input: FeatureMap
  /// The first `pixels` pixels and `panels` panels of the map are taken.
  package var pixels: Int
  package var panels: Int
  /// `[panel][pixel][floats of a panel]`.
  package var output: UnsafeMutablePointer<Float>

  package init(input: FeatureMap, pixels: Int, panels: Int, output: UnsafeMutablePointer<Float>) {
    (self.input, self.pixels, self.panels, self.output) = (input, pixels, panels, output)
  }
}

extension Product {
  /// Returns the same product over what a `Narrowing` of the product's first `pixels` pixels wrote to `halves`, with
  /// panels of so many floats, 8 or 16; depths then count these floats.
  ///
  /// - Precondition: the weights are packed for halves, and what comes before the product's are whole panels.
  package func overHalves(_ halves: UnsafeMutablePointer<Float>, pixels: Int, panelFloats: Int) -> Product {
    var product = self
    product.input = FeatureMap(halves, pixelStride: panelFloats, panelStride: pixels * panelFloats)
    product.pixels = 0..<pixels
    return product.countedInFloats
  }

  /// The same product with depths in the floats that a map of halves in panels takes: its input is one.
  ///
  /// - Precondition: as `overHalves` wants it.
  package var countedInFloats: Product {
    let panelFloats = input.pixelStride
    /// Whole pairs of channels, in floats.
    func floats(_ channels: Int) -> Int { (channels + 1) / 2 * 2 * panelFloats / panelWidth }
    var product = self
    (product.depth, product.weightDepth, product.weightStart) = (
      floats(depth), floats(weightDepth), floats(weightStart)
    )
    (product.segmentDepth, product.segmentStride) = (panelFloats, input.panelStride)
    return product
  }
}
