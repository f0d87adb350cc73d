/// Adds two maps: `clamp(left + right)` for each pixel and channel; `output` may be one of them.
package struct Sum {
  package var left: FeatureMap
  package var right: FeatureMap
  package var output: FeatureMap
  /// Pixels and panels to compute.
  package var pixels: Range<Int>
  package var panels: Range<Int>
  package var clamp: Clamp

  package init(
    left: FeatureMap, right: FeatureMap, output: FeatureMap, pixels: Range<Int>, panels: Range<Int>, clamp: Clamp
  ) {
    (self.left, self.right, self.output) = (left, right, output)
    (self.pixels, self.panels, self.clamp) = (pixels, panels, clamp)
  }
}
