/// A network from one input to its heads: nodes in an order in which each comes after what it reads.
public struct Graph: Sendable {
  /// The name of one tensor within its graph.
  public struct Value: Hashable, Sendable {
    public let index: Int
    package init(index: Int) { self.index = index }
  }

  /// One operator with what it reads and what it gives.
  public struct Node: Sendable {
    /// The name in the model's file, for people.
    public var name: String
    public var operation: Operator
    public var inputs: [Value]
    public var output: Value

    public init(name: String, operation: Operator, inputs: [Value], output: Value) {
      (self.name, self.operation, self.inputs, self.output) = (name, operation, inputs, output)
    }
  }

  /// The shape of each value, by its index.
  public private(set) var shapes: [Shape] = []
  public private(set) var nodes: [Node] = []
  public let input: Value
  public private(set) var outputs: [Value] = []

  /// An empty graph whose input has `shape`.
  public init(input shape: Shape) {
    input = Value(index: 0)
    shapes = [shape]
  }

  public func shape(of value: Value) -> Shape { shapes[value.index] }
}
