/// Numbers by name out of a flexbuffer whose root is a map, as custom operators of TensorFlow Lite keep their options
/// (flatbuffers.dev, "FlexBuffers").
///
/// The form is read from its end: the last byte is the width of the root, the one before it the root's type and the
/// width of what it leads to. Offsets lead backward. Values that are no numbers are left out.
package enum FlexBuffer {
  /// Returns the numbers of the map in `memory`.
  ///
  /// - Throws: `ByteError` iff `memory` holds no map, or it is damaged.
  @unsafe package static func numbers(in memory: UnsafeRawBufferPointer) throws(ByteError) -> [String: Double] {
    let bytes = unsafe Bytes(memory: memory)
    guard memory.count >= 3 else { throw ByteError(offset: 0, reason: "a flexbuffer has no root") }
    let end = memory.count
    let (type, rootWidth) = try (bytes.unsigned(at: end - 2, width: 1), bytes.unsigned(at: end - 1, width: 1))
    guard type >> 2 == 9 else { throw ByteError(offset: end - 2, reason: "a flexbuffer is no map") }
    let map = try bytes.target(of: end - 2 - rootWidth, width: rootWidth)
    return try Self.numbers(ofMap: map, width: 1 << (type & 3), bytes)
  }

  /// Returns the numbers of the map at `map`, whose values are `width` bytes each.
  private static func numbers(ofMap map: Int, width: Int, _ bytes: Bytes) throws(ByteError) -> [String: Double] {
    let count = try bytes.unsigned(at: map - width, width: width)
    let keyWidth = try bytes.unsigned(at: map - 2 * width, width: width)
    let keys = try bytes.target(of: map - 3 * width, width: width)
    guard [1, 2, 4, 8].contains(keyWidth), try bytes.unsigned(at: keys - keyWidth, width: keyWidth) == count,
      count <= (bytes.count - map) / (width + 1), count <= (bytes.count - keys) / keyWidth
    else { throw ByteError(offset: map, reason: "a map's keys do not fit its values") }
    var numbers: [String: Double] = [:]
    for index in 0..<count {
      let type = try bytes.unsigned(at: map + count * width + index, width: 1)
      let key = try bytes.text(at: try bytes.target(of: keys + index * keyWidth, width: keyWidth))
      if let number = try bytes.number(at: map + index * width, width: width, type: type) { numbers[key] = number }
    }
    return numbers
  }
}

/// The lent memory of a flexbuffer, read with checks.
@safe
private struct Bytes {
  let memory: UnsafeRawBufferPointer
  var count: Int { unsafe memory.count }

  /// The longest name of an option.
  private static let longestText = 256

  /// Returns the `width` bytes at `offset` as bits.
  private func bits(at offset: Int, width: Int) throws(ByteError) -> UInt64 {
    guard [1, 2, 4, 8].contains(width), offset >= 0, offset <= count - width else {
      throw ByteError(offset: offset, reason: "a number lies outside of the data")
    }
    return (0..<width).reduce(0) { unsafe $0 | UInt64(memory[offset + $1]) << UInt64(8 * $1) }
  }

  /// Returns the number without a sign at `offset`, which must not be larger than the data.
  func unsigned(at offset: Int, width: Int) throws(ByteError) -> Int {
    let bits = try bits(at: offset, width: width)
    guard bits <= UInt64(max(count, 255)) else {
      throw ByteError(offset: offset, reason: "\(bits) is larger than the data")
    }
    return Int(bits)
  }

  /// Returns where the offset that stands at `offset` leads: backward.
  func target(of offset: Int, width: Int) throws(ByteError) -> Int {
    let distance = try unsigned(at: offset, width: width)
    guard distance <= offset else { throw ByteError(offset: offset, reason: "an offset leads nowhere") }
    return offset - distance
  }

  /// Returns the number of `type` at `offset`, by itself or where it leads to; nil for what is no number.
  func number(at offset: Int, width: Int, type: Int) throws(ByteError) -> Double? {
    switch type >> 2 {
    case 1: Double(signed(try bits(at: offset, width: width), width: width))
    case 2, 26: Double(try bits(at: offset, width: width))
    case 3: try float(at: offset, width: width)
    case let kind where (6...8).contains(kind):
      // The lower two bits say how wide the number is to which the offset leads.
      try number(at: try target(of: offset, width: width), width: 1 << (type & 3), type: (kind - 5) << 2)
    default: nil
    }
  }

  private func signed(_ bits: UInt64, width: Int) -> Int64 {
    let unused = UInt64(64 - 8 * width)
    return Int64(bitPattern: bits << unused) >> Int64(unused)
  }

  private func float(at offset: Int, width: Int) throws(ByteError) -> Double {
    let bits = try bits(at: offset, width: width)
    switch width {
    case 2: return Double(Float(binary16: UInt16(truncatingIfNeeded: bits)))
    case 4: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case 8: return Double(bitPattern: bits)
    default: throw ByteError(offset: offset, reason: "a float has no \(width) bytes")
    }
  }

  /// Returns the text at `offset` up to the zero that ends it.
  func text(at offset: Int) throws(ByteError) -> String {
    guard (0..<count).contains(offset) else {
      throw ByteError(offset: offset, reason: "a name lies outside of the data")
    }
    let rest = unsafe memory[offset..<min(offset + Self.longestText, count)]
    guard let end = unsafe rest.firstIndex(of: 0) else {
      throw ByteError(offset: offset, reason: "a name does not end")
    }
    return unsafe String(decoding: memory[offset..<end], as: UTF8.self)
  }
}
