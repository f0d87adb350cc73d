/// One node of a `GraphDef`: an operator, what it reads and its attributes (tensorflow/core/framework/node_def.proto).
struct NodeDef {
  /// One of the tensors that a node gives.
  struct Output: Hashable {
    /// The node, by its place in `GraphDef.nodes`.
    var node: Int
    /// Which of the node's outputs, from 0.
    var port = 0
  }

  /// The node's name, which no other has.
  var name = ""
  /// The operator's name: `Conv2D`.
  var operation = ""
  /// What it reads, without the control inputs, which say when and not what.
  var inputs: [Output] = []
  /// By name; those that start with `_` are hints and left out.
  var attributes: [(name: String, value: Attribute)] = []

  /// Returns the attribute called `name`; nil where the file leaves it to the operator's default.
  subscript(name: String) -> Attribute? { attributes.first { $0.name == name }?.value }
}

/// What stands in a node's attribute (tensorflow/core/framework/attr_value.proto).
enum Attribute {
  case text(String)
  case integer(Int)
  case float(Float)
  case bool(Bool)
  case type(ElementType)
  case integers([Int])
  /// Extents; −1 where one is open.
  case shape([Int])
  case tensor(TensorDef)
  /// The name of a function.
  case function(String)
  /// A kind that no operator of ours reads.
  case other

  /// Reads the message that `reader` walks.
  init(_ reader: WireReader) throws(ByteError) {
    var reader = reader
    self = .other
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let range)): self = .integers(try Self.integers(reader.message(in: range)))
      case (2, .bytes(let range)): self = (try? reader.name(in: range)).map(Self.text) ?? .other
      case (3, .varint(let value)): self = .integer(Int(truncatingIfNeeded: value))
      case (4, .fixed32(let bits)): self = .float(Float(bitPattern: bits))
      case (5, .varint(let value)): self = .bool(value != 0)
      case (6, .varint(let value)): self = .type(ElementType(tensorFlow: value))
      case (7, .bytes(let range)): self = try TensorDef.shape(reader.message(in: range)).map(Self.shape) ?? .other
      case (8, .bytes(let range)): self = .tensor(try TensorDef(reader.message(in: range)))
      case (10, .bytes(let range)): self = .function(try Self.functionName(reader.message(in: range)))
      default: continue
      }
    }
  }

  /// Reads the integers of a list; lists of other things come out empty.
  private static func integers(_ reader: WireReader) throws(ByteError) -> [Int] {
    var (reader, values) = (reader, [Int]())
    while let field = try reader.next() {
      if field.number == 3 { try reader.appendVarints(of: field, to: &values) }
    }
    return values
  }

  /// Reads the name of a `NameAttrList`.
  private static func functionName(_ reader: WireReader) throws(ByteError) -> String {
    var (reader, name) = (reader, "")
    while let field = try reader.next() {
      if field.number == 1, case .bytes(let range) = field.value { name = try reader.name(in: range) }
    }
    return name
  }
}
