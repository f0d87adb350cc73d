package import KernelCalls

/// How the results of a bottleneck are computed strip by strip, and which rows of its wide map each strip needs.
///
/// The first of these rows have mostly been computed already: the strip before has left them in the scratch memory, also
/// where that was the last one of the piece above, which the same thread has just computed.
package struct StripWalk: Sendable {
  /// The window that goes over the wide map.
  private let window: KernelWindow
  /// Rows of the wide map.
  private let height: Int
  /// Rows of results computed at a time, at most.
  let most: Int

  /// - Precondition: `most` is at least 1.
  package init(window: KernelWindow, height: Int, most: Int) {
    precondition(most > 0, "A strip has a row at least.")
    (self.window, self.height, self.most) = (window, height, most)
  }

  /// What one strip is about.
  package struct Part {
    /// The rows of results.
    package let rows: Range<Int>
    /// The wide rows that they need; the first one has to be first in the scratch memory.
    package let wideRows: Range<Int>
    /// How many of them, from the first on, the strip before has left.
    package let kept: Int
    /// In what row of the scratch memory it has left the first of these, which have to be moved to its beginning.
    package let keptFrom: Int

    /// The wide rows still to be computed.
    package var missing: Range<Int> { wideRows.lowerBound + kept..<wideRows.upperBound }
  }

  /// Rows of the wide map that a strip needs, at most.
  package var wideRows: Int { min(window.mostInputRows(for: most), height) }

  /// Calls `body` for each strip of results `rows`, from top to bottom.
  ///
  /// - Parameter above: the rows right above that the last walk has been through on the same scratch memory, if they are.
  package func forEach(of rows: Range<Int>, below above: Range<Int>?, _ body: (Part) -> Void) {
    var before = 0..<0
    if let above { before = wideRows(for: strip(count(above) - 1, of: above)) }
    for index in 0..<count(rows) {
      let rows = strip(index, of: rows)
      let needed = wideRows(for: rows)
      let kept = needed.clamped(to: before).count
      let keptFrom = kept > 0 ? needed.lowerBound - before.lowerBound : 0
      body(Part(rows: rows, wideRows: needed, kept: kept, keptFrom: keptFrom))
      before = needed
    }
  }

  /// The number of strips of `rows`.
  private func count(_ rows: Range<Int>) -> Int { (rows.count + most - 1) / most }

  /// Strip `index` of `rows`; all are as large as each other.
  private func strip(_ index: Int, of rows: Range<Int>) -> Range<Int> {
    let count = count(rows)
    return rows.lowerBound + index * rows.count / count..<rows.lowerBound + (index + 1) * rows.count / count
  }

  private func wideRows(for rows: Range<Int>) -> Range<Int> { window.inputRows(for: rows, height: height) }
}
