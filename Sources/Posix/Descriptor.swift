internal import Glibc

/// An open file descriptor with exactly one holder; closed when it is dropped.
package struct Descriptor: ~Copyable, Sendable {
  /// The number by which the system knows it; valid as long as this value is held.
  package let number: Int32

  /// - Precondition: `number` is open and nobody else closes it.
  package init(owning number: Int32) {
    precondition(number >= 0, "no open descriptor")
    self.number = number
  }

  /// Opens `path` with the `flags` of open(2), to which `O_CLOEXEC` is added; `mode` is for a file that is created.
  ///
  /// - Throws: `PosixError` where the system says no.
  package init(opening path: String, flags: Int32, mode: UInt32 = 0o666) throws(PosixError) {
    let opened = unsafe open(path, flags | O_CLOEXEC, mode)
    guard opened >= 0 else { throw PosixError(call: "open", subject: path) }
    number = opened
  }

  deinit { close(number) }
}
