/// How long the ticks of a stream's timestamps are.
package struct TickScale: Sendable {
  /// Seconds of one tick, as a fraction.
  private let numerator: Int64
  private let denominator: Int64

  /// The largest distance that is believed: a damaged timestamp may claim a thousand years.
  private static let longest = Int128(Int32.max)

  /// Ticks of `numerator`/`denominator` seconds; what is not above 0 counts as 1.
  package init(numerator: Int32, denominator: Int32) {
    (self.numerator, self.denominator) = (Int64(max(numerator, 1)), Int64(max(denominator, 1)))
  }

  /// Returns the ticks between two timestamps as a duration; nil where they are beyond belief.
  func elapsed(from start: Int64, to end: Int64) -> Duration? {
    let ticks = Int128(end) - Int128(start)
    let (seconds, rest) = (ticks * Int128(numerator)).quotientAndRemainder(dividingBy: Int128(denominator))
    guard seconds.magnitude <= Self.longest.magnitude else { return nil }
    let attoseconds = rest * 1_000_000_000_000_000_000 / Int128(denominator)
    return Duration(secondsComponent: Int64(seconds), attosecondsComponent: Int64(attoseconds))
  }
}
