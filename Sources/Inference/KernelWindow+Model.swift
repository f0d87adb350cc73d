internal import KernelCalls
internal import Model

extension KernelWindow {
  /// The window of a convolution whose weights [height][width]… have `shape`.
  ///
  /// - Precondition: the window is a graph's, so its padding is explicit.
  init(_ window: Window, of shape: Shape) {
    guard case .explicit(let top, let left, _, _) = window.padding else {
      preconditionFailure("The padding is not resolved.")
    }
    self.init(
      height: shape.extents[0], width: shape.extents[1], rowStride: window.stride.height,
      columnStride: window.stride.width, rowDilation: window.dilation.height, columnDilation: window.dilation.width,
      top: top, left: left)
  }

  /// Returns the rows of a map of `height` that output rows `rows` read.
  func inputRows(for rows: Range<Int>, height: Int) -> Range<Int> {
    let first = rows.lowerBound * rowStride - top
    let end = min(first + mostInputRows(for: rows.count), height)
    let low = min(max(first, 0), height)
    return low..<max(end, low)
  }

  /// Returns the most rows that any `count` output rows read.
  func mostInputRows(for count: Int) -> Int { (count - 1) * rowStride + (height - 1) * rowDilation + 1 }
}
