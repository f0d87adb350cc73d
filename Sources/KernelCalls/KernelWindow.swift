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

extension KernelWindow {
  /// The stride of a depthwise convolution whose windows the 3×3 bodies can do, 1 or 2, or else 0.
  ///
  /// They need windows that miss one column at most on either side, and of which one row at least lies in the map: then
  /// the rows that stand in for missing ones are rows that a strip holds.
  ///
  /// - Parameter lastRow: the last output row.
  @inlinable @inline(__always)
  package func quickStep(inputWidth: Int, inputHeight: Int, outputWidth: Int, lastRow: Int) -> Int {
    let step = rowStride
    guard height == 3, width == 3, rowDilation == 1, columnDilation == 1 else { return 0 }
    guard step == columnStride, step <= 2, left <= 1, top <= 2 else { return 0 }
    guard (outputWidth - 1) * step - left + 2 <= inputWidth, lastRow * step - top < inputHeight else { return 0 }
    return step
  }
}
