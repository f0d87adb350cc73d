public import Scene

/// Where reports go. A sink never sees pixels.
public protocol EventSink: ~Copyable {
  /// Writes one report, whole.
  mutating func write(_ report: FrameReport) throws(OutputError)

  /// Ends the output; called once, after the last report. Dropping a sink without it only closes.
  mutating func finish() throws(OutputError)
}

/// Why an output cannot be written.
public struct OutputError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file or stream.
  public let output: String
  public let reason: String
  /// Whether the reader of a pipe has gone: the end of the output, not a failure.
  public let isClosedPipe: Bool
  /// Whether the same may succeed later: the disk is full, or the file as large as it may get.
  public let mayPass: Bool

  public init(output: String, reason: String, isClosedPipe: Bool = false, mayPass: Bool = false) {
    (self.output, self.reason, self.isClosedPipe, self.mayPass) = (output, reason, isClosedPipe, mayPass)
  }

  /// One line: output and reason.
  public var description: String { "\(output): \(reason)" }
}
