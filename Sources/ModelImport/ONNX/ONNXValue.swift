internal import Model

/// What a constant is, or what follows from constants and shapes alone.
struct ONNXValue {
  /// Its numbers, outermost extent first.
  enum Numbers {
    case floats([Float])
    case integers([Int])
  }

  var extents: [Int]
  var numbers: Numbers

  /// Nil where the values are not as many as the extents say.
  init?(_ extents: [Int], _ numbers: Numbers) {
    (self.extents, self.numbers) = (extents, numbers)
    guard Shape(extents).count == count else { return nil }
  }

  /// A list of whole numbers.
  init(list: [Int]) { (extents, numbers) = ([list.count], .integers(list)) }

  /// How many values there are.
  var count: Int {
    switch numbers {
    case .floats(let values): values.count
    case .integers(let values): values.count
    }
  }

  /// Its values where they are real numbers.
  var floats: [Float]? {
    if case .floats(let values) = numbers { values } else { nil }
  }

  /// Its values where they are whole numbers.
  var integers: [Int]? {
    if case .integers(let values) = numbers { values } else { nil }
  }

  /// Returns the same values under another shape; nil where that has another number of them.
  func reshaped(_ extents: [Int]) -> ONNXValue? { ONNXValue(extents, numbers) }

  /// Returns the values at `places`, under the shape `extents`; nil where they are not as many.
  ///
  /// - Precondition: there is a value at each place.
  func gathered(_ extents: [Int], _ places: [Int]) -> ONNXValue? {
    switch numbers {
    case .floats(let values): ONNXValue(extents, .floats(places.map { values[$0] }))
    case .integers(let values): ONNXValue(extents, .integers(places.map { values[$0] }))
    }
  }

  /// Returns lists one behind the other; nil where one is no list of whole numbers.
  static func joined(_ parts: [ONNXValue]) -> ONNXValue? {
    var list: [Int] = []
    for part in parts {
      guard part.extents.count == 1, let integers = part.integers else { return nil }
      list += integers
    }
    return ONNXValue(list: list)
  }
}
