internal import Model

extension KnownValue {
  /// The most values of what is computed: far more than any detector's anchors.
  static let most = 1 << 24

  /// Returns the extents of a tensor that is laid so many times along each axis; nil where `multiples` do not fit or the
  /// result is too large.
  static func tiled(_ extents: [Int], _ multiples: [Int]) -> [Int]? {
    guard multiples.count == extents.count, multiples.allSatisfy({ (0...most).contains($0) }) else { return nil }
    let wanted = zip(extents, multiples).map { $0.multipliedReportingOverflow(by: $1) }
    guard wanted.allSatisfy({ !$0.overflow }) else { return nil }
    let result = wanted.map { $0.partialValue }
    guard let count = Shape(result).count, count <= most else { return nil }
    return result
  }

  /// Returns what `taken` says of the values, under the shape `extents`; nil where it is not in them.
  func rearranged(_ taken: Rearrangement, _ extents: [Int]) -> KnownValue? {
    taken.lies(in: count) ? gathered(extents, taken.places) : nil
  }

  /// Returns `parts` one behind the other along `axis`; nil where they do not fit each other.
  static func joined(_ parts: [KnownValue], along axis: Int) -> KnownValue? {
    guard let first = parts.first, first.extents.indices.contains(axis),
      !parts.contains(where: { $0.extents.contains(0) })
    else { return nil }
    let outer = first.extents[..<axis].reduce(1) { $0 &* $1 }
    var (floats, integers, length) = ([Float](), [Int](), 0)
    for part in parts {
      var others = part.extents
      guard others.count == first.extents.count else { return nil }
      others[axis] = first.extents[axis]
      guard others == first.extents else { return nil }
      length += part.extents[axis]
    }
    for row in 0..<outer {
      for part in parts {
        let size = part.extents[axis...].reduce(1) { $0 &* $1 }
        switch (part.numbers, first.numbers) {
        case (.floats(let values), .floats): floats += values[row * size..<(row + 1) * size]
        case (.integers(let values), .integers): integers += values[row * size..<(row + 1) * size]
        default: return nil
        }
      }
    }
    var extents = first.extents
    extents[axis] = length
    return KnownValue(extents, floats.isEmpty ? .integers(integers) : .floats(floats))
  }
}
