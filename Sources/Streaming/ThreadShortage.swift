/// The system starts fewer threads than a pipelined run needs, which would wait for them without end.
public struct ThreadShortage: Error, Sendable, Equatable, CustomStringConvertible {
  /// How many the run needs.
  public let needed: Int
  /// How many the system starts.
  public let startable: Int

  /// One line: how many are needed, and how many there are.
  public var description: String { "\(needed) threads are needed, and the system starts \(startable)" }
}
