/// The pairing of rows with columns whose weights have the greatest sum; each row and each column is in one pair at
/// most.
///
/// Shortest augmenting paths over dual variables, row by row (Kuhn 1955; Jonker and Volgenant 1987): O(rows² · columns)
/// for the smaller side as rows.
package struct Assignment {
  /// The column of each row; nil where there are more rows than columns and the row is left over.
  package let columnOfRow: [Int?]

  /// Pairs as many as the smaller side has.
  ///
  /// - Precondition: weights are finite.
  package init(rows: Int, columns: Int, weight: (_ row: Int, _ column: Int) -> Double) {
    if rows <= columns {
      var search = PathSearch(rows: rows, columns: columns) { -weight($0, $1) }
      columnOfRow = search.columnOfRow()
    } else {
      var search = PathSearch(rows: columns, columns: rows) { -weight($1, $0) }
      var columnOfRow = [Int?](repeating: nil, count: rows)
      for (column, row) in search.columnOfRow().enumerated() { columnOfRow[row] = column }
      self.columnOfRow = columnOfRow
    }
  }
}

/// Finds the pairing of least cost of `rows` rows with as many of `columns` columns.
///
/// Invariant: cost − potential of the row − potential of the column is never negative, and 0 for pairs.
private struct PathSearch {
  private let rows: Int
  private let columns: Int
  /// [rows, columns].
  private let costs: [Double]
  private var rowPotentials: [Double]
  private var columnPotentials: [Double]
  private var rowOfColumn: [Int?]

  /// - Precondition: `rows` is not greater than `columns`.
  init(rows: Int, columns: Int, cost: (Int, Int) -> Double) {
    (self.rows, self.columns) = (rows, columns)
    costs = (0..<rows * columns).map { cost($0 / columns, $0 % columns) }
    rowPotentials = Array(repeating: 0, count: rows)
    columnPotentials = Array(repeating: 0, count: columns)
    rowOfColumn = Array(repeating: nil, count: columns)
  }

  /// Returns the column of each row.
  mutating func columnOfRow() -> [Int] {
    for row in 0..<rows { addRow(row) }
    var result = [Int](repeating: 0, count: rows)
    for (column, row) in rowOfColumn.enumerated() {
      if let row { result[row] = column }
    }
    return result
  }

  /// Pairs one more row, moving earlier rows along the cheapest path to a free column.
  private mutating func addRow(_ start: Int) {
    var distances = [Double](repeating: .infinity, count: columns)
    /// The column before each on its path; nil is the start.
    var previous = [Int?](repeating: nil, count: columns)
    /// Columns whose distance is final, nearest first.
    var settled: [Int] = []
    var isSettled = [Bool](repeating: false, count: columns)
    var (row, before, reached) = (start, Int?.none, 0.0)

    while true {
      var nearest = -1
      for column in 0..<columns where !isSettled[column] {
        let reduced = costs[row * columns + column] - rowPotentials[row] - columnPotentials[column]
        if reached + reduced < distances[column] { (distances[column], previous[column]) = (reached + reduced, before) }
        if nearest < 0 || distances[column] < distances[nearest] { nearest = column }
      }
      reached = distances[nearest]
      guard let next = rowOfColumn[nearest] else {
        updatePotentials(start: start, settled: settled, distances: distances, reached: reached)
        augment(to: nearest, start: start, previous: previous)
        return
      }
      isSettled[nearest] = true
      settled.append(nearest)
      (row, before) = (next, nearest)
    }
  }

  /// Restores the invariant for paths of length `reached`.
  private mutating func updatePotentials(start: Int, settled: [Int], distances: [Double], reached: Double) {
    rowPotentials[start] += reached
    for column in settled {
      columnPotentials[column] -= reached - distances[column]
      if let row = rowOfColumn[column] { rowPotentials[row] += reached - distances[column] }
    }
  }

  /// Gives `column` the row of the column before it, and so on back to the start.
  private mutating func augment(to column: Int, start: Int, previous: [Int?]) {
    var column = column
    while let before = previous[column] {
      rowOfColumn[column] = rowOfColumn[before]
      column = before
    }
    rowOfColumn[column] = start
  }
}
