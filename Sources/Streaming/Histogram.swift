/// How often durations of about so many nanoseconds occurred: eight classes an octave, so that each class is at most
/// one eighth of its bound wide.
package struct Histogram: Sendable {
  /// Counts by class; 60 octaves above the first 8 nanoseconds hold every `Int64`.
  private var counts = [Int](repeating: 0, count: 61 * 8)
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

  /// Returns the duration that a `share` of all do not exceed: the middle of its class; zero where there are none.
  package func quantile(_ share: Double) -> Duration {
    let rank = max(1, Int((share * Double(count)).rounded(.up)))
    var seen = 0
    for index in counts.indices {
      seen += counts[index]
      if seen >= rank { return min(.nanoseconds(Self.middle(of: index)), longest) }
    }
    return .zero
  }

  /// The class of a number: itself below 8, else by its highest bit and the three bits behind that.
  static func index(of number: Int64) -> Int {
    guard number >= 8 else { return Int(number) }
    let exponent = 63 - number.leadingZeroBitCount
    return (exponent - 2) * 8 + Int(number >> (exponent - 3) & 7)
  }

  /// The middle of a class.
  static func middle(of index: Int) -> Int64 {
    guard index >= 8 else { return Int64(index) }
    let shift = index / 8 - 1
    return Int64(8 + index % 8) << shift + (1 << shift) / 2
  }
}
