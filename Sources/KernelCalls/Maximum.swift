/// Takes the greatest value of each channel in windows along some rows of a map: one row of results.
package struct Maximum {
  /// Its pixel 0 is the first one of the first row that the windows hold.
  package var input: FeatureMap
  package var inputWidth: Int
  /// Rows that the windows hold, one below the other; those outside the map do not count and are left out.
  package var inputRows: Int
  /// Its pixel 0 is the first result.
  package var output: FeatureMap
  package var outputWidth: Int
  /// Columns of a window, from one window to the next, and of the first one before the map, which do not count.
  package var windowWidth: Int
  package var stride: Int
  package var left: Int
  /// The panels to compute.
  package var panels: Range<Int>

  /// - Precondition: sizes are at least 1, and `left` at least 0.
  package init(
    input: FeatureMap, inputWidth: Int, inputRows: Int, output: FeatureMap, outputWidth: Int, windowWidth: Int,
    stride: Int, left: Int, panels: Range<Int>
  ) {
    (self.input, self.inputWidth, self.inputRows) = (input, inputWidth, inputRows)
    (self.output, self.outputWidth, self.panels) = (output, outputWidth, panels)
    (self.windowWidth, self.stride, self.left) = (windowWidth, stride, left)
  }

  /// Returns the columns of the map in the window of result `column`; none where it lies outside.
  @inlinable @inline(__always)
  package func columns(of column: Int) -> Range<Int> {
    let start = column * stride - left
    let first = min(max(start, 0), inputWidth)
    return first..<max(first, min(start + windowWidth, inputWidth))
  }
}
