/// The checksum CRC-32C (RFC 3720, appendix B.4: the polynomial of Castagnoli) of bytes that come in pieces.
///
/// Eight bytes a step through eight tables (Kounavis, Berry: "Novel Table Lookup-Based Algorithms for High-Performance
/// CRC Generation", 2008).
package struct CRC32C {
  /// The table of `Self.tables` number n has the effect of a byte that n further bytes follow.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      tables[byte] = (0..<8).reduce(UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
    for entry in 256..<8 * 256 {
      let before = tables[entry - 256]
      tables[entry] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()

  /// The remainder so far, its bits inverted.
  private var remainder = ~UInt32(0)

  /// The checksum of no bytes.
  package init() {}

  /// Returns the checksum of all bytes so far.
  package var value: UInt32 { ~remainder }

  /// Returns the form in which LevelDB and TensorFlow store it, so that no stored checksum is its own data's.
  package var masked: UInt32 { (value >> 15 | value << 17) &+ 0xA282_EAD8 }

  /// Adds `bytes`, which are only read.
  @unsafe package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    var state = remainder
    unsafe Self.tables.withUnsafeBufferPointer { tables in
      var place = 0
      while place &+ 8 <= bytes.count {
        let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        let mixed = word ^ UInt64(state)
        unsafe state =
          tables[0x700 | Int(mixed & 0xFF)] ^ tables[0x600 | Int(mixed >> 8 & 0xFF)]
          ^ tables[0x500 | Int(mixed >> 16 & 0xFF)] ^ tables[0x400 | Int(mixed >> 24 & 0xFF)]
        unsafe state ^=
          tables[0x300 | Int(mixed >> 32 & 0xFF)] ^ tables[0x200 | Int(mixed >> 40 & 0xFF)]
          ^ tables[0x100 | Int(mixed >> 48 & 0xFF)] ^ tables[Int(mixed >> 56)]
        place &+= 8
      }
      while place < bytes.count {
        unsafe state = state >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: state) ^ bytes[place])]
        place &+= 1
      }
    }
    remainder = state
  }

  /// Adds the bytes of `number`, the lowest first.
  package mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
    unsafe withUnsafeBytes(of: number.littleEndian) { bytes in unsafe append(bytes) }
  }
}
