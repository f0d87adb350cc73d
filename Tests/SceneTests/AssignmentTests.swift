import Scene
import TestData
import Testing

@Suite struct AssignmentTests {
  @Test(arguments: 0..<200) func noOtherPairingWeighsMore(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let (rows, columns) = (Int.random(in: 0...6, using: &random), Int.random(in: 0...6, using: &random))
    // Few different weights, negative ones among them: most pairings tie.
    let weights = (0..<rows * columns).map { _ in Double(Int.random(in: -2...4, using: &random)) / 2 }
    let assignment = Assignment(rows: rows, columns: columns) { weights[$0 * columns + $1] }
    let pairs = assignment.columnOfRow.enumerated().compactMap { row, column in column.map { (row, $0) } }
    #expect(assignment.columnOfRow.count == rows)
    #expect(pairs.count == min(rows, columns))
    #expect(Set(pairs.map(\.1)).count == pairs.count)
    let weight = pairs.map { weights[$0 * columns + $1] }.reduce(0, +)
    let best = greatestWeight(rows: rows, columns: columns) { weights[$0 * columns + $1] }
    #expect(abs(weight - best) < 1e-9)
  }

  @Test func theSumCountsAndNotTheGreatestPair() {
    // 0.9 alone is less than 0.8 + 0.7.
    let weights = [[0.9, 0.8], [0.7, 0]]
    #expect(Assignment(rows: 2, columns: 2) { weights[$0][$1] }.columnOfRow == [1, 0])
  }

  @Test func manyRowsForOneColumnLeaveTheRestAlone() {
    #expect(Assignment(rows: 3, columns: 1) { row, _ in row == 1 ? 1 : 0 }.columnOfRow == [nil, 0, nil])
    #expect(Assignment(rows: 2, columns: 0) { _, _ in 0 }.columnOfRow == [nil, nil])
  }

  /// Tries all pairings of the smaller side.
  private func greatestWeight(rows: Int, columns: Int, _ weight: (Int, Int) -> Double) -> Double {
    if rows > columns { return greatestWeight(rows: columns, columns: rows) { weight($1, $0) } }
    func best(from row: Int, _ used: Set<Int>) -> Double {
      if row == rows { return 0 }
      return (0..<columns).filter { !used.contains($0) }.map { weight(row, $0) + best(from: row + 1, used.union([$0])) }
        .max() ?? 0
    }
    return best(from: 0, [])
  }
}
