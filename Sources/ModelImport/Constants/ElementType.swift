/// The type of a tensor's values, as its file has it.
package enum ElementType: Equatable, Sendable, CustomStringConvertible {
  case scalar(ScalarType)
  /// Texts, which have no size of their own.
  case string
  /// One that we do not read, by its number in the format.
  case other(Int)

  /// The type of its numbers; nil for those that we do not read.
  package var scalar: ScalarType? { if case .scalar(let type) = self { type } else { nil } }

  /// Bytes of one value; nil for types that we do not read.
  var size: Int? { scalar?.size }

  package var description: String {
    switch self {
    case .scalar(let type): type.rawValue
    case .string: "string"
    case .other(let number): "\(number)"
    }
  }

  /// The type with the number `number` of a format, whose types are `known`.
  private init(_ number: Int, _ known: [Int: ScalarType]) {
    self = known[number].map { .scalar($0) } ?? .other(number)
  }
}

/// What the formats call them; of those that are not listed no importer reads values.
extension ElementType {
  /// `DataType` of TensorFlow (tensorflow/core/framework/types.proto).
  init(tensorFlow number: UInt64) {
    self = number == 7 ? .string : Self(Int(clamping: number), Self.ofTensorFlow)
  }

  /// `TensorProto.DataType` of ONNX.
  init(onnx number: Int) { self.init(number, Self.ofONNX) }

  /// `TensorType` of TensorFlow Lite.
  init(tensorFlowLite number: Int8) { self.init(Int(number), Self.ofTensorFlowLite) }

  private static let ofTensorFlow: [Int: ScalarType] = [
    1: .float32, 2: .float64, 3: .int32, 4: .uint8, 9: .int64, 10: .bool,
  ]
  private static let ofONNX: [Int: ScalarType] = [
    1: .float32, 2: .uint8, 3: .int8, 6: .int32, 7: .int64, 9: .bool, 10: .float16, 11: .float64, 16: .bfloat16,
  ]
  private static let ofTensorFlowLite: [Int: ScalarType] = [
    0: .float32, 1: .float16, 2: .int32, 3: .uint8, 4: .int64, 6: .bool, 7: .int16, 9: .int8, 10: .float64,
  ]
}
