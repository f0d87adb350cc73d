/// Some of a tensor's values in some order, each perhaps several times: a part, an order of axes, repetitions.
///
/// Value (i, j, …) of the result is that of the input at `first + i · steps[0] + j · steps[1] + …`, both counted as they
/// lie, the last axis innermost.
public struct Rearrangement: Sendable, Equatable {
  public var first: Int
  /// Values of each axis, outermost first; the result may have other extents with as many values.
  public var counts: [Int]
  /// How far the next value of each axis is; of either sign, or 0.
  public var steps: [Int]

  public init(first: Int = 0, counts: [Int], steps: [Int]) {
    (self.first, self.counts, self.steps) = (first, counts, steps)
  }

  /// All values of a tensor with these extents, in their order.
  public init(of extents: [Int]) {
    (first, counts, steps) = (0, extents, extents)
    var step = 1
    for axis in extents.indices.reversed() {
      steps[axis] = step
      step &*= extents[axis]
    }
  }

  /// The number of values of the result; nil where it does not fit an `Int` or an axis is negative.
  public var count: Int? { Shape(counts).count }

  /// Whether all of it lies in a tensor of `size` values.
  package func lies(in size: Int) -> Bool {
    guard counts.count == steps.count, let count else { return false }
    guard count > 0 else { return true }
    var (low, high) = (first, first)
    for (count, step) in zip(counts, steps) {
      let (way, overflows) = step.multipliedReportingOverflow(by: count - 1)
      let (end, leaves) = (way < 0 ? low : high).addingReportingOverflow(way)
      if overflows || leaves { return false }
      (low, high) = (min(low, end), max(high, end))
    }
    return low >= 0 && high < size
  }

  /// Calls `body` with the place of the first value of each row of the last axis, one row after the other.
  ///
  /// - Parameter rows: within as many as the other axes have together.
  package func forEachRow(in rows: Range<Int>, _ body: (_ row: Int, _ place: Int) -> Void) {
    for row in rows {
      var (rest, place) = (row, first)
      for axis in counts.indices.dropLast().reversed() {
        place += rest % counts[axis] * steps[axis]
        rest /= counts[axis]
      }
      body(row, place)
    }
  }

  /// The place of every value of the result, in order.
  ///
  /// - Precondition: it lies in a tensor.
  package var places: [Int] {
    guard let count, count > 0 else { return [] }
    guard let length = counts.last, let step = steps.last else { return [first] }
    var places: [Int] = []
    places.reserveCapacity(count)
    forEachRow(in: 0..<count / length) { _, place in places += (0..<length).map { place + $0 * step } }
    return places
  }
}

extension Rearrangement {
  /// Returns the same with its axes in another order; nil where `order` is none of them.
  package func transposed(_ order: [Int]) -> Rearrangement? {
    guard order.sorted() == Array(counts.indices) else { return nil }
    return Rearrangement(first: first, counts: order.map { counts[$0] }, steps: order.map { steps[$0] })
  }

  /// Returns `count` values of `axis`, from `start` on, each `step` behind the one before.
  ///
  /// - Precondition: the axis exists.
  package func part(_ axis: Int, from start: Int, count: Int, step: Int = 1) -> Rearrangement {
    var part = self
    part.first &+= start &* steps[axis]
    part.counts[axis] = count
    part.steps[axis] &*= step
    return part
  }

  /// Returns each axis so many times in a row: it is two axes then.
  package func repeated(_ multiples: [Int]) -> Rearrangement {
    Rearrangement(
      first: first, counts: zip(multiples, counts).flatMap { [$0, $1] }, steps: steps.flatMap { [0, $0] })
  }
}
