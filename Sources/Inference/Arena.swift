/// Gives blocks of one arena to values, so that values alive at the same time never overlap.
///
/// A value lives from the step that first writes it to the step that last reads it. Each is placed at the lowest gap
/// that holds it, in the order of their births: close to the least for networks that are chains with short cuts.
package struct Arena {
  /// A block that a value occupies for some steps.
  package struct Tenant: Equatable {
    /// Floats, a multiple of a cache line.
    package var count: Int
    /// From the first step that touches it to the last; nil while none does.
    package var life: ClosedRange<Int>?
    package var offset = 0

    package init(count: Int, life: ClosedRange<Int>?) { (self.count, self.life) = (count, life) }

    /// Extends the life to `step`.
    mutating func live(at step: Int) {
      life = life.map { min($0.lowerBound, step)...max($0.upperBound, step) } ?? step...step
    }
  }

  package private(set) var tenants: [Tenant]
  /// Floats that hold all tenants.
  package private(set) var count = 0

  /// Places all `tenants`.
  ///
  /// - Precondition: their counts are multiples of a cache line, and the sum of all fits an `Int`.
  package init(_ tenants: [Tenant]) {
    self.tenants = tenants
    var alive: [(end: Int, index: Int)] = []
    let lives = tenants.enumerated().compactMap { index, tenant in tenant.life.map { (index, $0) } }
    for (index, life) in lives.sorted(by: { $0.1.lowerBound < $1.1.lowerBound }) {
      alive.removeAll { $0.end < life.lowerBound }
      alive.sort { self.tenants[$0.index].offset < self.tenants[$1.index].offset }
      var offset = 0
      for other in alive.map({ self.tenants[$0.index] }) {
        if offset + tenants[index].count <= other.offset { break }
        offset = max(offset, other.offset + other.count)
      }
      self.tenants[index].offset = offset
      alive.append((life.upperBound, index))
      count = max(count, offset + tenants[index].count)
    }
  }
}
