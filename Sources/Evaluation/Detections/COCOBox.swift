/// A box as COCO's files tell it, in pixels.
///
/// Not a `PixelRect`: a width that was computed from two edges may lie on the other side of a limit of areas.
package struct COCOBox: Sendable, Equatable {
  package var left: Double
  package var top: Double
  package var width: Double
  package var height: Double

  package init(left: Double, top: Double, width: Double, height: Double) {
    (self.left, self.top, self.width, self.height) = (left, top, width, height)
  }

  package var area: Double { width * height }

  /// Returns the overlap of this detection with a true box: intersection over union, of a crowd intersection over the
  /// detection's own area, for a part of a crowd is as right as the whole of it.
  package func overlap(with truth: COCOBox, isCrowd: Bool) -> Double {
    let common = (
      width: min(left + width, truth.left + truth.width) - max(left, truth.left),
      height: min(top + height, truth.top + truth.height) - max(top, truth.top)
    )
    guard common.width > 0, common.height > 0 else { return 0 }
    let intersection = common.width * common.height
    return intersection / (isCrowd ? area : area + truth.area - intersection)
  }
}
