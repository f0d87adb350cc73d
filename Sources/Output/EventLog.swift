internal import JSON
public import Posix
public import Scene

/// The event log: JSON Lines, one line for every frame, written whole as soon as the frame is known.
public struct EventLog: EventSink, ~Copyable {
  private var output: LineOutput
  private var line = JSONWriter(capacity: 16 << 10)
  /// What each line names its run by; nil for nothing.
  private let run: UTCText?
  private let now: @Sendable () -> Duration

  /// Opens a log at `path`; it is made, or emptied by the first line, unless it `appends`.
  ///
  /// Once `interrupt` is requested, a reader that takes nothing is waited for 2 s at most.
  ///
  /// - Parameters:
  ///   - run: when the run began, since 1970-01-01T00:00:00Z: each line names its run by that. Nil for a log of one run.
  ///   - say: is told when a line that an earlier run's death cut short is taken away.
  /// - Throws: `OutputError` where it cannot be opened or another run writes it; `isClosedPipe` where it is a FIFO to
  ///   which no reader came before the end was asked for.
  public init(
    path: String, appends: Bool = false, run: Duration? = nil, interrupt: Interrupt? = nil,
    say: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(OutputError) {
    self.init(try LineOutput(path: path, appends: appends, interrupt: interrupt, say: say), run: run)
  }

  /// Returns a log on standard output, which stays open after `finish`; of `run` as for a file.
  ///
  /// - Throws: `OutputError` where standard output is closed.
  public static func standardOutput(run: Duration? = nil, interrupt: Interrupt? = nil) throws(OutputError) -> EventLog {
    EventLog(try LineOutput.standardOutput(interrupt: interrupt), run: run)
  }

  /// A log on `output`; `now` is the monotonic clock from which ages are told.
  package init(
    _ output: consuming LineOutput, run: Duration? = nil, now: @escaping @Sendable () -> Duration = monotonicNow
  ) {
    self.output = output
    self.run = run.map { UTCText(sinceEpoch: $0) }
    self.now = now
  }

  /// Writes the line of `report` with one `write(2)` wherever the output takes it at once.
  ///
  /// - Throws: `OutputError`; a regular file then ends with the line before.
  public mutating func write(_ report: FrameReport) throws(OutputError) {
    line.removeAll()
    line.event(report, of: run, now: now())
    try output.write(line.bytes)
  }

  /// Goes on in a new file of the same path where the old one was moved away, as log rotation does.
  ///
  /// - Throws: `OutputError` where it cannot be opened; the old file is then kept.
  public mutating func reopen() throws(OutputError) { try output.reopen() }

  /// Closes the log.
  ///
  /// - Throws: `OutputError` where the system only now says that it could not keep what was written.
  public mutating func finish() throws(OutputError) { try output.close() }
}
