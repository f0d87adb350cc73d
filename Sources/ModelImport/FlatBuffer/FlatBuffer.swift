/// A flatbuffer in lent memory (flatbuffers.dev, "FlatBuffer Internals"); it copies nothing and trusts nothing.
///
/// Everything is little-endian and read at any alignment. Offsets lead forward only, so that no walk is without end, and
/// every offset, count and size is checked against the memory before it is followed.
@safe
package struct FlatBuffer {
  /// The lent memory.
  fileprivate let memory: UnsafeRawBufferPointer

  /// A reader of the flatbuffer that begins where `memory` does; what follows it is not looked at.
  ///
  /// - Precondition: `memory` outlives the reader and all that is made of it.
  @unsafe package init(_ memory: UnsafeRawBufferPointer) { unsafe self.memory = memory }

  /// The number of bytes that are lent.
  package var count: Int { unsafe memory.count }

  /// Whether the four bytes behind the root's offset are `identifier`, which says what the root is.
  package func isOf(_ identifier: String) -> Bool {
    unsafe memory.count >= 8 && memory[4..<8].elementsEqual(identifier.utf8)
  }

  /// Returns the outermost table.
  ///
  /// - Throws: `ByteError` iff there is none.
  package func root() throws(ByteError) -> Table { try Table(self, at: try target(of: 0), depth: 0) }

  /// Returns the number of type `Value` at `offset`.
  ///
  /// - Throws: `ByteError` iff it leaves the memory.
  fileprivate func number<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at offset: Int)
    throws(ByteError) -> Value
  {
    let size = MemoryLayout<Value>.size
    guard offset >= 0, offset <= count - size else {
      throw ByteError(offset: offset, reason: "a number lies outside of the data")
    }
    return unsafe Value(littleEndian: memory.loadUnaligned(fromByteOffset: offset, as: type))
  }

  /// Returns where the offset that stands at `offset` leads.
  fileprivate func target(of offset: Int) throws(ByteError) -> Int {
    let distance = Int(try number(UInt32.self, at: offset))
    // No more than 2³² beyond a place in memory: far within `Int`.
    guard distance >= 4, distance < count - offset else {
      throw ByteError(offset: offset, reason: "an offset of \(distance) leads nowhere")
    }
    return offset + distance
  }

  /// Returns where the elements of the vector at `offset` lie, each of `size` bytes.
  fileprivate func elements(at offset: Int, size: Int) throws(ByteError) -> Range<Int> {
    let number = Int(try number(UInt32.self, at: offset))
    guard number <= (count - offset - 4) / size else {
      throw ByteError(offset: offset, reason: "a list of \(number) elements leaves the data")
    }
    return offset + 4..<offset + 4 + number * size
  }

  /// Returns the text in `range`, which a table gave; what is no UTF-8 is replaced.
  ///
  /// - Throws: `ByteError` iff `range` leaves the memory.
  package func text(in range: Range<Int>) throws(ByteError) -> String {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      throw ByteError(offset: range.lowerBound, reason: "a text lies outside of the data")
    }
    return unsafe String(decoding: memory[range], as: UTF8.self)
  }

  /// Returns the whole numbers in `range`, which a table gave; bytes behind the last whole one are left out.
  ///
  /// - Throws: `ByteError` iff `range` leaves the memory.
  package func integers<Value: FixedWidthInteger & BitwiseCopyable>(in range: Range<Int>, as type: Value.Type)
    throws(ByteError) -> [Value]
  {
    let size = MemoryLayout<Value>.size
    var values: [Value] = []
    values.reserveCapacity(min(range.count, count) / size)
    for index in 0..<range.count / size { values.append(try number(type, at: range.lowerBound + index * size)) }
    return values
  }

  /// Returns the float32 numbers in `range`, which a table gave.
  ///
  /// - Throws: `ByteError` iff `range` leaves the memory.
  package func floats(in range: Range<Int>) throws(ByteError) -> [Float] {
    try integers(in: range, as: UInt32.self).map(Float.init(bitPattern:))
  }
}

extension FlatBuffer {
  /// One table: fields by their number in the schema, each absent or there.
  ///
  /// Invariant: the table and its list of fields lie in the memory.
  package struct Table {
    private let buffer: FlatBuffer
    /// Where the table begins.
    package let position: Int
    /// Where the list of its fields begins, and the bytes that it and the table take.
    private let fields: (position: Int, size: Int)
    private let size: Int
    /// How many tables lead to this one.
    private let depth: Int

    /// Tables within tables, at most: the schemas that we read need a handful.
    private static let deepest = 64

    fileprivate init(_ buffer: FlatBuffer, at position: Int, depth: Int) throws(ByteError) {
      guard depth < Self.deepest else {
        throw ByteError(offset: position, reason: "tables are nested too deep")
      }
      let fields = position - Int(try buffer.number(Int32.self, at: position))
      let bytes = Int(try buffer.number(UInt16.self, at: fields))
      let size = Int(try buffer.number(UInt16.self, at: fields + 2))
      guard bytes >= 4, bytes.isMultiple(of: 2), bytes <= buffer.count - fields, size >= 4,
        size <= buffer.count - position
      else { throw ByteError(offset: position, reason: "a table leaves the data") }
      (self.buffer, self.position, self.fields, self.size, self.depth) = (
        buffer, position, (fields, bytes), size, depth
      )
    }

    /// Returns where field `number` stands; nil where the table leaves it out.
    private func place(_ number: Int, size: Int) throws(ByteError) -> Int? {
      let entry = 4 + 2 * number
      guard entry <= fields.size - 2 else { return nil }
      let offset = Int(try buffer.number(UInt16.self, at: fields.position + entry))
      if offset == 0 { return nil }
      guard offset >= 4, offset <= self.size - size else {
        throw ByteError(offset: position, reason: "field \(number) leaves its table")
      }
      return position + offset
    }

    /// Returns where what field `number` refers to lies; nil where the table leaves it out.
    private func target(_ number: Int) throws(ByteError) -> Int? {
      guard let place = try place(number, size: 4) else { return nil }
      return try buffer.target(of: place)
    }

    /// How many fields the table's list knows, those left out included.
    package var fieldCount: Int { (fields.size - 4) / 2 }

    /// Returns the whole number in field `number`; `missing` where the table leaves it out.
    package func integer<Value: FixedWidthInteger & BitwiseCopyable>(
      _ number: Int, as type: Value.Type, default missing: Value = 0
    ) throws(ByteError) -> Value {
      guard let place = try place(number, size: MemoryLayout<Value>.size) else { return missing }
      return try buffer.number(type, at: place)
    }

    /// Returns the float32 in field `number`; `missing` where the table leaves it out.
    package func float(_ number: Int, default missing: Float = 0) throws(ByteError) -> Float {
      Float(bitPattern: try integer(number, as: UInt32.self, default: missing.bitPattern))
    }

    /// Returns whether field `number` is set; `missing` where the table leaves it out.
    package func flag(_ number: Int, default missing: Bool = false) throws(ByteError) -> Bool {
      try integer(number, as: UInt8.self, default: missing ? 1 : 0) != 0
    }

    /// Returns where the elements of field `number` lie, each of `size` bytes; nil where the table leaves it out.
    ///
    /// Lists may be shared by any number of tables: what reads one for each table takes care that it is short.
    package func elements(_ number: Int, size: Int) throws(ByteError) -> Range<Int>? {
      guard let target = try target(number) else { return nil }
      return try buffer.elements(at: target, size: size)
    }

    /// Returns the whole numbers of field `number`, at most so many; none where the table leaves it out.
    package func integers<Value: FixedWidthInteger & BitwiseCopyable>(_ number: Int, as type: Value.Type, most: Int)
      throws(ByteError) -> [Value]
    {
      let size = MemoryLayout<Value>.size
      guard let range = try elements(number, size: size) else { return [] }
      guard range.count / size <= most else {
        throw ByteError(offset: range.lowerBound - 4, reason: "a list of \(range.count / size) is too long")
      }
      return try buffer.integers(in: range, as: type)
    }

    /// Returns the text in field `number`, of at most so many bytes; nil where the table leaves it out. What is no UTF-8
    /// is replaced.
    package func text(_ number: Int, most: Int = 1 << 16) throws(ByteError) -> String? {
      guard let range = try elements(number, size: 1) else { return nil }
      guard range.count <= most else {
        throw ByteError(offset: range.lowerBound - 4, reason: "a text of \(range.count) bytes is too long")
      }
      return try buffer.text(in: range)
    }

    /// Returns the table in field `number`; nil where the table leaves it out.
    ///
    /// A union is two fields: the number before says by its type which table this is.
    package func table(_ number: Int) throws(ByteError) -> Table? {
      guard let target = try target(number) else { return nil }
      return try Table(buffer, at: target, depth: depth + 1)
    }

    /// Returns the tables of field `number`, at most so many; none where the table leaves it out.
    package func tables(_ number: Int, most: Int) throws(ByteError) -> [Table] {
      guard let range = try elements(number, size: 4) else { return [] }
      guard range.count / 4 <= most else {
        throw ByteError(offset: range.lowerBound - 4, reason: "a list of \(range.count / 4) is too long")
      }
      var tables: [Table] = []
      tables.reserveCapacity(range.count / 4)
      for place in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
        tables.append(try Table(buffer, at: try buffer.target(of: place), depth: depth + 1))
      }
      return tables
    }
  }
}
