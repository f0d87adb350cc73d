import Inference
import KernelCalls
import Testing

/// The strips of bottlenecks against a plain memory of rows.
@Suite struct StripWalkTests {
  static let windows = [
    KernelWindow(side: 3, stride: 1, padding: 1), KernelWindow(side: 3, stride: 2, padding: 0),
    KernelWindow(side: 5, stride: 1, padding: 2), KernelWindow(side: 5, stride: 3, padding: 1),
    KernelWindow(side: 1, stride: 1, padding: 0), KernelWindow(side: 2, stride: 3, padding: 1),
    KernelWindow(height: 3, width: 3, rowStride: 1, columnStride: 1, rowDilation: 2, top: 2, left: 2),
  ]

  /// Walks through maps of all heights in pieces of all sizes, as one thread and as one that lost a piece in between.
  @Test(arguments: windows, [1, 2, 3, 7]) func eachStripHasItsRows(window: KernelWindow, most: Int) {
    for height in 1...23 {
      // As many zeros below as above, and one row more.
      let reach = (window.height - 1) * window.rowDilation + 1
      let outputs = max((height + 2 * window.top + 1 - reach) / window.rowStride + 1, 1)
      let walk = StripWalk(window: window, height: height, most: most)
      for pieces in 1...min(outputs, 5) {
        for lost in [nil, 0, 1] {
          walkThrough(walk, window, height: height, outputs: outputs, pieces: pieces, lost: lost)
        }
      }
    }
  }

  private func walkThrough(
    _ walk: StripWalk, _ window: KernelWindow, height: Int, outputs: Int, pieces: Int, lost: Int?
  ) {
    /// Which row of the wide map lies in each row of the scratch memory.
    var memory = [Int?](repeating: nil, count: walk.wideRows)
    var (computed, results): ([Int], [Int]) = ([], [])
    var above: Range<Int>?
    for piece in 0..<pieces where piece != lost {
      let rows = piece * outputs / pieces..<(piece + 1) * outputs / pieces
      let isNext = above?.upperBound == rows.lowerBound
      walk.forEach(of: rows, below: isNext ? above : nil) { part in
        for row in 0..<part.kept { memory[row] = memory[part.keptFrom + row] }
        for row in part.missing { memory[row - part.wideRows.lowerBound] = row }
        computed += part.missing
        // What the window reads, as far as it lies in the map.
        for row in part.rows {
          for tap in 0..<window.height {
            let read = row * window.rowStride - window.top + tap * window.rowDilation
            guard (0..<height).contains(read) else { continue }
            #expect(part.wideRows.contains(read) && memory[read - part.wideRows.lowerBound] == read)
          }
        }
        results += part.rows
      }
      above = rows
    }
    #expect(results.count == Set(results).count)
    guard lost == nil else { return }
    #expect(results == Array(0..<outputs))
    #expect(computed == Array(Set(computed)).sorted(), "Rows are computed twice, or out of order.")
  }
}
