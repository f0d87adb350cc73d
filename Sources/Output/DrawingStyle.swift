internal import Pixels

/// Sizes of what is drawn, all in pixels: they grow with the picture, so that it looks alike at any size.
struct DrawingStyle: Equatable {
  /// Of a box's edges.
  let thickness: Int
  let typeSize: Int
  /// Left and right of a label's text.
  let margin: Int
  /// The widest that the text of a label may be.
  let widestText: Int

  /// Smaller type than this is not read.
  private static let leastType = 11

  /// The style for a picture of `width` × `height`.
  init(width: Int, height: Int) {
    let side = min(width, height)
    thickness = max(2, side / 240)
    typeSize = max(Self.leastType, side / 42)
    margin = max(2, typeSize / 5)
    // Some 25 letters: longer names are shortened.
    widestText = max(min(14 * typeSize, width - 2 * margin), 0)
  }

  /// Returns the thickness of the edges of `area`: thinner on small boxes, whose content they would hide.
  func thickness(around area: PixelArea) -> Int {
    min(thickness, max(1, min(area.columns.count, area.rows.count) / 10))
  }

  /// Returns the length of the dashes, and of the gaps between them, of edges of `thickness`.
  func dash(ofThickness thickness: Int) -> Int { 3 * thickness }
}
