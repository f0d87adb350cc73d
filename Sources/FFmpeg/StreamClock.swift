/// Tells when a live stream's pictures were taken, by the times of their arrival and by their timestamps.
///
/// A timestamp's delay is its arrival less itself. The least delay so far is that of a picture that nothing held up: it
/// is taken to have arrived when it was taken, and all others as long before or after it as their timestamps say. So a
/// picture that the network or the server held back is as old as it is. What every picture has in common, as the time
/// that it takes to encode one, no reader can know.
///
/// The two clocks differ, by less than `drift`: by so much the least delay is let grow.
package struct StreamClock: Sendable {
  private let scale: TickScale
  /// Whether the container tells times at all; else those of arrival are all there is.
  private let hasTimestamps: Bool
  /// The timestamp that others are counted from, and the delays of the stream since then.
  private var origin: Int64?
  private(set) var leastDelay = Duration.zero
  private var greatestDelay = Duration.zero
  private var last: (elapsed: Duration, arrival: Duration)?
  /// How often timestamps went where time does not go.
  package private(set) var jumpCount = 0

  /// How fast two clocks may drift apart, as a part of the time: that of bad crystals.
  static let drift = 0.0002
  /// What timestamps may go back by, out of order as they are, or ahead of the time of arrival.
  static let greatestJump = Duration.seconds(1)
  /// The longest that a paced picture is held back.
  static let longestPause = Duration.seconds(30)

  package init(scale: TickScale, hasTimestamps: Bool) { (self.scale, self.hasTimestamps) = (scale, hasTimestamps) }

  /// Notes that a picture with `timestamp` came at `arrival` of the monotonic clock.
  package mutating func note(_ timestamp: Int64?, arrival: Duration) {
    guard hasTimestamps, let timestamp else { return }
    guard let origin, let last, let elapsed = scale.elapsed(from: origin, to: timestamp) else {
      if self.origin != nil { jumpCount += 1 }
      begin(at: timestamp, arrival)
      return
    }
    let (step, passed, delay) = (elapsed - last.elapsed, arrival - last.arrival, arrival - elapsed)
    let lag = last.arrival - last.elapsed - leastDelay
    guard step > .zero - Self.greatestJump, step < passed + lag + Self.greatestJump else {
      jumpCount += 1
      begin(at: timestamp, arrival)
      return
    }
    let drift = passed * Self.drift
    leastDelay = min(leastDelay + drift, delay)
    greatestDelay = min(max(greatestDelay - drift, delay), leastDelay + Self.longestPause)
    self.last = (elapsed, arrival)
  }

  /// Returns when the picture with `timestamp` was taken, which arrived at `arrival`; never after that, except where the
  /// timestamp itself says so.
  package func captured(_ timestamp: Int64?, arrival: Duration) -> Duration {
    guard let elapsed = elapsed(timestamp) else { return arrival }
    return elapsed + leastDelay
  }

  /// Returns when the picture with `timestamp` is due where pictures that come in bursts shall be shown at their pace.
  package func due(_ timestamp: Int64?, arrival: Duration) -> Duration {
    guard let elapsed = elapsed(timestamp) else { return arrival }
    return elapsed + greatestDelay
  }

  /// Whether timestamps tell the pictures' times.
  var isDating: Bool { origin != nil }

  private func elapsed(_ timestamp: Int64?) -> Duration? {
    guard hasTimestamps, let timestamp, let origin else { return nil }
    return scale.elapsed(from: origin, to: timestamp)
  }

  /// Counts anew from a picture that is taken to come undelayed.
  private mutating func begin(at timestamp: Int64, _ arrival: Duration) {
    (origin, leastDelay, greatestDelay, last) = (timestamp, arrival, arrival, (.zero, arrival))
  }
}
