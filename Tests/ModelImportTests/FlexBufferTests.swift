import ModelImport
import Testing

/// Options of custom operators, in the widths that writers choose, and against damage.
struct FlexBufferTests {
  /// A map of values of four bytes: `h_scale` 5 and `max` 10 as a whole number, as TensorFlow writes such maps.
  static let map: [UInt8] =
    Array("h_scale\0max\0".utf8) + [2, 13, 6, 0]  // the number of keys, how far back each begins, and a filler
    + [3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]  // how far back the keys lie, their width, the number of values
    + [0, 0, 0xA0, 0x40, 10, 0, 0, 0] + [0x0E, 0x06] + [10, 0x26, 1]

  static func numbers(_ bytes: [UInt8]) -> Result<[String: Double], ByteError> {
    bytes.withUnsafeBytes { memory in
      do throws(ByteError) { return .success(try FlexBuffer.numbers(in: memory)) } catch {
        return .failure(error)
      }
    }
  }

  @Test func floatsAndWholeNumbersAreRead() throws {
    #expect(try Self.numbers(Self.map).get() == ["h_scale": 5, "max": 10])
  }

  @Test func everyTruncationIsRefused() {
    for count in Self.map.indices {
      guard case .failure = Self.numbers(Array(Self.map[..<count])) else {
        Issue.record("\(count) bytes are read")
        continue
      }
    }
  }

  @Test func everyChangedByteIsReadOrRefused() {
    for place in Self.map.indices {
      for value in [0, 1, 0x25, 0x7F, 0x80, 0xFF] as [UInt8] {
        var bytes = Self.map
        bytes[place] = value
        _ = Self.numbers(bytes)
      }
    }
  }

  @Test(
    arguments: [
      (0x3C00, 1), (0xC000, -2), (0x0001, 0x1p-24), (0x03FF, 0x1.FF8p-15), (0x7BFF, 65504), (0x8000, -0.0),
      (0x7C00, .infinity), (0x3555, 0x1.554p-2),
    ] as [(UInt16, Float)])
  func halfNumbersAreWidenedExactly(bits: UInt16, value: Float) {
    #expect(Float(binary16: bits).bitPattern == value.bitPattern)
    #expect(Float(binary16: 0x7E00).isNaN)
  }
}
