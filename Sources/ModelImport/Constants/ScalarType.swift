/// The types that the numbers of a file's tensors may have.
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

  /// Returns the little-endian values that lie one behind the other in `bytes`, at whatever address; real ones are each
  /// rounded once to float32.
  ///
  /// - Precondition: these are whole values.
  func numbers(in bytes: UnsafeRawBufferPointer) -> Numbers {
    precondition(bytes.count % size == 0, "\(bytes.count) bytes are no values of type \(self).")
    /// Returns what `read` makes of each value's bits.
    func values<Bits: FixedWidthInteger & BitwiseCopyable, Number>(_ read: (Bits) -> Number) -> [Number] {
      (0..<bytes.count / MemoryLayout<Bits>.size).map {
        let bits = unsafe bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Bits>.size, as: Bits.self)
        return read(Bits(littleEndian: bits))
      }
    }
    return switch self {
    case .float64: .floats(values { Float(Double(bitPattern: $0)) })
    case .float32: .floats(values { Float(bitPattern: $0) })
    case .float16: .floats(values { Float(binary16: $0) })
    case .bfloat16: .floats(values { Float(bfloat16: $0) })
    case .int64: .integers(values { (number: Int64) in Int(number) })
    case .int32: .integers(values { (number: Int32) in Int(number) })
    case .int16: .integers(values { (number: Int16) in Int(number) })
    case .int8: .integers(values { (number: Int8) in Int(number) })
    case .uint8, .bool: .integers(values { (number: UInt8) in Int(number) })
    }
  }
}
