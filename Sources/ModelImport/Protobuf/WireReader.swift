/// Walks the fields of one protobuf message, which lies in lent memory; it copies nothing and trusts nothing.
///
/// The encoding is that of protobuf.dev, "Encoding": tags, base-128 varints, little-endian fixed values and
/// length-delimited bytes. Groups are refused. Fields that the caller does not know cost nothing: it asks for the next.
///
/// Invariant: `offset` ≤ `end` ≤ the number of lent bytes.
@safe
package struct WireReader {
  /// A field's number and what stands in it.
  package struct Field: Equatable {
    package let number: Int
    package let value: Value

    package init(number: Int, value: Value) { (self.number, self.value) = (number, value) }
  }

  /// What stands in a field, by its wire type.
  package enum Value: Equatable {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    /// Where the bytes of a string, a message or packed numbers lie in the lent memory.
    case bytes(Range<Int>)
  }

  /// Messages within messages, at most.
  private static let deepest = 64

  /// The lent memory.
  private let memory: UnsafeRawBufferPointer
  /// How many messages this one is in.
  private let depth: Int
  /// Where this message ends.
  private let end: Int
  /// Where the next field begins, from the start of the lent memory.
  package private(set) var offset: Int

  /// A reader of the message that fills `memory`.
  ///
  /// - Precondition: `memory` outlives the reader and all that is made of it.
  @unsafe package init(_ memory: UnsafeRawBufferPointer) {
    (unsafe self.memory, depth, offset, end) = (unsafe memory, 0, 0, memory.count)
  }

  /// A reader of the message in `range` of what `parent` reads.
  private init(_ parent: WireReader, _ range: Range<Int>) {
    (unsafe memory, depth, offset, end) = (unsafe parent.memory, parent.depth + 1, range.lowerBound, range.upperBound)
  }

  /// Returns the next field; nil at the message's end.
  ///
  /// - Throws: `ByteError` iff the message is damaged here or holds a group.
  package mutating func next() throws(ByteError) -> Field? {
    guard offset < end else { return nil }
    let start = offset
    let tag = try varint()
    guard tag >> 3 > 0, tag <= UInt64(UInt32.max) else {
      throw ByteError(offset: start, reason: "no field has tag \(tag)")
    }
    let number = Int(tag >> 3)
    switch tag & 7 {
    case 0: return Field(number: number, value: .varint(try varint()))
    case 1: return Field(number: number, value: .fixed64(try fixed(UInt64.self)))
    case 2: return Field(number: number, value: .bytes(try delimited()))
    case 5: return Field(number: number, value: .fixed32(try fixed(UInt32.self)))
    case let type:
      throw ByteError(offset: start, reason: "field \(number) has wire type \(type), which is not supported")
    }
  }

  /// Returns a reader of the message in `range`, which a field of this one gave.
  ///
  /// - Throws: `ByteError` iff messages are nested too deep, or `range` leaves the lent memory.
  package func message(in range: Range<Int>) throws(ByteError) -> WireReader {
    guard depth < Self.deepest else {
      throw ByteError(offset: range.lowerBound, reason: "messages are nested too deep")
    }
    try check(range)
    return WireReader(self, range)
  }

  /// Returns the text in `range`.
  ///
  /// - Throws: `ByteError` iff it is not UTF-8 or leaves the lent memory.
  package func text(in range: Range<Int>) throws(ByteError) -> String {
    try check(range)
    guard let text = unsafe String(validating: memory[range], as: UTF8.self) else {
      throw ByteError(offset: range.lowerBound, reason: "text is not UTF-8")
    }
    return text
  }

  /// Returns the text in `range`; nil iff it has a byte that is no printable ASCII character.
  ///
  /// - Throws: `ByteError` iff it leaves the lent memory.
  package func printable(in range: Range<Int>) throws(ByteError) -> String? {
    try check(range)
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: memory[range])
    var hasOthers = false
    for place in 0..<bytes.count where unsafe bytes[place] &- 0x20 > 0x5E { hasOthers = true }
    return hasOthers ? nil : unsafe String(decoding: bytes, as: UTF8.self)
  }

  /// Appends to `values` the numbers of a repeated varint field: one, or many packed.
  ///
  /// - Throws: `ByteError` iff the field holds no varints.
  package func appendVarints(of field: Field, to values: inout [Int]) throws(ByteError) {
    switch field.value {
    case .varint(let value): values.append(Int(truncatingIfNeeded: value))
    case .bytes(let range):
      var numbers = try message(in: range)
      while numbers.offset < numbers.end { values.append(Int(truncatingIfNeeded: try numbers.varint())) }
    case .fixed32, .fixed64: throw ByteError(offset: offset, reason: "field \(field.number) holds no varint")
    }
  }

  /// Appends to `values` the numbers of a repeated float field: one, or many packed.
  ///
  /// - Throws: `ByteError` iff the field holds no floats.
  package func appendFloats(of field: Field, to values: inout [Float]) throws(ByteError) {
    switch field.value {
    case .fixed32(let bits): values.append(Float(bitPattern: bits))
    case .bytes(let range):
      guard range.count % 4 == 0 else {
        throw ByteError(offset: range.lowerBound, reason: "\(range.count) bytes are no packed floats")
      }
      var numbers = try message(in: range)
      // Once alone: of many small fields each would copy what is there.
      if values.isEmpty { values.reserveCapacity(range.count / 4) }
      while numbers.offset < numbers.end { values.append(Float(bitPattern: try numbers.fixed(UInt32.self))) }
    case .varint, .fixed64: throw ByteError(offset: offset, reason: "field \(field.number) holds no float")
    }
  }

  /// Appends to `values` the numbers of a repeated double field, rounded to float32: one, or many packed.
  ///
  /// - Throws: `ByteError` iff the field holds no doubles.
  package func appendDoubles(of field: Field, to values: inout [Float]) throws(ByteError) {
    switch field.value {
    case .fixed64(let bits): values.append(Float(Double(bitPattern: bits)))
    case .bytes(let range):
      guard range.count % 8 == 0 else {
        throw ByteError(offset: range.lowerBound, reason: "\(range.count) bytes are no packed doubles")
      }
      var numbers = try message(in: range)
      if values.isEmpty { values.reserveCapacity(range.count / 8) }
      while numbers.offset < numbers.end {
        values.append(Float(Double(bitPattern: try numbers.fixed(UInt64.self))))
      }
    case .varint, .fixed32: throw ByteError(offset: offset, reason: "field \(field.number) holds no double")
    }
  }

  /// Throws iff `range` leaves the lent memory.
  private func check(_ range: Range<Int>) throws(ByteError) {
    guard range.lowerBound >= 0, unsafe range.upperBound <= memory.count else {
      throw ByteError(offset: range.lowerBound, reason: "the range leaves the data")
    }
  }

  /// Reads a number of seven bits a byte, the lowest first.
  private mutating func varint() throws(ByteError) -> UInt64 {
    let start = offset
    // Most are of one byte.
    if offset < end, case let byte = unsafe memory[offset], byte < 0x80 {
      offset += 1
      return UInt64(byte)
    }
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard offset < end else { throw ByteError(offset: start, reason: "the data ends within a number") }
      let byte = unsafe memory[offset]
      offset += 1
      let bits = UInt64(byte & 0x7F)
      guard shift < 63 || bits <= 1 else { break }
      value |= bits << shift
      if byte < 0x80 { return value }
    }
    throw ByteError(offset: start, reason: "a number is longer than 64 bits")
  }

  /// Reads a number of fixed size, the lowest byte first.
  private mutating func fixed<Bits: FixedWidthInteger & BitwiseCopyable>(_ type: Bits.Type) throws(ByteError) -> Bits {
    let size = MemoryLayout<Bits>.size
    guard end - offset >= size else { throw ByteError(offset: offset, reason: "the data ends within a number") }
    defer { offset += size }
    return unsafe Bits(littleEndian: memory.loadUnaligned(fromByteOffset: offset, as: type))
  }

  /// Reads a length and steps over as many bytes; returns where they lie.
  private mutating func delimited() throws(ByteError) -> Range<Int> {
    let start = offset
    let length = try varint()
    guard length <= UInt64(end - offset) else {
      throw ByteError(
        offset: start, reason: "the data ends early: \(length) bytes are promised, \(end - offset) are there")
    }
    defer { offset += Int(length) }
    return offset..<offset + Int(length)
  }
}
