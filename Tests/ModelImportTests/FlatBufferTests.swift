import ModelImport
import Testing

/// The flatbuffer reader alone, and against damage.
struct FlatBufferTests {
  /// Numbers of each size, a text, lists and tables within tables. Computed: what a global enumeration with associated
  /// values holds looks leaked to the address sanitizer.
  static var example: WrittenTable {
    WrittenTable([
      0: .byte(-3), 1: .word(70_000), 2: .long(-5), 3: .float(1.5), 4: .text("Größe"), 6: .words([1, -2, 3]),
      7: .floats([0.5, -0.25]), 8: .bytes([9, 8]), 9: .table(WrittenTable([1: .word(7)])),
      10: .tables([WrittenTable([0: .text("a")]), WrittenTable()]), 11: .longs([1 << 40]),
    ])
  }

  @Test func everyFieldIsRead() throws {
    let bytes = Self.example.bytes(identifier: "TEST")
    try bytes.withUnsafeBytes { memory in
      let buffer = FlatBuffer(memory)
      #expect(buffer.isOf("TEST") && !buffer.isOf("TFL3"))
      let root = try buffer.root()
      #expect(try root.integer(0, as: Int8.self) == -3)
      #expect(try root.integer(1, as: UInt32.self) == 70_000)
      #expect(try root.integer(2, as: Int64.self) == -5)
      #expect(try root.float(3) == 1.5)
      #expect(try root.text(4) == "Größe")
      #expect(try root.integers(6, as: Int32.self, most: 3) == [1, -2, 3])
      #expect(try buffer.floats(in: #require(try root.elements(7, size: 4))) == [0.5, -0.25])
      #expect(try root.integers(8, as: UInt8.self, most: 9) == [9, 8])
      #expect(try #require(try root.table(9)).integer(1, as: Int32.self) == 7)
      #expect(try root.tables(10, most: 2).map { try $0.text(0) } == ["a", nil])
      #expect(try root.integers(11, as: Int64.self, most: 1) == [1 << 40])
    }
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    try WrittenTable([3: .word(1)]).bytes().withUnsafeBytes { memory in
      let root = try FlatBuffer(memory).root()
      #expect(try root.integer(0, as: Int32.self, default: 12) == 12)
      #expect(try root.integer(90, as: Int32.self, default: 12) == 12)
      #expect(try root.float(1, default: 2.5) == 2.5 && root.flag(2, default: true))
      #expect(try root.text(0) == nil && root.table(1) == nil && root.tables(2, most: 1).isEmpty)
    }
  }

  @Test func anyAlignmentIsRead() throws {
    let bytes = Self.example.bytes()
    for shift in 1..<8 {
      let moved = Array(repeating: 0, count: shift) + bytes
      try moved.withUnsafeBytes { memory in
        let root = try FlatBuffer(UnsafeRawBufferPointer(rebasing: memory[shift...])).root()
        #expect(try root.integer(2, as: Int64.self) == -5 && root.text(4) == "Größe")
      }
    }
  }

  @Test func longListsAreRefused() throws {
    try Self.example.bytes().withUnsafeBytes { memory in
      let root = try FlatBuffer(memory).root()
      #expect(throws: ByteError.self) { try root.integers(6, as: Int32.self, most: 2) }
      #expect(throws: ByteError.self) { try root.tables(10, most: 1) }
    }
  }

  @Test func nestingIsLimited() throws {
    var table = WrittenTable()
    for _ in 0..<100 { table = WrittenTable([0: .table(table)]) }
    try table.bytes().withUnsafeBytes { memory in
      var reached = try FlatBuffer(memory).root()
      let error = #expect(throws: ByteError.self) {
        while let inner = try reached.table(0) { reached = inner }
      }
      #expect(error?.reason == "tables are nested too deep")
    }
  }

  @Test(
    arguments: [
      [], [1, 2, 3], [0, 0, 0, 0], [4, 0, 0, 0], [255, 255, 255, 255],
      // A table whose list of fields lies before the data, one that is larger than the data, one without any.
      [4, 0, 0, 0, 100, 0, 0, 0], [4, 0, 0, 0, 0xF8, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 4, 0, 200, 0],
      [4, 0, 0, 0, 0xFC, 0xFF, 0xFF, 0xFF, 2, 0, 4, 0],
    ] as [[UInt8]])
  func noTableIsNamed(bytes: [UInt8]) {
    bytes.withUnsafeBytes { memory in
      _ = #expect(throws: ByteError.self) { try FlatBuffer(memory).root() }
    }
  }

  /// Cut anywhere, each field is read as it was or refused.
  @Test func everyTruncationIsReadOrRefused() throws {
    let bytes = Self.example.bytes()
    var refusals = 0
    for count in bytes.indices {
      Array(bytes[..<count]).withUnsafeBytes { memory in
        do {
          let root = try FlatBuffer(memory).root()
          _ = try (root.integer(2, as: Int64.self), root.text(4), root.integers(6, as: Int32.self, most: 9))
          _ = try (root.integers(11, as: Int64.self, most: 9), root.tables(10, most: 9).map { try $0.text(0) })
        } catch { refusals += 1 }
      }
    }
    #expect(refusals == bytes.count)
  }
}
