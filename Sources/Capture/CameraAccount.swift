package import Scene

/// Counts a camera's pictures, those that never reached us included.
package struct CameraAccount: Sendable {
  private var next = 0
  private var lost = 0
  /// Pictures that came damaged, which are lost too.
  package private(set) var damaged = 0
  /// Pictures that never came; the damaged ones are the rest of those lost.
  package private(set) var missing = 0
  /// The driver's number of the last picture; it wraps at 2³².
  private var sequence: UInt32?

  package init() {}

  /// Counts a picture that came whole, and what its sequence number says is missing before it.
  ///
  /// Returns its number and how many were lost so far.
  package mutating func arrived(sequence: UInt32) -> (number: Int, lostSoFar: Int) {
    countGap(before: sequence)
    defer { next += 1 }
    return (next, lost)
  }

  /// Counts a picture that came damaged: a number that is never shown.
  package mutating func spoiled(sequence: UInt32) {
    countGap(before: sequence)
    next += 1
    lost += 1
    damaged += 1
  }

  /// Notes that the stream begins anew, and with it the driver's numbers.
  package mutating func restarted() { sequence = nil }

  /// Counts the pictures between the last one and `sequence`, in wrapping arithmetic.
  ///
  /// A number that does not go forward tells nothing: some drivers leave it 0, some begin anew.
  private mutating func countGap(before sequence: UInt32) {
    defer { self.sequence = sequence }
    guard let last = self.sequence else { return }
    let step = sequence &- last
    guard step > 1, step < 1 << 31 else { return }
    next += Int(step) - 1
    lost += Int(step) - 1
    missing += Int(step) - 1
  }
}

/// Makes capture times that can be trusted out of a driver's timestamps, which cannot.
package struct CameraClock: Sendable {
  /// What to add to the monotonic clock for the time since 1970.
  private var epoch: Duration
  private var first: Duration?
  /// The time of the last picture; before the first one the start of the stream.
  private var last: Duration
  /// How often a clock was wrong by so much that it was set or wrapped: the driver's or the machine's.
  package private(set) var jumps = 0

  /// What is no jump: drivers tremble, and between the reading of two clocks time passes.
  private static let tolerance = Duration.milliseconds(100)

  /// `monotonic` and `realtime`: both clocks at the start of the stream.
  package init(monotonic: Duration, realtime: Duration) {
    (epoch, last) = (realtime - monotonic, monotonic)
  }

  /// Returns the times of the next picture.
  ///
  /// A time before the last picture's or after `now` cannot be, and `now` stands in for it. So times never fall, and
  /// ages are never negative. Where the clock on the wall was set, later pictures go by what it says now.
  /// - Parameters:
  ///   - stamp: the driver's monotonic time, nil where it gives none.
  ///   - now: the monotonic clock.
  ///   - realtime: the clock on the wall at the same moment; nil where it could not be read at one.
  package mutating func time(stamp: Duration?, now: Duration, realtime: Duration? = nil) -> FrameTime {
    if let stamp, stamp > now + Self.tolerance || stamp < last - Self.tolerance { jumps += 1 }
    let taken = if let stamp, stamp >= last, stamp <= now { stamp } else { max(now, last) }
    if let realtime {
      let step = realtime - now - epoch
      if step > Self.tolerance || step < .zero - Self.tolerance {
        epoch += step
        jumps += 1
      }
    }
    last = taken
    let first = self.first ?? taken
    self.first = first
    return FrameTime(sinceFirst: taken - first, captured: CaptureTime(monotonic: taken, sinceEpoch: taken + epoch))
  }
}
