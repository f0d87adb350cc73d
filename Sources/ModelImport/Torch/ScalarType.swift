/// The types that the values of PyTorch's and safetensors' tensors may have.
package enum ScalarType: String, Sendable {
  case float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8, bool

  /// Bytes of one value.
  package var size: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16, .int16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// Whether its values are real numbers.
  package var isReal: Bool {
    switch self {
    case .float64, .float32, .float16, .bfloat16: true
    case .int64, .int32, .int16, .int8, .uint8, .bool: false
    }
  }

  /// The type of the values in a storage of PyTorch's class `name`: `FloatStorage`; nil for others.
  init?(storageClass name: String) {
    let types: [String: ScalarType] = [
      "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
      "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8,
      "ByteStorage": .uint8, "BoolStorage": .bool,
    ]
    guard let type = types[name] else { return nil }
    self = type
  }

  /// The type that safetensors calls `name`: `F32`; nil for others.
  init?(safetensors name: String) {
    let types: [String: ScalarType] = [
      "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64, "I32": .int32,
      "I16": .int16, "I8": .int8, "U8": .uint8, "BOOL": .bool,
    ]
    guard let type = types[name] else { return nil }
    self = type
  }
}
