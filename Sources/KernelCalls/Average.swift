/// Takes the mean of each channel over some pixels; `output` has one pixel.
package struct Average {
  package var input: FeatureMap
  package var output: FeatureMap
  /// The pixels that count, at least one, and the panels to compute.
  package var pixels: Range<Int>
  package var panels: Range<Int>

  package init(input: FeatureMap, output: FeatureMap, pixels: Range<Int>, panels: Range<Int>) {
    precondition(!pixels.isEmpty, "There is no mean of nothing.")
    (self.input, self.output, self.pixels, self.panels) = (input, output, pixels, panels)
  }
}
