internal import Glibc

/// The right to write a file alone, among the runs of this program.
package enum FileClaim {
  /// What is said of a file that another run has claimed.
  package static let refusal = "another run writes it"

  /// Claims the file that `descriptor` is open on, until that is closed; false where another has claimed it.
  ///
  /// It is advice (`flock(2)`): who reads, and who does not ask, is not kept away. What is no regular file, or lies where
  /// nothing can be claimed, is anybody's.
  package static func take(_ descriptor: Int32) -> Bool {
    guard FileIdentity(descriptor: descriptor)?.kind == .regular else { return true }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
  }
}
