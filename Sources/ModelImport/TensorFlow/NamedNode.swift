/// A node whose inputs are still names, as they stand in its file.
struct NamedNode {
  /// The node, without its inputs.
  var definition: NodeDef
  /// `x` or `x:1`; in a function also `x:output:1`. One that begins with `^` says when and not what.
  var inputs: [String]

  /// Reads the `NodeDef` that `reader` walks.
  init(_ reader: WireReader) throws(ByteError) {
    (definition, inputs) = (NodeDef(), [])
    var reader = reader
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let range)): definition.name = try reader.name(in: range)
      case (2, .bytes(let range)): definition.operation = try reader.name(in: range)
      case (3, .bytes(let range)): inputs.append(try reader.name(in: range))
      case (5, .bytes(let range)):
        if let attribute = try Self.attribute(reader.message(in: range)) { definition.attributes.append(attribute) }
      default: continue
      }
    }
  }

  /// A node that no file has.
  init(_ name: String, _ operation: String, _ inputs: [String], _ attributes: [(name: String, value: Attribute)] = []) {
    definition = NodeDef(name: name, operation: operation, attributes: attributes)
    self.inputs = inputs
  }

  /// Reads one entry of the map of attributes; nil for a hint.
  private static func attribute(_ reader: WireReader) throws(ByteError) -> (name: String, value: Attribute)? {
    var (reader, name, value) = (reader, "", Attribute.other)
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let range)): name = try reader.name(in: range)
      case (2, .bytes(let range)) where name.utf8.first != UInt8(ascii: "_"):
        value = try Attribute(reader.message(in: range))
      default: continue
      }
    }
    return name.utf8.first == UInt8(ascii: "_") ? nil : (name, value)
  }
}
