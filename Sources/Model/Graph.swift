/// A network from one input to its heads: nodes in an order in which each comes after what it reads.
///
/// Invariant: every node obeys its operator's shape rule, and every window's padding is explicit.
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
    /// What the operator's case says it reads, in that order.
    public var inputs: [Value]
    public var output: Value

    public init(name: String, operation: Operator, inputs: [Value], output: Value) {
      (self.name, self.operation, self.inputs, self.output) = (name, operation, inputs, output)
    }
  }

  /// The shape of each value, by its index.
  public private(set) var shapes: [Shape]
  /// Whether each value is of whole numbers of 8 bits rather than of real ones, by its index.
  private var isIntegerByIndex: [Bool]
  /// The nodes, each after those that give what it reads.
  public private(set) var nodes: [Node] = []
  /// The pre-processed picture.
  public let input: Value
  /// The network's results, in the order in which they are handed out.
  public private(set) var outputs: [Value] = []

  /// In which numbers it computes.
  public var arithmetic = Arithmetic.float32

  /// An empty graph whose input has `shape`.
  public init(input shape: Shape) {
    input = Value(index: 0)
    (shapes, isIntegerByIndex) = ([shape], [false])
  }

  /// Returns the shape of `value`, which is one of this graph's.
  public func shape(of value: Value) -> Shape { shapes[value.index] }

  /// Returns whether `value`, one of this graph's, is of whole numbers of 8 bits rather than of real ones.
  public func isInteger(_ value: Value) -> Bool { isIntegerByIndex[value.index] }

  /// Adds a node that reads `inputs` and returns what it gives, with its padding made explicit.
  ///
  /// - Precondition: `inputs` are values of this graph.
  /// - Throws: `GraphError` iff the operator cannot read these shapes, naming the node and the reason.
  @discardableResult
  public mutating func append(name: String, operation: Operator, inputs: [Value]) throws(GraphError) -> Value {
    precondition(inputs.allSatisfy { shapes.indices.contains($0.index) }, "The values belong to another graph.")
    do {
      let (resolved, shape) = try operation.applied(to: inputs.map(shape))
      let givesIntegers = try operation.givesIntegers(ofIntegers: inputs.map(isInteger))
      let output = Value(index: shapes.count)
      shapes.append(shape)
      isIntegerByIndex.append(givesIntegers)
      nodes.append(Node(name: name, operation: resolved, inputs: inputs, output: output))
      return output
    } catch {
      throw GraphError(node: name, reason: error.reason)
    }
  }

  /// Says which values are the network's results, in the order in which they are handed out.
  ///
  /// - Precondition: `values` are values of this graph.
  public mutating func markOutputs(_ values: [Value]) {
    precondition(values.allSatisfy { shapes.indices.contains($0.index) }, "The values belong to another graph.")
    outputs = values
  }
}

/// In which numbers a network computes.
public enum Arithmetic: Sendable, Equatable {
  case float32
  /// In whole numbers of 8 bits that stand for real ones (Jacob et al., arXiv:1712.05877), all of it.
  case integer8
}

/// A node whose operator cannot read what it is given.
public struct GraphError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The node's name in the model's file.
  public let node: String
  /// What does not fit: `128 input channels meet weights for 64`.
  public let reason: String

  public init(node: String, reason: String) { (self.node, self.reason) = (node, reason) }

  /// One line: node and reason.
  public var description: String { "\(node): \(reason)" }
}
