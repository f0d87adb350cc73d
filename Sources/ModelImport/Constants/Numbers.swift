/// The numbers of a constant: real ones in float32, or whole ones, those of bool among them.
enum Numbers: Equatable {
  case floats([Float])
  case integers([Int])

  /// How many there are.
  var count: Int {
    switch self {
    case .floats(let values): values.count
    case .integers(let values): values.count
    }
  }

  /// They where they are real; nil where they are whole.
  var floats: [Float]? { if case .floats(let values) = self { values } else { nil } }

  /// They where they are whole; nil where they are real.
  var integers: [Int]? { if case .integers(let values) = self { values } else { nil } }

  /// Returns those at `places`, in that order.
  ///
  /// - Precondition: there is a number at each place.
  func gathered(_ places: [Int]) -> Numbers {
    switch self {
    case .floats(let values): .floats(places.map { values[$0] })
    case .integers(let values): .integers(places.map { values[$0] })
    }
  }
}
