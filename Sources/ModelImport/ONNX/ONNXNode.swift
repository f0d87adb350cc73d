/// One operator of the file (`NodeProto`) with what it reads and gives, by name.
struct ONNXNode {
  let operation: String
  /// Who defined the operator; empty for ONNX itself.
  let domain: String
  /// Its name in the file, for people; may be empty.
  let name: String
  /// An empty name is an operand that is left out.
  let inputs: [String]
  let outputs: [String]
  let attributes: [String: ONNXAttribute]

  /// The most operands, and results, of an operator.
  private static let mostOperands = 4096

  /// Reads the message in `range` of `parent`.
  init(_ parent: WireReader, _ range: Range<Int>) throws(ByteError) {
    var reader = try parent.message(in: range)
    var (inputs, outputs, name, operation, domain) = ([String](), [String](), "", "", "")
    var attributes: [String: ONNXAttribute] = [:]
    while let field = try reader.next() {
      guard case .bytes(let range) = field.value else { continue }
      switch field.number {
      case 1: inputs.append(try reader.text(in: range))
      case 2: outputs.append(try reader.text(in: range))
      case 3: name = try reader.text(in: range)
      case 4: operation = try reader.text(in: range)
      case 5:
        let attribute = try ONNXAttribute(reader, range)
        attributes[attribute.name] = attribute
      case 7: domain = try reader.text(in: range)
      default: break
      }
    }
    guard max(inputs.count, outputs.count) <= Self.mostOperands else {
      throw ByteError(offset: range.lowerBound, reason: "an operator reads or gives too many tensors")
    }
    (self.inputs, self.outputs, self.name, self.operation) = (inputs, outputs, name, operation)
    (self.domain, self.attributes) = (domain == "ai.onnx" ? "" : domain, attributes)
  }

  /// What messages call the operator: with its domain where that is not ONNX's.
  var kind: String { (domain.isEmpty ? operation : "\(domain).\(operation)").printable(most: 80) }

  /// Returns the integer attribute `name`; nil where it is not there.
  func integer(_ name: String) -> Int? { attributes[name]?.integer }

  /// Returns the list of integers `name`; nil where it is not there.
  func integers(_ name: String) -> [Int]? { attributes[name].map { $0.integers } }

  /// Returns the float attribute `name`; nil where it is not there.
  func float(_ name: String) -> Float? { attributes[name]?.float }

  /// Returns the text attribute `name`; nil where it is not there.
  func text(_ name: String) -> String? { attributes[name]?.text }
}

/// What an operator is told beside its operands (`AttributeProto`).
struct ONNXAttribute {
  let name: String
  private(set) var float: Float?
  private(set) var integer: Int?
  private(set) var text: String?
  private(set) var tensor: ONNXTensor?
  private(set) var floats: [Float] = []
  private(set) var integers: [Int] = []
  /// Where graphs within the operator lie in the file.
  private(set) var graphs: [Range<Int>] = []

  /// Reads the message in `range` of `parent`.
  init(_ parent: WireReader, _ range: Range<Int>) throws(ByteError) {
    var reader = try parent.message(in: range)
    var name = ""
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let range)): name = try reader.text(in: range)
      case (2, .fixed32(let bits)): float = Float(bitPattern: bits)
      case (3, .varint(let value)): integer = Int(truncatingIfNeeded: value)
      // A string may be any bytes; those that are no text name nothing that is known.
      case (4, .bytes(let range)): text = (try? reader.text(in: range)) ?? "?"
      case (5, .bytes(let range)): tensor = try ONNXTensor(reader, range)
      case (6, .bytes(let range)), (11, .bytes(let range)): graphs.append(range)
      case (7, _): try reader.appendFloats(of: field, to: &floats)
      case (8, _): try reader.appendVarints(of: field, to: &integers)
      default: break
      }
    }
    self.name = name
  }
}
