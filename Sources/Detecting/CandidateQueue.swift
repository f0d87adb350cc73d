/// A score that passed its threshold, with its class column and its anchor, as one number.
///
/// Ascending numbers are falling scores, equal scores by column, then by anchor: the one order of all families.
struct Candidate: Comparable {
  /// The score's bits, turned so that greater scores are smaller; below them the column times the anchors, plus the
  /// anchor.
  private let key: UInt64

  /// - Parameter place: column · anchors + anchor.
  init(score: Float, place: UInt32) {
    // −0 + 0 is +0: the two zeros tie.
    let bits = (score + 0).bitPattern
    let rising = bits >> 31 == 0 ? bits | 1 << 31 : ~bits
    key = UInt64(~rising) << 32 | UInt64(place)
  }

  var score: Float {
    let rising = ~UInt32(truncatingIfNeeded: key >> 32)
    return Float(bitPattern: rising >> 31 == 1 ? rising & ~(1 << 31) : ~rising)
  }

  /// Column · anchors + anchor.
  var place: Int { Int(UInt32(truncatingIfNeeded: key)) }

  static func < (left: Candidate, right: Candidate) -> Bool { left.key < right.key }
}

/// Candidates that come out best first, each at the cost of its own way only: few of many are ever asked for.
struct CandidateQueue {
  /// A binary heap once `order` has run: no element comes before its parent.
  private var heap: [Candidate] = []

  /// Forgets the picture; the memory stays.
  mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

  /// Adds a candidate; `order` must follow before the first `next`.
  mutating func append(_ candidate: Candidate) { heap.append(candidate) }

  /// Makes the candidates ready to come out.
  mutating func order() {
    for parent in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(heap[parent], from: parent) }
  }

  /// Takes the best candidate out; nil where none is left.
  mutating func next() -> Candidate? {
    guard let last = heap.popLast() else { return nil }
    guard let best = heap.first else { return last }
    sink(last, from: 0)
    return best
  }

  /// Puts `candidate` at `start` or below, where it comes before no parent of its.
  private mutating func sink(_ candidate: Candidate, from start: Int) {
    var hole = start
    while case let left = 2 * hole + 1, left < heap.count {
      let child = left + 1 < heap.count && heap[left + 1] < heap[left] ? left + 1 : left
      guard heap[child] < candidate else { break }
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = candidate
  }
}
