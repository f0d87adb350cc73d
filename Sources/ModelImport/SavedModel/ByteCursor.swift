/// Walks numbers and bytes that lie one behind the other in a part of lent memory, and leaves it never.
@safe
struct ByteCursor {
  /// The lent memory.
  private let memory: UnsafeRawBufferPointer
  /// Where the part ends.
  private let end: Int
  /// Where the next thing begins, from the start of the lent memory.
  private(set) var offset: Int

  /// A walk over `range` of `memory`.
  ///
  /// - Precondition: `memory` outlives the cursor, and has `range`.
  @unsafe init(_ memory: UnsafeRawBufferPointer, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= memory.count, "The part is not in the memory.")
    (unsafe self.memory, end, offset) = (unsafe memory, range.upperBound, range.lowerBound)
  }

  var isAtEnd: Bool { offset >= end }

  /// Reads a number of seven bits a byte, the lowest first.
  ///
  /// - Throws: `ByteError` iff the part ends within it, or it is longer than 64 bits.
  mutating func varint() throws(ByteError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard offset < end else { throw ByteError(offset: offset, reason: "the data ends within a number") }
      let byte = unsafe memory[offset]
      offset += 1
      guard shift < 63 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw ByteError(offset: offset, reason: "a number is longer than 64 bits")
  }

  /// Reads four bytes, the lowest first.
  ///
  /// - Throws: `ByteError` iff the part ends within them.
  mutating func word() throws(ByteError) -> UInt32 {
    let range = try range(4)
    return unsafe UInt32(littleEndian: memory.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt32.self))
  }

  /// Reads the place and the size of a block of a sorted table.
  ///
  /// - Throws: `ByteError` iff the part ends within them, or their sum is no number.
  mutating func handle() throws(ByteError) -> Range<UInt64> {
    let start = offset
    let (place, size) = (try varint(), try varint())
    let (end, overflows) = place.addingReportingOverflow(size)
    guard !overflows else { throw ByteError(offset: start, reason: "a block leaves the file") }
    return place..<end
  }

  /// Steps over `count` bytes and returns where they lie.
  ///
  /// - Throws: `ByteError` iff the part ends before.
  mutating func range(_ count: UInt64) throws(ByteError) -> Range<Int> {
    guard count <= UInt64(max(end - offset, 0)) else {
      throw ByteError(offset: offset, reason: "\(count) bytes are promised, \(end - offset) are there")
    }
    defer { offset += Int(count) }
    return offset..<offset + Int(count)
  }

  /// Steps over `count` bytes and lends them.
  ///
  /// - Throws: `ByteError` iff the part ends before.
  @unsafe mutating func bytes(_ count: UInt64) throws(ByteError) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: memory[try range(count)])
  }
}
