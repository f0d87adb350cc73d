/// The presentation times of a source's frames, made from the timestamps of its stream.
///
/// A time is the timestamp's distance from that of the first frame. A frame without a timestamp, or whose time would
/// not be above the last one, comes one average frame duration after the last. Where timestamps go back by more than a
/// second (joined recordings, a clock that was set, one false stamp far ahead), times are counted anew from there, so
/// that the distances of the frames that follow are right again.
package struct Timeline {
  /// Seconds of one tick, as a fraction.
  private let numerator: Int64
  private let denominator: Int64
  private let frameDuration: Duration
  /// The timestamp that stands for `originTime`.
  private var origin: Int64?
  private var originTime = Duration.zero
  private var last: Duration?

  /// The largest distance from the first frame that is believed: a damaged timestamp may claim a thousand years.
  private static let longest = Int128(Int32.max)

  /// What frames out of order may differ by; a longer step back is a break in the recording.
  private static let greatestStepBack = Duration.seconds(1)

  /// A timeline of ticks of `numerator`/`denominator` seconds, and of `frameRate` frames a second where timestamps fail
  /// (25 where it is unknown).
  package init(numerator: Int32, denominator: Int32, frameRate: Double?) {
    (self.numerator, self.denominator) = (Int64(max(numerator, 1)), Int64(max(denominator, 1)))
    let rate = frameRate.map { min(max($0, 0.001), 1_000_000) } ?? 25
    frameDuration = .seconds(1 / rate)
  }

  /// Returns the time of the next frame, whose timestamp is `timestamp`, nil where it has none.
  package mutating func time(at timestamp: Int64?) -> Duration {
    let following = last.map { $0 + frameDuration } ?? .zero
    var time = following
    if let timestamp {
      if let origin {
        if let known = elapsed(from: origin, to: timestamp).map({ originTime + $0 }) {
          let last = last ?? .zero
          if known > last {
            time = known
          } else if last - known > Self.greatestStepBack {
            (self.origin, originTime) = (timestamp, following)
          }
        }
      } else {
        // The first timestamp, perhaps after frames that had none.
        (origin, originTime) = (timestamp, following)
      }
    }
    last = time
    return time
  }

  /// Returns the ticks between two timestamps as a duration; nil where they are beyond belief.
  private func elapsed(from start: Int64, to end: Int64) -> Duration? {
    let ticks = Int128(end) - Int128(start)
    let (seconds, rest) = (ticks * Int128(numerator)).quotientAndRemainder(dividingBy: Int128(denominator))
    guard seconds.magnitude <= Self.longest.magnitude else { return nil }
    let attoseconds = rest * 1_000_000_000_000_000_000 / Int128(denominator)
    return Duration(secondsComponent: Int64(seconds), attosecondsComponent: Int64(attoseconds))
  }
}
