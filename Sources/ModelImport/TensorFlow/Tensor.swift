internal import Model
internal import Posix

/// A small tensor with its values: what the constant evaluator computes with.
///
/// Invariant: the shape's count is the number of values, and its extents' product, zeros left out, is at most
/// `mostValues`, so that no product or sum of extents overflows.
struct Tensor: Equatable {
  /// The most values that one tensor may hold here.
  static let mostValues = 1 << 24

  /// Outermost first; empty for a single number.
  let extents: [Int]
  /// In row-major order.
  let values: Numbers

  /// Nil unless the values fill `extents`.
  init?(_ extents: [Int], _ values: Numbers) {
    guard Self.count(of: extents) == values.count else { return nil }
    (self.extents, self.values) = (extents, values)
  }

  /// Returns how many values `extents` hold; nil where one is negative or they hold too many.
  static func count(of extents: [Int]) -> Int? {
    guard let product = Shape(extents.map { $0 == 0 ? 1 : $0 }).count, product <= mostValues else { return nil }
    return extents.contains(0) ? 0 : product
  }

  /// The number of values.
  var count: Int { values.count }

  /// The values as integers; nil where they are floats.
  var integers: [Int]? { values.integers }

  /// The values as floats; nil where they are integers.
  var floats: [Float]? { values.floats }

  /// The same values under other extents; nil unless these hold as many.
  func reshaped(_ extents: [Int]) -> Tensor? { Tensor(extents, values) }

  /// Returns the tensor of `extents` whose value at i is this one's at `source(i)`, in row-major order.
  ///
  /// - Precondition: every `source(i)` is an index of this tensor's values.
  func gathered(_ extents: [Int], _ source: [Int]) -> Tensor? { Tensor(extents, values.gathered(source)) }
}

extension Tensor {
  /// Reads the values of a constant of the graph in `file`.
  ///
  /// - Throws: `TensorFault` iff the type is none of ours, or the values do not fill the shape.
  init(_ definition: TensorDef, in file: ModelFile) throws(TensorFault) {
    guard let count = Self.count(of: definition.extents) else {
      throw TensorFault("its shape \(Shape(definition.extents)) is open or too large")
    }
    let values: Numbers
    if let content = definition.content {
      values = try Self.values(of: definition.type, content, count, definition.storage ?? file.bytes)
    } else {
      switch definition.type.scalar {
      case .float32: values = .floats(try Self.filled(definition.floats, count))
      case .int32, .int64, .uint8, .bool: values = .integers(try Self.filled(definition.integers, count))
      default: throw TensorFault("its type \(definition.type) is not supported")
      }
    }
    guard let tensor = Tensor(definition.extents, values) else { throw TensorFault("its values do not fill its shape") }
    self = tensor
  }

  /// Repeats the last of `written` until there are `count`; none written means zeros.
  private static func filled<Number: Numeric>(_ written: [Number], _ count: Int) throws(TensorFault) -> [Number] {
    guard written.count <= count else { throw TensorFault("\(written.count) values do not fit a shape of \(count)") }
    return written + Array(repeating: written.last ?? 0, count: count - written.count)
  }

  /// Reads `tensor_content`.
  private static func values(of type: ElementType, _ range: Range<Int>, _ count: Int, _ file: MappedFile)
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
