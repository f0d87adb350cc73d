/// Tells whether anything moved since a picture that was kept: whether cells of a coarse grid (`LumaGrid`) changed by
/// more than the picture's noise.
///
/// What is slow adds up until it shows, because the picture to compare with is the one kept, not the one before. A change
/// of light of the whole picture counts as motion.
///
/// Allocates nothing while the size of the pictures stays the same.
package struct MotionGate: Sendable {
  /// The least change of a cell's mean that counts, in `LumaGrid.unit` of a grey level.
  private let least: Int
  private var grid = LumaGrid(width: 1, height: 1)
  private var means: [UInt16] = []
  private var kept: [UInt16] = []
  /// How many cells changed by how much; what is beyond the end counts as the end.
  private var changes = [Int](repeating: 0, count: 4 * LumaGrid.unit)

  /// Changes up to so many times the one that nine tenths of the cells do not exceed are noise: of normally distributed
  /// noise that is 5 standard deviations.
  private static let noiseFactor = 3
  /// Above this, in grey levels, a change is no noise: else a picture that moves all over would hide itself.
  private static let mostNoise = 8
  /// So many cells must have changed, or one by twice as much.
  private static let leastCells = 2

  /// A gate that has kept no picture yet.
  ///
  /// - Parameter threshold: change of a cell's mean that counts as motion, in grey levels of 255.
  /// - Precondition: `threshold` lies in 0…255.
  package init(threshold: Double) {
    precondition((0...255).contains(threshold), "a threshold outside of grey levels")
    least = Int(threshold * Double(LumaGrid.unit))
  }

  /// Returns whether `frame` differs from the picture kept; the first picture and one of another size do.
  ///
  /// - Throws: `PictureError` where the frame's size is out of range.
  package mutating func differs(_ frame: borrowing Frame) throws(PictureError) -> Bool {
    try PictureError.check(width: frame.width, height: frame.height)
    if means.isEmpty || grid.width != frame.width || grid.height != frame.height {
      grid = LumaGrid(width: frame.width, height: frame.height)
      means = Array(repeating: 0, count: grid.count)
      kept = []
    }
    grid.measure(frame, into: &means)
    return kept.isEmpty || cellsDiffer()
  }

  /// Keeps the picture that was looked at last: what comes is compared with it.
  ///
  /// - Precondition: a picture was looked at since the last one was kept.
  package mutating func keep() {
    if kept.count == means.count { swap(&kept, &means) } else { kept = means }
  }

  /// Returns whether `means` and `kept` differ by more than noise.
  private mutating func cellsDiffer() -> Bool {
    for index in changes.indices { changes[index] = 0 }
    for (mean, before) in zip(means, kept) {
      changes[min(abs(Int(mean) - Int(before)), changes.count - 1)] += 1
    }
    var (usual, seen) = (0, changes[0])
    while seen * 10 < means.count * 9, usual < changes.count - 1 {
      usual += 1
      seen += changes[usual]
    }
    let threshold = max(least, min(Self.noiseFactor * usual, Self.mostNoise * LumaGrid.unit))
    var cells = 0
    for (mean, before) in zip(means, kept) {
      let change = abs(Int(mean) - Int(before))
      if change > threshold { cells += change > 2 * threshold ? Self.leastCells : 1 }
    }
    return cells >= Self.leastCells
  }
}
