internal import JSON
public import Posix
public import Scene

/// What was seen in still pictures: JSON Lines, one line for each picture, written whole as soon as it is known.
public struct PictureLog: ~Copyable {
  private var output: LineOutput
  private var line = JSONWriter(capacity: 16 << 10)

  /// A log on `output`.
  package init(_ output: consuming LineOutput) { self.output = output }

  /// Returns a log on standard output, which stays open afterwards.
  ///
  /// Once `interrupt` is requested, a reader that takes nothing is waited for 2 s at most.
  ///
  /// - Throws: `OutputError` where standard output is closed.
  public static func standardOutput(interrupt: Interrupt? = nil) throws(OutputError) -> PictureLog {
    PictureLog(try LineOutput.standardOutput(interrupt: interrupt))
  }

  /// Writes the line of the picture that is called `name`, `width` × `height` pixels, in which `objects` were seen.
  ///
  /// - Throws: `OutputError`; `isClosedPipe` where nobody reads any more.
  public mutating func write(_ name: String, width: Int, height: Int, _ objects: [SeenObject]) throws(OutputError) {
    line.removeAll()
    line.stillPicture(named: name, width: width, height: height, objects)
    try output.write(line.bytes)
  }

  /// Ends the log.
  ///
  /// - Throws: `OutputError` where the system only now says that it could not keep what was written.
  public mutating func finish() throws(OutputError) { try output.close() }
}
