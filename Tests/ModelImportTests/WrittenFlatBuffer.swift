/// A table of a flatbuffer that a test writes: fields by their number.
struct WrittenTable: Sendable {
  /// What stands in a field.
  indirect enum Field: Sendable {
    case byte(Int)
    case word(Int)
    case long(Int)
    case float(Float)
    case text(String)
    case bytes([UInt8])
    case words([Int])
    case longs([Int])
    case floats([Float])
    case table(WrittenTable)
    case tables([WrittenTable])
  }

  var fields: [Int: Field]

  init(_ fields: [Int: Field] = [:]) { self.fields = fields }

  subscript(number: Int) -> Field? {
    get { fields[number] }
    set { fields[number] = newValue }
  }

  /// The table as the root of a flatbuffer.
  func bytes(identifier: String? = nil) -> [UInt8] {
    var writer = FlatBufferWriter()
    writer.bytes = [0, 0, 0, 0] + Array((identifier ?? "").utf8)
    let root = writer.write(self)
    writer.patch(0, to: root)
    return writer.bytes
  }
}

/// Lays tables one behind the other, what refers before what is referred to.
private struct FlatBufferWriter {
  var bytes: [UInt8] = []

  private mutating func append(_ value: Int, size: Int) {
    for shift in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
  }

  /// Lets the offset at `place` lead to `target`.
  mutating func patch(_ place: Int, to target: Int) {
    for shift in 0..<4 { bytes[place + shift] = UInt8(truncatingIfNeeded: (target - place) >> (8 * shift)) }
  }

  /// Writes a table with all that it refers to; returns where it lies.
  mutating func write(_ table: WrittenTable) -> Int {
    while !bytes.count.isMultiple(of: 4) { bytes.append(0) }
    let count = (table.fields.keys.max() ?? -1) + 1
    let sorted = table.fields.sorted { $0.key < $1.key }
    var offset = 4
    var offsets = [Int](repeating: 0, count: count)
    for (number, field) in sorted {
      offsets[number] = offset
      offset += Self.size(field)
    }
    let list = bytes.count
    append(4 + 2 * count, size: 2)
    append(offset, size: 2)
    for offset in offsets { append(offset, size: 2) }
    let start = bytes.count
    append(start - list, size: 4)
    for (_, field) in sorted {
      switch field {
      case .byte(let value): append(value, size: 1)
      case .word(let value): append(value, size: 4)
      case .long(let value): append(value, size: 8)
      case .float(let value): append(Int(value.bitPattern), size: 4)
      default: append(0, size: 4)
      }
    }
    for (number, field) in sorted {
      let target: Int
      switch field {
      case .byte, .word, .long, .float: continue
      case .text(let text): target = write(Array(text.utf8), count: text.utf8.count, terminated: true)
      case .bytes(let values): target = write(values, count: values.count)
      case .words(let values): target = write(values.flatMap { Self.bytes(of: $0, 4) }, count: values.count)
      case .longs(let values): target = write(values.flatMap { Self.bytes(of: $0, 8) }, count: values.count)
      case .floats(let values):
        target = write(values.flatMap { Self.bytes(of: Int($0.bitPattern), 4) }, count: values.count)
      case .table(let table): target = write(table)
      case .tables(let tables):
        target = write(Array(repeating: 0, count: 4 * tables.count), count: tables.count)
        for (index, table) in tables.enumerated() { patch(target + 4 + 4 * index, to: write(table)) }
      }
      patch(start + offsets[number], to: target)
    }
    return start
  }

  /// Writes a vector; returns where it lies.
  private mutating func write(_ content: [UInt8], count: Int, terminated: Bool = false) -> Int {
    while !bytes.count.isMultiple(of: 4) { bytes.append(0) }
    defer {
      bytes += content
      if terminated { bytes.append(0) }
    }
    let start = bytes.count
    append(count, size: 4)
    return start
  }

  private static func bytes(of value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func size(_ field: WrittenTable.Field) -> Int {
    switch field {
    case .byte: 1
    case .long: 8
    default: 4
    }
  }
}
