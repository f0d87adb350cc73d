/// Why a graph cannot be run.
public struct InferenceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The name of the node in the model's file.
  public let node: String
  /// What the engine cannot do there.
  public let reason: String

  package init(node: String, reason: String) { (self.node, self.reason) = (node, reason) }

  /// One line: node and reason.
  public var description: String { "\(node): \(reason)" }
}
