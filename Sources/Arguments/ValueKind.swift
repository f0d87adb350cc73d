/// What kind of value an option or argument takes: how its text is read, and what is said where it cannot be.
package struct ValueKind<Value: Sendable>: Sendable {
  /// What a value must be, as the end of "… is not": `a number from 0 to 1`.
  package let expected: String
  /// What a shell offers in its place.
  package let completion: Completion
  /// Returns the value that a text stands for; nil where it stands for none.
  package let read: @Sendable (String) -> Value?

  package init(expected: String, completion: Completion = .none, read: @escaping @Sendable (String) -> Value?) {
    (self.expected, self.completion, self.read) = (expected, completion, read)
  }
}

/// What a shell offers where a value is wanted.
package enum Completion: Sendable, Equatable {
  case none
  case files
  case words([String])
}

extension ValueKind where Value == String {
  /// Any text but the empty one.
  package static var text: Self { Self(expected: "a name") { $0.isEmpty ? nil : $0 } }

  /// The path of a file, an URL, or `-`; the empty text is none.
  package static var path: Self { Self(expected: "a path", completion: .files) { $0.isEmpty ? nil : $0 } }

  /// One of `words`.
  package static func word(of words: [String]) -> Self {
    Self(expected: "one of \(words.joined(separator: ", "))", completion: .words(words)) {
      words.contains($0) ? $0 : nil
    }
  }
}

extension ValueKind where Value == Int {
  /// A whole number in `range`.
  package static func integer(_ range: ClosedRange<Int>) -> Self {
    let bounds =
      range.upperBound == .max
      ? "of \(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
    return Self(expected: "a whole number \(bounds)") { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension ValueKind where Value == Double {
  /// A decimal number in `range`: digits, a point, an exponent, and neither `nan` nor `inf`.
  package static func decimal(_ range: ClosedRange<Double>) -> Self {
    Self(expected: "a number from \(plain(range.lowerBound)) to \(plain(range.upperBound))") { text in
      decimal(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// Returns the finite number that `text` writes in decimals, as people do.
  static func decimal(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }), let value = Double(text), value.isFinite
    else { return nil }
    return value
  }

  /// A bound as people write it: 1, not 1.0.
  private static func plain(_ bound: Double) -> String { Int(exactly: bound).map(String.init) ?? String(bound) }
}

extension ValueKind where Value == PictureSize {
  /// A width and a height in pixels, `1280x720`, each in `range`.
  package static func size(_ range: ClosedRange<Int> = 1...16384) -> Self {
    Self(expected: "a size such as 1280x720, each side from \(range.lowerBound) to \(range.upperBound)") { text in
      let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
      guard sides.count == 2, let width = sides[0], let height = sides[1], range.contains(width),
        range.contains(height)
      else { return nil }
      return PictureSize(width: width, height: height)
    }
  }
}

/// A width and a height in pixels.
package struct PictureSize: Sendable, Equatable {
  package var width: Int
  package var height: Int

  package init(width: Int, height: Int) { (self.width, self.height) = (width, height) }
}

extension ValueKind where Value == Assignment {
  /// A name and what it is set to, `brightness=128`.
  package static var assignment: Self {
    Self(expected: "a name and a value such as brightness=128") { text in
      guard let sign = text.firstIndex(of: "=") else { return nil }
      let (name, value) = (text[..<sign], text[text.index(after: sign)...])
      return name.isEmpty || value.isEmpty ? nil : Assignment(name: String(name), value: String(value))
    }
  }
}

/// A name and what it is set to.
package struct Assignment: Sendable, Equatable {
  package var name: String
  package var value: String

  package init(name: String, value: String) { (self.name, self.value) = (name, value) }
}

extension ValueKind where Value == Duration {
  /// A time with its unit, `500ms`, `5s`, `2m` or `1.5h`, in `range`, which ends at a day unless told otherwise.
  package static func duration(_ range: ClosedRange<Duration> = .zero ... .seconds(86400)) -> Self {
    Self(
      expected: "a time such as 500ms, 5s or 2m, from \(spelled(range.lowerBound)) to \(spelled(range.upperBound))"
    ) { text in
      duration(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  private static let units: [(suffix: String, nanoseconds: Double)] = [
    ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
  ]

  /// Returns the duration that a number with its unit tells, to the nanosecond.
  private static func duration(_ text: String) -> Duration? {
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
      let count = ValueKind<Double>.decimal(String(text.dropLast(unit.suffix.count))),
      let nanoseconds = Int64(exactly: (count * unit.nanoseconds).rounded())
    else { return nil }
    return .nanoseconds(nanoseconds)
  }

  /// `duration` in the largest unit that divides it.
  private static func spelled(_ duration: Duration) -> String {
    let milliseconds = Int(duration / .milliseconds(1))
    for (suffix, size) in [("h", 3_600_000), ("m", 60_000), ("s", 1000)]
    where milliseconds.isMultiple(of: size) && milliseconds > 0 {
      return "\(milliseconds / size)\(suffix)"
    }
    return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
  }
}

extension ValueKind where Value: CaseIterable & RawRepresentable<String> {
  /// One of the cases of `Value`, by its raw text.
  package static var choice: Self {
    let words = Value.allCases.map(\.rawValue)
    return Self(expected: "one of \(words.joined(separator: ", "))", completion: .words(words)) { Value(rawValue: $0) }
  }
}

extension ValueKind {
  /// Values of `kind` with commas between them, one at least.
  package static func list<Element>(of kind: ValueKind<Element>) -> Self where Value == [Element] {
    Self(expected: "\(kind.expected), or several with one comma between two", completion: kind.completion) { text in
      var elements: [Element] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let element = kind.read(String(part)) else { return nil }
        elements.append(element)
      }
      return elements
    }
  }
}
