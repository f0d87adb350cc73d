internal import Model

/// What the formats' operators on shapes have in common.
extension [Int] {
  /// Returns these axes, which may count from the end, as indices below `rank`; nil where one does not exist.
  func axes(of rank: Int) -> [Int]? {
    let axes = compactMap { $0.axis(of: rank) }
    return axes.count == count ? axes : nil
  }

  /// Returns these extents with what makes `count` of their product in place of one −1; nil where that is impossible.
  func resolved(count: Int) -> [Int]? {
    guard let open = firstIndex(of: -1) else { return Shape(self).count == count ? self : nil }
    var extents = self
    extents[open] = 1
    guard let rest = Shape(extents).count, rest > 0, count % rest == 0 else { return nil }
    extents[open] = count / rest
    return extents
  }

  /// Returns these extents without those at `axes`, or without all of 1 where there are none; nil where one that is named
  /// is not 1.
  func squeezed(_ axes: [Int]) -> [Int]? {
    guard let named = axes.axes(of: count), named.allSatisfy({ self[$0] == 1 }) else { return nil }
    return indices.filter { named.isEmpty ? self[$0] != 1 : !named.contains($0) }.map { self[$0] }
  }
}

extension Int {
  /// Returns this axis, which may count from the end, as an index below `rank`; nil where it does not exist.
  func axis(of rank: Int) -> Int? {
    let axis = self < 0 ? self &+ rank : self
    return (0..<rank).contains(axis) ? axis : nil
  }
}
