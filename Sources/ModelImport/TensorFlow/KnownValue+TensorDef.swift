internal import Model
internal import Posix

extension KnownValue {
  /// Reads the values of a constant of the graph in `file`.
  ///
  /// - Throws: `TensorFault` iff the type is none of ours, or the values do not fill the shape.
  init(_ definition: TensorDef, in file: ModelFile) throws(TensorFault) {
    guard let count = Self.count(of: definition.extents) else {
      throw TensorFault("its shape \(Shape(definition.extents)) is open or too large")
    }
    let numbers: Numbers
    if let content = definition.content {
      numbers = try Self.numbers(of: definition.type, content, count, definition.storage ?? file.bytes)
    } else {
      switch definition.type.scalar {
      case .float32: numbers = .floats(try Self.filled(definition.floats, count))
      case .int32, .int64, .uint8, .bool: numbers = .integers(try Self.filled(definition.integers, count))
      default: throw TensorFault("its type \(definition.type) is not supported")
      }
    }
    guard let value = KnownValue(definition.extents, numbers) else {
      throw TensorFault("its values do not fill its shape")
    }
    self = value
  }

  /// Repeats the last of `written` until there are `count`; none written means zeros.
  private static func filled<Number: Numeric>(_ written: [Number], _ count: Int) throws(TensorFault) -> [Number] {
    guard written.count <= count else { throw TensorFault("\(written.count) values do not fit a shape of \(count)") }
    return written + Array(repeating: written.last ?? 0, count: count - written.count)
  }

  /// Reads `tensor_content`.
  private static func numbers(of type: ElementType, _ range: Range<Int>, _ count: Int, _ file: MappedFile)
    throws(TensorFault) -> Numbers
  {
    guard let scalar = type.scalar, scalar.size * count == range.count else {
      throw TensorFault("\(range.count) bytes do not hold \(count) values of type \(type)")
    }
    return unsafe scalar.numbers(in: UnsafeRawBufferPointer(rebasing: file.bytes[range]))
  }
}

/// Why a constant expression has no value.
struct TensorFault: Error {
  /// What does not fit or is not supported.
  let reason: String
  /// A fault for `reason`.
  init(_ reason: String) { self.reason = reason }
}
