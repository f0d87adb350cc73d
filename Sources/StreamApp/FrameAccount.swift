internal import Scene

/// Closes the account of a live source: what was dropped and what was lost between two reported frames.
struct FrameAccount: Sendable {
  /// Frames that were dropped for newer ones.
  private(set) var dropped = 0
  /// Frames that never reached us.
  private(set) var lost = 0
  private(set) var reported = 0
  private var last: FrameStamp?

  /// Counts `stamp` as reported and returns what fell between it and the report before.
  ///
  /// A source's numbers count everything, so what is missing and was not lost was dropped.
  mutating func report(_ stamp: FrameStamp) -> (dropped: Int, lost: Int) {
    let missing = stamp.number - (last?.number ?? -1) - 1
    let newlyLost = stamp.lostSoFar - (last?.lostSoFar ?? 0)
    let newlyDropped = max(missing - newlyLost, 0)
    last = stamp
    reported += 1
    dropped += newlyDropped
    lost += newlyLost
    return (newlyDropped, newlyLost)
  }
}
