extension ScalarType {
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
