internal import Arguments

extension ValueKind where Value == Duration {
  /// How long a file of a recording gets: a time with its unit, or a plain number of seconds.
  static var segment: Self {
    let time = ValueKind<Duration>.duration(.milliseconds(100) ... .seconds(30 * 86_400))
    return Self(expected: "\(time.expected)") { text in time.read(text) ?? time.read("\(text)s") }
  }
}
