internal import Model
internal import Posix

/// The reader of a model's constants, in its own file and in those beside it.
struct ONNXConstants {
  private let source: ONNXModel
  /// The files beside the model that were opened, by the paths that it writes.
  private var others: [String: ModelFile] = [:]
  /// How many values may still be copied: a hostile file has any number of constants over the same bytes of another.
  private var budget: Int

  init(_ source: ONNXModel) {
    self.source = source
    budget = source.file.bytes.count + 1 << 20
  }

  /// Returns the values of `tensor`.
  ///
  /// - Throws: `ImportError` iff they are not as many as its shape has, of a type that is not supported, or lie in a
  ///   file beside the model that cannot be read or is too short.
  mutating func value(of tensor: ONNXTensor) throws(ImportError) -> KnownValue {
    guard let type = tensor.type.scalar else {
      throw source.fault(constant: tensor, "its type \(tensor.type) is not supported")
    }
    guard let count = Shape(tensor.extents).count, count <= 1 << 30 else {
      throw source.fault(constant: tensor, "the shape \(Shape(tensor.extents)) is too large")
    }
    if let external = tensor.external {
      let (file, range) = try place(of: external, tensor, bytes: count * type.size)
      return try value(of: tensor, type, count, in: file, range)
    }
    if let raw = tensor.raw {
      guard raw.count == count * type.size else {
        throw source.fault(constant: tensor, "\(raw.count) bytes do not fill \(Shape(tensor.extents))")
      }
      return try value(of: tensor, type, count, in: source.file, raw)
    }
    try spend(tensor.message.count, tensor)
    do throws(ByteError) {
      guard let value = KnownValue(tensor.extents, try typed(tensor, type)) else {
        throw ByteError(offset: tensor.message.lowerBound, reason: "the values do not fill \(Shape(tensor.extents))")
      }
      return value
    } catch {
      throw ImportError(file: source.file.path, place: [tensor.name.printable()], error)
    }
  }

  /// Returns what the node `node`, a `Constant`, gives; nil where that is not supported.
  ///
  /// - Throws: `ImportError` where it is a tensor that cannot be read.
  mutating func value(ofConstant node: ONNXNode) throws(ImportError) -> KnownValue? {
    if let tensor = node.attributes["value"]?.tensor { return try value(of: tensor) }
    if let float = node.float("value_float") { return KnownValue([], .floats([float])) }
    if let integer = node.integer("value_int") { return KnownValue([], .integers([integer])) }
    if let floats = node.attributes["value_floats"]?.floats { return KnownValue([floats.count], .floats(floats)) }
    return node.integers("value_ints").map { KnownValue(list: $0) }
  }

  /// Refuses to copy `count` values more than there may be.
  ///
  /// - Throws: `ImportError` iff a file that is read would be copied many times over.
  private mutating func spend(_ count: Int, _ tensor: ONNXTensor) throws(ImportError) {
    guard count <= budget else { throw source.fault(constant: tensor, "the constants are too large") }
    budget -= count
  }

  /// Returns where values lie that the model says to be in another file.
  private mutating func place(of external: ONNXTensor.ExternalData, _ tensor: ONNXTensor, bytes: Int)
    throws(ImportError) -> (ModelFile, Range<Int>)
  {
    guard let location = ModelFile.inner(external.location) else {
      throw source.fault(
        constant: tensor, "its data lie outside of the model's folder: \(external.location.printable())")
    }
    guard let offset = Int(external.offset), offset >= 0,
      external.length.map({ Int($0) == bytes }) ?? true
    else {
      let length = external.length ?? "the rest"
      throw source.fault(
        constant: tensor,
        "offset \(external.offset.printable()) and length \(length.printable()) do not fit its \(bytes) bytes")
    }
    let file: ModelFile
    if let known = others[location] {
      file = known
    } else {
      do throws(PosixError) {
        file = try source.file.beside(location)
      } catch {
        throw source.fault(constant: tensor, "its data in \(location.printable()) cannot be read: \(error.reason)")
      }
      others[location] = file
      budget += file.bytes.count
    }
    guard offset <= file.bytes.count, bytes <= file.bytes.count - offset else {
      throw source.fault(
        constant: tensor,
        "\(bytes) bytes from \(offset) on lie outside of \(location.printable()), which has \(file.bytes.count)")
    }
    return (file, offset..<offset + bytes)
  }

  /// Returns the values whose little-endian bytes lie in `range` of `file`.
  private mutating func value(
    of tensor: ONNXTensor, _ type: ScalarType, _ count: Int, in file: ModelFile, _ range: Range<Int>
  ) throws(ImportError) -> KnownValue {
    try spend(count, tensor)
    let numbers = unsafe type.numbers(in: UnsafeRawBufferPointer(rebasing: file.bytes.bytes[range]))
    guard let value = KnownValue(tensor.extents, numbers) else {
      throw source.fault(constant: tensor, "its values do not fill \(Shape(tensor.extents))")
    }
    return value
  }

  /// Returns the values that stand in the fields of their type.
  private func typed(_ tensor: ONNXTensor, _ type: ScalarType) throws(ByteError) -> Numbers {
    var reader = try unsafe WireReader(source.file.bytes.bytes).message(in: tensor.message)
    var (floats, integers) = ([Float](), [Int]())
    while let field = try reader.next() {
      switch (field.number, type) {
      case (4, .float32): try reader.appendFloats(of: field, to: &floats)
      case (5, .float16), (5, .bfloat16), (5, .int32), (5, .int8), (5, .uint8), (5, .bool), (7, .int64):
        try reader.appendVarints(of: field, to: &integers)
      case (10, .float64): try reader.appendDoubles(of: field, to: &floats)
      default: break
      }
    }
    switch type {
    case .float16: return .floats(integers.map { Float(binary16: UInt16(truncatingIfNeeded: $0)) })
    case .bfloat16: return .floats(integers.map { Float(bfloat16: UInt16(truncatingIfNeeded: $0)) })
    case .float32, .float64: return .floats(floats)
    default: return .integers(integers)
    }
  }
}
