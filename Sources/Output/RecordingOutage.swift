package import Posix

/// The time while a recording cannot be written: when to try again.
///
/// Looking for room costs little and is done every second. A try that fails all the same, for a quota or a broken disk,
/// doubles the wait, up to 30 s.
package struct RecordingOutage: Sendable {
  /// How many pictures are missing for it so far.
  package var missingCount = 0
  private var wait = Duration.seconds(1)
  private var nextTry: Duration

  /// Begins at `now` of the monotonic clock, with the first look a second later, or at once where a new file will do.
  package init(at now: Duration, isOverWithThisFile: Bool) { nextTry = isOverWithThisFile ? now : now + wait }

  /// Returns whether to try now, where the file system has `room`, which is asked for only when it is time; nil is not
  /// known and worth a try.
  package mutating func shouldTry(at now: Duration, room: @autoclosure () -> FileSystemRoom?) -> Bool {
    guard now >= nextTry else { return false }
    guard let room = room(), room.free < Self.enough(of: room.total) else { return true }
    nextTry = now + min(wait, .seconds(1))
    return false
  }

  /// Notes that a try failed at `now`.
  package mutating func fail(at now: Duration) {
    wait = min(wait * 2, .seconds(30))
    nextTry = now + wait
  }

  /// Returns how many free bytes are worth to begin again: 16 MB, or a tenth of a small file system. With less the next
  /// file would end as it began.
  static func enough(of total: UInt64) -> UInt64 { min(16 << 20, total / 10) }
}
