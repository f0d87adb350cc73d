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
  /// The newest of the driver's times that was believed; before it the start of the stream.
  private var lastStamp: Duration
  /// Whether the driver's last time was far off.
  private var isOff = false
  /// How often a clock was wrong by so much that it was set or wrapped: the driver's or the machine's.
  package private(set) var jumps = 0

  /// What is no jump: drivers tremble, and between the reading of two clocks time passes.
  private static let tolerance = Duration.milliseconds(100)

  /// `monotonic` and `realtime`: both clocks at the start of the stream.
  package init(monotonic: Duration, realtime: Duration) {
    (epoch, last, lastStamp) = (realtime - monotonic, monotonic, monotonic)
  }

  /// Returns the times of the next picture.
  ///
  /// A time before the driver's last one or after `now` cannot be, and `now` stands in for it. Times never fall, also
  /// where believed ones come after that, and ages are never negative. Where the clock on the wall was set, later
  /// pictures go by what it says now.
  /// - Parameters:
  ///   - stamp: the driver's monotonic time, nil where it gives none.
  ///   - now: the monotonic clock.
  ///   - realtime: the clock on the wall at the same moment; nil where it could not be read at one.
  package mutating func time(stamp: Duration?, now: Duration, realtime: Duration? = nil) -> FrameTime {
    var taken = now
    if let stamp {
      let wasOff = isOff
      isOff = stamp > now + Self.tolerance || stamp < lastStamp - Self.tolerance
      if isOff, !wasOff { jumps += 1 }
      if stamp >= lastStamp, stamp <= now { (taken, lastStamp) = (stamp, stamp) }
    }
    taken = max(taken, last)
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
