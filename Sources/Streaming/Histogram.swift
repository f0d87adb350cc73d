/// How often durations of about so many nanoseconds occurred, in memory that does not grow.
///
/// Classes of equal width, 64 an octave: each is at most a 64th of its bound wide, so its middle is off by at most one
/// part in 128 (0.8 %) from every duration that it holds.
package struct Histogram: Sendable {
  /// Counts by class; 57 octaves above the first 64 nanoseconds hold every `Int64`.
  private var counts = [Int](repeating: 0, count: 58 * 64)
  /// How many durations were counted.
  package private(set) var count = 0
  /// The longest of them.
  package private(set) var longest = Duration.zero

  package init() {}

  /// Counts one duration; a negative one counts as zero.
  package mutating func add(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let nanoseconds = whole.overflow ? .max : whole.partialValue + attoseconds / 1_000_000_000
    counts[Self.index(of: max(0, nanoseconds))] += 1
    count += 1
    longest = max(longest, duration)
  }

  /// Counts the durations of `other` as well.
  package mutating func add(_ other: Histogram) {
    for index in counts.indices { counts[index] += other.counts[index] }
    count += other.count
    longest = max(longest, other.longest)
  }

  /// Returns the duration that a `share` of all do not exceed: the middle of its class, at most the longest; zero where
  /// there are none.
  package func quantile(_ share: Double) -> Duration {
    let rank = max(1, Int((share * Double(count)).rounded(.up)))
    var seen = 0
    for index in counts.indices {
      seen += counts[index]
      if seen >= rank { return min(.nanoseconds(Self.middle(of: index)), longest) }
    }
    return .zero
  }

  /// The class of a number: itself below 64, else by its highest bit and the six bits behind that.
  private static func index(of number: Int64) -> Int {
    guard number >= 64 else { return Int(number) }
    let exponent = 63 - number.leadingZeroBitCount
    return (exponent - 5) * 64 + Int(number >> (exponent - 6) & 63)
  }

  /// The middle of a class.
  private static func middle(of index: Int) -> Int64 {
    guard index >= 64 else { return Int64(index) }
    let shift = index / 64 - 1
    return Int64(64 + index % 64) << shift + (1 << shift) / 2
  }
}
