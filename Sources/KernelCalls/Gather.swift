/// Copies the windows of some output pixels of a k×k convolution side by side, so that one `Product` sums them
/// (im2col over channel panels).
///
/// Panel `tap · inputPanels + panel` of a window is panel `panel` of the input pixel under tap `tap`, zeros where that
/// lies outside the map. `target`'s pixel `p − pixels.lowerBound` receives those of `windowPanels` for output pixel `p`.
/// The product of whole windows has depth `taps · 16 · inputPanels` and weights from `KernelSet.packConvolution`.
package struct Gather {
  package var input: FeatureMap
  package var inputWidth: Int
  package var inputHeight: Int
  /// The row of the input that lies at `input.base`; a strip holds only the rows that `pixels` read.
  package var firstInputRow = 0
  /// Panels of the input.
  package var inputPanels: Int
  /// Panels of the windows to copy; the first of them is the target's panel 0.
  package var windowPanels: Range<Int>
  package var target: FeatureMap
  package var outputWidth: Int
  /// Output pixels, numbered row by row over the whole output; the first of them is the target's pixel 0.
  package var pixels: Range<Int>
  package var window: KernelWindow

  /// Copies whole windows.
  package init(
    input: FeatureMap, inputWidth: Int, inputHeight: Int, inputPanels: Int, target: FeatureMap, outputWidth: Int,
    pixels: Range<Int>, window: KernelWindow
  ) {
    (self.input, self.inputWidth, self.inputHeight) = (input, inputWidth, inputHeight)
    (self.inputPanels, self.target) = (inputPanels, target)
    (self.outputWidth, self.pixels, self.window) = (outputWidth, pixels, window)
    windowPanels = 0..<window.taps * inputPanels
  }
}
