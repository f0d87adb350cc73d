import ModelImport
import Testing

/// The protobuf reader alone, and against damage.
struct WireReaderTests {
  /// Returns all fields of a message, or why it is damaged.
  static func fields(_ bytes: [UInt8]) -> Result<[WireReader.Field], ByteError> {
    bytes.withUnsafeBytes { memory in
      do throws(ByteError) {
        var (reader, fields) = (WireReader(memory), [WireReader.Field]())
        while let field = try reader.next() { fields.append(field) }
        return .success(fields)
      } catch {
        return .failure(error)
      }
    }
  }

  @Test func everyWireTypeIsRead() throws {
    var writer = WireWriter()
    writer.field(1, varint: 300)
    writer.field(2, bytes: [7, 8, 9])
    writer.field(3, float: 1.5)
    let bytes = writer.bytes + [4 << 3 | 1, 1, 2, 3, 4, 5, 6, 7, 8]
    #expect(
      try Self.fields(bytes).get() == [
        .init(number: 1, value: .varint(300)), .init(number: 2, value: .bytes(5..<8)),
        .init(number: 3, value: .fixed32((1.5 as Float).bitPattern)),
        .init(number: 4, value: .fixed64(0x0807_0605_0403_0201)),
      ])
  }

  @Test func onlyPrintableCharactersAreANameOfAGraph() throws {
    for (bytes, text) in [
      (Array("conv/weights:0".utf8), "conv/weights:0"), ([0x20, 0x7E], " ~"), ([], ""), ([0x41, 0x1F], nil),
      ([0x7F], nil), (Array("naïve".utf8), nil), ([0xFF], nil),
    ] as [([UInt8], String?)] {
      #expect(try bytes.withUnsafeBytes { try WireReader($0).printable(in: 0..<bytes.count) } == text)
      #expect(throws: ByteError.self) {
        try bytes.withUnsafeBytes { try WireReader($0).printable(in: 0..<bytes.count + 1) }
      }
    }
  }

  @Test func negativeNumbersTakeTenBytes() throws {
    var writer = WireWriter()
    writer.field(5, varint: -2)
    #expect(writer.bytes.count == 11)
    #expect(try Self.fields(writer.bytes).get() == [.init(number: 5, value: .varint(UInt64.max - 1))])
  }

  @Test func packedAndSingleNumbersAreOneList() throws {
    var writer = WireWriter()
    writer.field(1, varint: 4)
    writer.field(1, bytes: [5, 0x80, 0x01])
    writer.field(2, bytes: WireWriter.bytes(of: [0.5, -3]))
    writer.field(2, float: 7)
    let bytes = writer.bytes
    try bytes.withUnsafeBytes { memory in
      var (reader, numbers, floats) = (WireReader(memory), [Int](), [Float]())
      while let field = try reader.next() {
        if field.number == 1 { try reader.appendVarints(of: field, to: &numbers) }
        if field.number == 2 { try reader.appendFloats(of: field, to: &floats) }
      }
      #expect(numbers == [4, 5, 128])
      #expect(floats == [0.5, -3, 7])
    }
  }

  /// Doubles are rounded; what is none is named with its place.
  @Test func packedAndSingleDoublesAreOneList() throws {
    let half: [UInt8] = [0, 0, 0, 0, 0, 0, 0xE0, 0x3F]
    func doubles(_ bytes: [UInt8]) throws -> [Float] {
      try bytes.withUnsafeBytes { memory in
        var (reader, numbers) = (WireReader(memory), [Float]())
        while let field = try reader.next() { try reader.appendDoubles(of: field, to: &numbers) }
        return numbers
      }
    }
    #expect(try doubles([1 << 3 | 1] + half + [1 << 3 | 2, 16] + half + half) == [0.5, 0.5, 0.5])
    #expect(throws: ByteError(offset: 11, reason: "field 1 holds no double")) { try doubles([9] + half + [8, 1]) }
    #expect(throws: ByteError(offset: 2, reason: "4 bytes are no packed doubles")) { try doubles([10, 4, 0, 0, 0, 0]) }
  }

  @Test(
    arguments: [
      ([0x0B], 0, "field 1 has wire type 3, which is not supported"),
      ([0x0E], 0, "field 1 has wire type 6, which is not supported"),
      ([0x00], 0, "no field has tag 0"),
      ([0x08], 1, "the data ends within a number"),
      ([0x08, 0x80], 1, "the data ends within a number"),
      ([0x08] + Array(repeating: 0xFF, count: 10), 1, "a number is longer than 64 bits"),
      ([0x0A, 0x05, 1, 2], 1, "the data ends early: 5 bytes are promised, 2 are there"),
      (
        [0x0A] + Array(repeating: 0xFF, count: 9) + [0x01], 1,
        "the data ends early: \(UInt64.max) bytes are promised, 0 are there"
      ),
      ([0x0D, 1, 2, 3], 1, "the data ends within a number"),
      ([0x09, 1, 2, 3, 4, 5, 6, 7], 1, "the data ends within a number"),
    ] as [([UInt8], Int, String)])
  func damageIsNamed(bytes: [UInt8], offset: Int, reason: String) {
    #expect(Self.fields(bytes) == .failure(ByteError(offset: offset, reason: reason)))
  }

  @Test func nestingIsLimited() {
    let bytes = [UInt8](repeating: 0, count: 4)
    bytes.withUnsafeBytes { memory in
      _ = #expect(throws: ByteError(offset: 0, reason: "messages are nested too deep")) {
        var reader = WireReader(memory)
        for _ in 0..<1000 { reader = try reader.message(in: 0..<4) }
      }
    }
  }

  @Test func rangesOutsideTheDataAreRefused() {
    let bytes: [UInt8] = [1, 2, 3]
    bytes.withUnsafeBytes { memory in
      let reader = WireReader(memory)
      #expect(throws: ByteError.self) { try reader.text(in: 1..<4) }
      #expect(throws: ByteError.self) { try reader.message(in: -1..<2) }
    }
  }

  @Test func textThatIsNotUTF8IsRefused() {
    let bytes: [UInt8] = [0xC3, 0x28]
    bytes.withUnsafeBytes { memory in
      _ = #expect(throws: ByteError(offset: 0, reason: "text is not UTF-8")) { try WireReader(memory).text(in: 0..<2) }
    }
  }
}
