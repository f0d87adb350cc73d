/// A protobuf message taken apart, so that a part can be changed and the lengths around it stay right.
///
/// Which bytes are messages is guessed: those that read as one and are no printable text.
struct WireTree {
  /// A field: its tag's number and type, and what it holds.
  struct Field {
    var number: UInt64
    var content: Content
  }

  /// What a field holds, by its wire type.
  indirect enum Content {
    case varint(UInt64)
    case fixed64([UInt8])
    case fixed32([UInt8])
    case bytes([UInt8])
    case message([Field])
    /// Bytes after a length that is not theirs.
    case mislaid(length: UInt64, [UInt8])
  }

  var fields: [Field]

  /// Nil where `bytes` are no message.
  init?(_ bytes: [UInt8]) {
    guard let fields = Self.fields(bytes[...], depth: 0) else { return nil }
    self.fields = fields
  }

  /// The message as it stands in a file.
  var bytes: [UInt8] { Self.written(fields) }

  private static func fields(_ bytes: ArraySlice<UInt8>, depth: Int) -> [Field]? {
    guard depth < 12 else { return nil }
    var (rest, fields) = (bytes, [Field]())
    while !rest.isEmpty {
      guard let tag = varint(&rest), tag >> 3 > 0, tag < 1 << 32 else { return nil }
      let content: Content
      switch tag & 7 {
      case 0:
        guard let value = varint(&rest) else { return nil }
        content = .varint(value)
      case 1:
        guard rest.count >= 8 else { return nil }
        content = .fixed64(Array(rest.prefix(8)))
        rest = rest.dropFirst(8)
      case 2:
        guard let length = varint(&rest), length <= UInt64(rest.count) else { return nil }
        let part = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        let isText = part.allSatisfy { (0x20...0x7E).contains($0) }
        content =
          !isText
          ? self.fields(part, depth: depth + 1).map(Content.message) ?? .bytes(Array(part)) : .bytes(Array(part))
      case 5:
        guard rest.count >= 4 else { return nil }
        content = .fixed32(Array(rest.prefix(4)))
        rest = rest.dropFirst(4)
      default: return nil
      }
      fields.append(Field(number: tag >> 3, content: content))
    }
    return fields
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }

  private static func written(_ fields: [Field]) -> [UInt8] {
    var bytes: [UInt8] = []
    for field in fields {
      switch field.content {
      case .varint(let value):
        append(field.number << 3, to: &bytes)
        append(value, to: &bytes)
      case .fixed64(let value):
        append(field.number << 3 | 1, to: &bytes)
        bytes += value
      case .fixed32(let value):
        append(field.number << 3 | 5, to: &bytes)
        bytes += value
      case .bytes(let value): append(field.number, UInt64(value.count), value, to: &bytes)
      case .message(let fields):
        let value = written(fields)
        append(field.number, UInt64(value.count), value, to: &bytes)
      case .mislaid(let length, let value): append(field.number, length, value, to: &bytes)
      }
    }
    return bytes
  }

  private static func append(_ number: UInt64, _ length: UInt64, _ value: [UInt8], to bytes: inout [UInt8]) {
    append(number << 3 | 2, to: &bytes)
    append(length, to: &bytes)
    bytes += value
  }

  private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
