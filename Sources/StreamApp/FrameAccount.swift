package import Scene
package import Streaming

/// The account of a run's frames: each captured one ends as reported, dropped or lost, unless it is still under way.
///
/// A source's numbers count everything, those lost included.
package struct FrameAccount: Sendable {
  /// Pictures up to the newest captured one, those that never reached us included.
  package private(set) var captured = 0
  /// Those that never reached us.
  package private(set) var lost = 0
  /// Those of the lost ones that came damaged.
  package private(set) var damaged = 0
  package private(set) var reported = 0
  /// Those of the reported ones that the network looked at.
  package private(set) var detected = 0
  /// Those that the source itself gave up for newer ones.
  private(set) var passedBy = 0
  /// Live: how old frames were when their lines had been written.
  package private(set) var ages = Histogram()
  private var last: FrameStamp?

  package init() {}

  /// The account of several sources together.
  package init(sumOf accounts: [FrameAccount]) {
    for account in accounts {
      captured += account.captured
      lost += account.lost
      damaged += account.damaged
      reported += account.reported
      detected += account.detected
      passedBy += account.passedBy
      ages.add(account.ages)
    }
  }

  /// Notes that a frame with `stamp` reached us.
  package mutating func capture(_ stamp: FrameStamp) {
    passedBy += max(stamp.number - captured - (stamp.lostSoFar - lost), 0)
    (captured, lost, damaged) = (stamp.number + 1, stamp.lostSoFar, stamp.damagedSoFar)
  }

  /// Counts `stamp` as reported and returns how many fell between it and the report before: what is missing and was not
  /// lost was dropped for newer ones.
  package mutating func report(_ stamp: FrameStamp, isDetected: Bool = true) -> (dropped: Int, lost: Int) {
    let missing = stamp.number - (last?.number ?? -1) - 1
    let newlyLost = stamp.lostSoFar - (last?.lostSoFar ?? 0)
    last = stamp
    reported += 1
    if isDetected { detected += 1 }
    return (max(missing - newlyLost, 0), newlyLost)
  }

  /// Notes that the line of the frame with `stamp` was written at `now` of the monotonic clock.
  package mutating func wrote(_ stamp: FrameStamp, at now: Duration) {
    if let captured = stamp.time.captured { ages.add(now - captured.monotonic) }
  }
}
