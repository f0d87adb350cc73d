package import Scene

/// Columns and rows of a picture, in whole pixels.
package struct PixelArea: Sendable, Equatable {
  package var columns: Range<Int>
  package var rows: Range<Int>

  package init(columns: Range<Int>, rows: Range<Int>) { (self.columns, self.rows) = (columns, rows) }

  /// The pixels of `rect`, edges rounded; nil where it holds none or is not a number.
  package init?(_ rect: PixelRect) {
    /// Returns the pixel edge nearest to `edge`, held where arithmetic on it cannot overflow.
    func whole(_ edge: Double) -> Int { Int(min(max(edge.rounded(), -0x1p30), 0x1p30)) }
    guard rect.left < rect.right, rect.top < rect.bottom else { return nil }
    let (left, top, right, bottom) = (whole(rect.left), whole(rect.top), whole(rect.right), whole(rect.bottom))
    guard left < right, top < bottom else { return nil }
    (columns, rows) = (left..<right, top..<bottom)
  }

  package var isEmpty: Bool { columns.isEmpty || rows.isEmpty }

  /// The number of pixels.
  package var count: Int { columns.count * rows.count }

  /// Returns the part inside `other`.
  package func clamped(to other: PixelArea) -> PixelArea {
    PixelArea(columns: columns.clamped(to: other.columns), rows: rows.clamped(to: other.rows))
  }

  /// Returns the number of pixels that lie in `other` too.
  package func overlap(with other: PixelArea) -> Int {
    let width = min(columns.upperBound, other.columns.upperBound) - max(columns.lowerBound, other.columns.lowerBound)
    let height = min(rows.upperBound, other.rows.upperBound) - max(rows.lowerBound, other.rows.lowerBound)
    return width > 0 && height > 0 ? width * height : 0
  }
}
