/// Scales and shifts each channel: `clamp(input · scale + offset)`; `output` may be the input.
///
/// With scale 1 and offset 0 it is an activation alone.
package struct Affine {
  package var input: FeatureMap
  package var output: FeatureMap
  /// `[channel]`, padded to whole panels.
  package var scale: UnsafePointer<Float>
  package var offset: UnsafePointer<Float>
  /// Pixels and panels to compute.
  package var pixels: Range<Int>
  package var panels: Range<Int>
  package var clamp: Clamp

  package init(
    input: FeatureMap, output: FeatureMap, scale: UnsafePointer<Float>, offset: UnsafePointer<Float>,
    pixels: Range<Int>, panels: Range<Int>, clamp: Clamp
  ) {
    (self.input, self.output, self.scale, self.offset) = (input, output, scale, offset)
    (self.pixels, self.panels, self.clamp) = (pixels, panels, clamp)
  }
}
