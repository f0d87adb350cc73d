internal import Model

/// What a constant is, or what follows from constants and shapes alone: known before any picture.
///
/// Invariant: the numbers are as many as the extents say, and the extents' product, zeros left out, is at most
/// `mostRead`, so that no product or sum of extents overflows.
struct KnownValue: Equatable {
  /// Outermost first; none is a single number.
  let extents: [Int]
  /// In row-major order.
  let numbers: Numbers

  /// The most numbers of a constant in a file, and of what is computed of such: far more than any detector's weights and
  /// anchors.
  static let (mostRead, mostComputed) = (1 << 30, 1 << 24)

  /// Nil where the numbers are not as many as the extents say.
  init?(_ extents: [Int], _ numbers: Numbers) {
    guard Self.count(of: extents, most: Self.mostRead) == numbers.count else { return nil }
    (self.extents, self.numbers) = (extents, numbers)
  }

  /// A list of whole numbers.
  init(list: [Int]) { (extents, numbers) = ([list.count], .integers(list)) }

  /// Returns how many numbers `extents` hold; nil where one is negative, or their product, zeros left out, is more than
  /// `most`.
  static func count(of extents: [Int], most: Int = mostComputed) -> Int? {
    guard let product = Shape(extents.map { $0 == 0 ? 1 : $0 }).count, product <= most else { return nil }
    return extents.contains(0) ? 0 : product
  }

  /// How many numbers there are.
  var count: Int { numbers.count }

  /// Its numbers where they are real.
  var floats: [Float]? { numbers.floats }

  /// Its numbers where they are whole.
  var integers: [Int]? { numbers.integers }

  /// Returns the same numbers under another shape; nil where that has another number of them.
  func reshaped(_ extents: [Int]) -> KnownValue? { KnownValue(extents, numbers) }

  /// Returns the numbers at `places`, under the shape `extents`; nil where they are not as many.
  ///
  /// - Precondition: there is a number at each place.
  func gathered(_ extents: [Int], _ places: [Int]) -> KnownValue? { KnownValue(extents, numbers.gathered(places)) }

  /// Returns `parts` one behind the other along `axis`; nil where they do not fit each other, or are too many numbers.
  static func joined(_ parts: [KnownValue], along axis: Int) -> KnownValue? {
    guard var extents = parts.first?.extents, extents.indices.contains(axis) else { return nil }
    extents[axis] = 0
    for part in parts {
      var others = part.extents
      guard others.count == extents.count else { return nil }
      others[axis] = extents[axis]
      guard others == extents else { return nil }
      extents[axis] += part.extents[axis]
    }
    guard let count = count(of: extents) else { return nil }
    let rows = count == 0 ? 0 : extents[..<axis].reduce(1, *)
    func join<Number>(_ values: [[Number]]) -> [Number]? {
      guard values.count == parts.count else { return nil }
      return (0..<rows).flatMap { row in
        values.flatMap { (part: [Number]) -> ArraySlice<Number> in
          let length = part.count / rows
          return part[row * length..<(row + 1) * length]
        }
      }
    }
    let numbers =
      join(parts.compactMap(\.floats)).map(Numbers.floats) ?? join(parts.compactMap(\.integers)).map(Numbers.integers)
    return numbers.flatMap { KnownValue(extents, $0) }
  }
}
