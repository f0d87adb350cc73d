/// How a window of taps moves over a feature map: its size, steps and the zeros before the map.
///
/// Output pixel (row, column) reads input pixels `row · rowStride − top + y · rowDilation` down and
/// `column · columnStride − left + x · columnDilation` across, for taps `y < height` and `x < width`. Input pixels
/// outside the map are zero on every side, so the zeros below and right need no number.
package struct KernelWindow: Sendable, Equatable {
  /// Taps, at least 1 in each direction.
  package var height: Int
  package var width: Int
  /// Input rows and columns from one output to the next, at least 1.
  package var rowStride: Int
  package var columnStride: Int
  /// Input rows and columns from one tap to the next, at least 1.
  package var rowDilation: Int
  package var columnDilation: Int
  /// Zero rows above and zero columns left of the map; TensorFlow's SAME may put more of them below and right.
  package var top: Int
  package var left: Int

  /// A window of `height` × `width` taps.
  ///
  /// - Precondition: sizes, strides and dilations are at least 1, `top` and `left` at least 0.
  package init(
    height: Int, width: Int, rowStride: Int = 1, columnStride: Int = 1, rowDilation: Int = 1, columnDilation: Int = 1,
    top: Int = 0, left: Int = 0
  ) {
    precondition(min(height, width, rowStride, columnStride, rowDilation, columnDilation) >= 1, "A window moves on.")
    precondition(min(top, left) >= 0, "A window begins at the map or before it.")
    (self.height, self.width, self.top, self.left) = (height, width, top, left)
    (self.rowStride, self.columnStride) = (rowStride, columnStride)
    (self.rowDilation, self.columnDilation) = (rowDilation, columnDilation)
  }

  /// A square window that is the same in both directions.
  package init(side: Int, stride: Int, padding: Int) {
    self.init(height: side, width: side, rowStride: stride, columnStride: stride, top: padding, left: padding)
  }

  /// The number of taps.
  package var taps: Int { height * width }
}
