/// The presentation times of a source's frames, made from the timestamps of its stream.
///
/// A time is the timestamp's distance from that of the first frame. A frame without a timestamp, or whose time would
/// not be above the last one, comes one average frame duration after the last. Where timestamps go back by more than a
/// second (joined recordings, a clock that was set, one false stamp far ahead), times are counted anew from there, so
/// that the distances of the frames that follow are right again.
package struct Timeline {
  private let scale: TickScale
  private let frameDuration: Duration
  /// The timestamp that stands for `originTime`.
  private var origin: Int64?
  private var originTime = Duration.zero
  private var last: Duration?

  /// What frames out of order may differ by; a longer step back is a break in the recording.
  private static let greatestStepBack = Duration.seconds(1)

  /// A timeline of ticks of `numerator`/`denominator` seconds, and of `frameRate` frames a second where timestamps fail
  /// (25 where it is unknown).
  package init(numerator: Int32, denominator: Int32, frameRate: Double?) {
    scale = TickScale(numerator: numerator, denominator: denominator)
    let rate = frameRate.map { min(max($0, 0.001), 1_000_000) } ?? 25
    frameDuration = .seconds(1 / rate)
  }

  /// Returns the time of the next frame, whose timestamp is `timestamp`, nil where it has none.
  package mutating func time(at timestamp: Int64?) -> Duration {
    let following = last.map { $0 + frameDuration } ?? .zero
    var time = following
    if let timestamp {
      if let origin {
        if let known = scale.elapsed(from: origin, to: timestamp).map({ originTime + $0 }) {
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
}
