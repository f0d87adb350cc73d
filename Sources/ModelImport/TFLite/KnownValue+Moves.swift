internal import Model

extension KnownValue {
  /// Returns the extents of a tensor that is laid so many times along each axis; nil where `multiples` do not fit or the
  /// result is too large.
  static func tiled(_ extents: [Int], _ multiples: [Int]) -> [Int]? {
    guard multiples.count == extents.count, multiples.allSatisfy({ (0...mostComputed).contains($0) }) else {
      return nil
    }
    let wanted = zip(extents, multiples).map { $0.multipliedReportingOverflow(by: $1) }
    guard wanted.allSatisfy({ !$0.overflow }) else { return nil }
    let result = wanted.map { $0.partialValue }
    return count(of: result) == nil ? nil : result
  }

  /// Returns what `taken` says of the values, under the shape `extents`; nil where it is not in them.
  func rearranged(_ taken: Rearrangement, _ extents: [Int]) -> KnownValue? {
    taken.lies(in: count) ? gathered(extents, taken.places) : nil
  }
}
