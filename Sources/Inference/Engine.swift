public import Model

/// A network made ready: packed weights and the plan of its steps, shared by all sessions.
public final class Engine: Sendable {
  public let inputLayout: InputLayout

  /// Plans `graph` for the kernels that this processor offers.
  public init(_ graph: Graph) throws(InferenceError) { throw InferenceError(node: "", reason: "to come") }
}

/// Why a graph cannot be run.
public struct InferenceError: Error, Sendable, Equatable, CustomStringConvertible {
  public let node: String
  public let reason: String
  public var description: String { "\(node): \(reason)" }
}
