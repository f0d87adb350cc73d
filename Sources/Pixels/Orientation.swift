/// How a stored picture is to be laid to stand upright: one of the eight ways to put a rectangle back on its outline.
///
/// The columns or rows are reversed first, then the sides change places.
package struct Orientation: Sendable, Equatable {
  /// Whether stored columns are shown as rows, so that width and height change places.
  package let swapsSides: Bool
  /// Whether stored columns are read from the right.
  package let reversesColumns: Bool
  /// Whether stored rows are read from below.
  package let reversesRows: Bool

  package init(swapsSides: Bool, reversesColumns: Bool, reversesRows: Bool) {
    (self.swapsSides, self.reversesColumns, self.reversesRows) = (swapsSides, reversesColumns, reversesRows)
  }

  /// The orientation nearest to a display matrix (ISO 14496-12, 8.3.2): a stored point (x, y) is shown at
  /// (`a`·x + `c`·y, `b`·x + `d`·y); of another angle than a quarter turn the nearest one is taken.
  package init(displayMatrix a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) {
    let swaps = UInt64(b.magnitude) + UInt64(c.magnitude) > UInt64(a.magnitude) + UInt64(d.magnitude)
    self.init(swapsSides: swaps, reversesColumns: (swaps ? b : a) < 0, reversesRows: (swaps ? c : d) < 0)
  }

  /// The orientation that the tag Orientation of EXIF 2.3 tells, 1 to 8; nil for other numbers.
  package init?(exif value: Int) {
    guard (1...8).contains(value) else { return nil }
    self.init(
      swapsSides: value >= 5, reversesColumns: [2, 3, 7, 8].contains(value), reversesRows: [3, 4, 6, 7].contains(value))
  }

  /// Leaves a picture as it is.
  package static let upright = Orientation(swapsSides: false, reversesColumns: false, reversesRows: false)

  /// Returns the size at which a picture of `width` × `height` is shown.
  package func shownSize<Length>(width: Length, height: Length) -> (width: Length, height: Length) {
    swapsSides ? (height, width) : (width, height)
  }
}
