internal import Glibc

/// A system call that said no: what was asked, of what, and the system's reason.
public struct PosixError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was done: `open`, `map`, `write`.
  public let call: String
  /// The path or device it was done to; empty where there is none.
  public let subject: String
  /// The system's error number.
  public let code: Int32

  public init(call: String, subject: String = "", code: Int32) {
    (self.call, self.subject, self.code) = (call, subject, code)
  }

  /// The error of the call that just failed on this thread.
  package init(call: String, subject: String = "") { self.init(call: call, subject: subject, code: errno) }

  /// The words for `code`, mostly the system's, lower case where it begins a sentence: `no such file or directory`.
  public var reason: String {
    // The system's own words, "no such device or address" and "invalid argument", say less.
    if call == "write", code == ENXIO { return "nobody reads this pipe" }
    if call == "map", code == EINVAL { return "is not a regular file" }
    let words = unsafe String(cString: strerror(code))
    return words.prefix(1).lowercased() + words.dropFirst()
  }

  /// One line: subject and reason.
  public var description: String { subject.isEmpty ? "\(call): \(reason)" : "\(subject): \(reason)" }
}
