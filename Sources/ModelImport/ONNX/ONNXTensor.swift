/// A tensor as the file describes it (`TensorProto`); its values stay where they are.
struct ONNXTensor {
  /// The initializer's name; empty for a tensor in an attribute.
  let name: String
  /// No extents are a scalar.
  let extents: [Int]
  let type: ElementType
  /// Where the message lies in the file, in whose typed fields the values are where `raw` is nil.
  let message: Range<Int>
  /// Where the values lie, as the bytes of a little-endian machine.
  let raw: Range<Int>?
  /// Where the values lie in a file beside the model's; nil where they are in the model's.
  let external: ExternalData?

  /// A place in another file, as the model writes it.
  struct ExternalData {
    /// A path from the model's folder.
    var location = ""
    var offset = "0"
    /// nil is as many bytes as the tensor has.
    var length: String?
  }

  /// The most extents of a tensor.
  private static let mostRank = 16

  /// Reads the message in `range` of `parent`.
  init(_ parent: WireReader, _ range: Range<Int>) throws(ByteError) {
    var reader = try parent.message(in: range)
    var (name, extents, type, raw) = ("", [Int](), 0, Range<Int>?.none)
    var (external, isExternal) = (ExternalData(), false)
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, _): try reader.appendVarints(of: field, to: &extents)
      case (2, .varint(let value)): type = Int(truncatingIfNeeded: value)
      case (8, .bytes(let range)): name = try reader.text(in: range)
      case (9, .bytes(let range)): raw = range
      case (13, .bytes(let range)): try external.read(reader, range)
      case (14, .varint(let value)): isExternal = value == 1
      default: break
      }
    }
    guard extents.count <= Self.mostRank, extents.allSatisfy({ $0 >= 0 }) else {
      throw ByteError(offset: range.lowerBound, reason: "a tensor has the extents \(extents.prefix(Self.mostRank))")
    }
    (self.name, self.extents, self.type, message, self.raw) = (name, extents, ElementType(onnx: type), range, raw)
    self.external = isExternal ? external : nil
  }
}

extension ONNXTensor.ExternalData {
  /// Reads one entry: a key and its value.
  fileprivate mutating func read(_ parent: WireReader, _ range: Range<Int>) throws(ByteError) {
    var reader = try parent.message(in: range)
    var (key, value) = ("", "")
    while let field = try reader.next() {
      guard case .bytes(let range) = field.value else { continue }
      if field.number == 1 { key = try reader.text(in: range) }
      if field.number == 2 { value = try reader.text(in: range) }
    }
    switch key {
    case "location": location = value
    case "offset": offset = value
    case "length": length = value
    default: break
    }
  }
}
