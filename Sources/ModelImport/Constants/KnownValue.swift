internal import Model

/// What a constant is, or what follows from constants and shapes alone: known before any picture.
///
/// Invariant: the numbers are as many as the extents say.
struct KnownValue {
  /// Outermost first; none is a single number.
  let extents: [Int]
  let numbers: Numbers

  /// Nil where the numbers are not as many as the extents say.
  init?(_ extents: [Int], _ numbers: Numbers) {
    guard Shape(extents).count == numbers.count else { return nil }
    (self.extents, self.numbers) = (extents, numbers)
  }

  /// A list of whole numbers.
  init(list: [Int]) { (extents, numbers) = ([list.count], .integers(list)) }

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
}
