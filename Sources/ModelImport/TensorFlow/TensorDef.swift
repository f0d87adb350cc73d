internal import Posix

/// A `TensorProto` as it stands in the file: type, shape, and where or what its values are (tensorflow/core/framework/
/// tensor.proto).
struct TensorDef {
  /// The type of each value.
  var type = ElementType.other(0)
  /// −1 is an extent that the file leaves open.
  var extents: [Int] = []
  /// Where `tensor_content` lies in its file, little-endian; nil where the values are written one by one.
  var content: Range<Int>?
  /// The file in which `content` lies where that is not the graph's own: the value of a variable.
  var storage: MappedFile?
  /// The values written one by one; the last is repeated until the shape is filled.
  var floats: [Float] = []
  /// As `floats`, for the types of integers and bool.
  var integers: [Int] = []

  /// A tensor whose values lie in `storage`.
  init(type: ElementType, extents: [Int], content: Range<Int>, storage: MappedFile) {
    (self.type, self.extents, self.storage) = (type, extents, storage)
    self.content = content.isEmpty ? nil : content
  }

  /// Reads the message that `reader` walks.
  init(_ reader: WireReader) throws(ByteError) {
    var reader = reader
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .varint(let type)): self.type = ElementType(tensorFlow: type)
      case (2, .bytes(let range)): extents = try Self.shape(reader.message(in: range)) ?? []
      case (4, .bytes(let range)): content = range.isEmpty ? nil : range
      case (5, _): try reader.appendFloats(of: field, to: &floats)
      case (7, _), (10, _), (11, _): try reader.appendVarints(of: field, to: &integers)
      default: continue
      }
    }
  }

  /// Reads a `TensorShapeProto`; nil is an unknown rank.
  static func shape(_ reader: WireReader) throws(ByteError) -> [Int]? {
    var (reader, extents, isKnown) = (reader, [Int](), true)
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (2, .bytes(let range)):
        var (extent, size) = (try reader.message(in: range), 0)
        while let part = try extent.next() {
          if part.number == 1, case .varint(let value) = part.value { size = Int(truncatingIfNeeded: value) }
        }
        extents.append(size)
      case (3, .varint(let unknown)): isKnown = unknown == 0
      default: continue
      }
    }
    return isKnown ? extents : nil
  }
}
