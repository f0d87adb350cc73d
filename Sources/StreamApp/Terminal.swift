internal import Capture
internal import Glibc
internal import Output
internal import Posix

/// What people read: everything that `stream` says goes to standard error here, data to standard output.
enum Terminal {
  /// Whether standard error is a terminal, so that progress makes sense.
  static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether the process has a terminal that may interrupt it, wherever its descriptors lead.
  static var isAttached: Bool {
    let opened = unsafe open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    if opened >= 0 { close(opened) }
    return opened >= 0
  }

  /// Columns of the terminal, 80 where they are unknown.
  static var columns: Int {
    var size = winsize()
    guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Takes the present line away, so that what is written next begins where it stood.
  static let clearLine = "\r\u{1B}[K"

  /// Writes a line or lines to standard error, without the passwords of URLs in them.
  ///
  /// What cannot be written there cannot be told either.
  static func say(_ line: String) { show("\(SecretFree.line(line))\n") }

  /// Returns what takes warnings: standard error, or nothing where `isQuiet`.
  static func voice(isQuiet: Bool) -> @Sendable (String) -> Void {
    if isQuiet { return { _ in } }
    return { say("stream: \($0)") }
  }

  /// Writes `text` to standard error as it is.
  static func show(_ text: String) {
    do throws(OutputError) { try write(text, to: STDERR_FILENO, name: "standard error") } catch {}
  }

  /// What errors call standard output.
  static let outputName = "standard output"

  /// Writes one line to standard output.
  ///
  /// - Throws: `OutputError` iff it is not written; `isClosedPipe` when its reader has gone.
  static func tell(_ line: String) throws(OutputError) { try print("\(line)\n") }

  /// Writes `text` to standard output as it is.
  ///
  /// - Throws: `OutputError` iff it is not written; `isClosedPipe` when its reader has gone.
  static func print(_ text: String) throws(OutputError) {
    try write(text, to: STDOUT_FILENO, name: outputName)
  }

  /// Says that the process is asked to end: from now on a reader who takes nothing is not waited for much longer.
  static func hurry() { end.request() }

  /// Requested by `hurry`.
  private static let end = Interrupt()
  /// How long a reader is waited for then; no longer at all when that was in vain once.
  private static let patience = Guarded(ReaderPatience.standard)

  private static func write(_ text: String, to descriptor: Int32, name: String) throws(OutputError) {
    do throws(OutputError) {
      var output = try LineOutput.sharing(
        descriptor, name: name, interrupt: end, patience: patience.withLock { $0 })
      try output.write(Array(text.utf8))
    } catch {
      if end.isRequested { patience.withLock { $0 = .zero } }
      throw error
    }
  }
}
