internal import Model

/// A model's nodes by what they give, those within its conditionals too, to look for forms in.
struct ONNXStructure {
  let source: ONNXModel
  /// All nodes, those of conditionals behind the others.
  let nodes: [ONNXNode]
  /// The node that gives each tensor, by name.
  private let givers: [String: ONNXNode]
  private var constants: ONNXConstants

  /// Operators that change no value on the way from one to another.
  static let moving: Set<String> = [
    "Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Split", "Transpose",
  ]

  init(_ source: ONNXModel) {
    self.source = source
    let inner = source.nodes.filter { $0.operation == "If" }
      .flatMap { node in node.attributes.values.flatMap { $0.graphs } }
    nodes = source.nodes + inner.prefix(16).flatMap { source.nodes(within: $0) }
    constants = ONNXConstants(source)
    var givers: [String: ONNXNode] = [:]
    for node in nodes { for output in node.outputs where givers[output] == nil { givers[output] = node } }
    self.givers = givers
  }

  /// Returns the nodes of an operator.
  func all(_ operation: String) -> [ONNXNode] { nodes.filter { $0.operation == operation && $0.domain.isEmpty } }

  /// Returns the node that gives operand `index` of `node`, seen through those of the operators `passed`, of which each
  /// is left by its first operand; nil where there is none.
  func giver(_ node: ONNXNode?, _ index: Int = 0, through passed: Set<String> = []) -> ONNXNode? {
    guard let node, let name = node.inputs.element(index) else { return nil }
    return giver(of: name, through: passed)
  }

  /// Returns the node that gives `name`, seen through those of the operators `passed`.
  func giver(of name: String, through passed: Set<String>) -> ONNXNode? {
    var name = name
    // Some chains are loops in a damaged file.
    for _ in 0..<64 {
      guard let giver = givers[name] else { return nil }
      guard passed.contains(giver.operation), let next = giver.inputs.first else { return giver }
      name = next
    }
    return nil
  }

  /// Returns the constant that operand `index` of `node` is; nil where it is none or cannot be read.
  mutating func constant(_ node: ONNXNode?, _ index: Int) -> KnownValue? {
    guard var name = node?.inputs.element(index), !name.isEmpty else { return nil }
    for _ in 0..<8 {
      if let tensor = source.initializers[name] { return try? constants.value(of: tensor) }
      guard let giver = givers[name] else { return nil }
      if giver.operation == "Constant" { return try? constants.value(ofConstant: giver) }
      guard Self.moving.union(["Expand"]).contains(giver.operation), let next = giver.inputs.first else { return nil }
      name = next
    }
    return nil
  }

  /// Returns the one real number that operand `index` of `node` is; nil where it is none.
  mutating func number(_ node: ONNXNode?, _ index: Int) -> Float? {
    let floats = constant(node, index)?.floats
    return floats?.count == 1 ? floats?.first : nil
  }

  /// Returns the one whole number that operand `index` of `node` is; nil where it is none.
  mutating func integer(_ node: ONNXNode?, _ index: Int) -> Int? {
    let integers = constant(node, index)?.integers
    return integers?.count == 1 ? integers?.first : nil
  }
}
