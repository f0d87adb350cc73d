import ModelImport

/// A tensor bundle that a test writes: an index as TensorFlow lays it out, and one data file.
struct WrittenBundle {
  /// One tensor.
  struct Tensor {
    var key: String
    /// 1 float32, 3 int32, 7 string, 9 int64.
    var type: Int
    var extents: [Int]
    var bytes: [UInt8]
    /// What the index says beside, as fields of its entry.
    var more: [UInt8] = []
    /// Over the bytes; nil is computed.
    var checksum: UInt32?
  }

  var tensors: [Tensor] = []
  /// Entries in a data block.
  var entriesOfBlock = 1000
  /// Entries from one restart point to the next.
  var interval = 16
  /// The number of data files that the header promises.
  var shardCount = 1

  /// Adds a tensor of float32.
  mutating func add(_ key: String, _ values: [Float], _ extents: [Int]) {
    tensors.append(Tensor(key: key, type: 1, extents: extents, bytes: WireWriter.bytes(of: values)))
  }

  /// Adds the string `text`.
  mutating func add(_ key: String, string text: [UInt8]) {
    var (writer, checksum) = (WireWriter(), CRC32C())
    writer.varint(UInt64(text.count))
    checksum.append(UInt32(text.count))
    let length = checksum.masked
    checksum.append(length)
    text.withUnsafeBytes { checksum.append($0) }
    tensors.append(
      Tensor(
        key: key, type: 7, extents: [], bytes: writer.bytes + Self.bytes(length) + text, checksum: checksum.masked))
  }

  /// The data file.
  var data: [UInt8] { tensors.flatMap(\.bytes) }

  /// The index.
  var index: [UInt8] {
    var header = WireWriter()
    header.field(1, varint: shardCount)
    header.field(3) { $0.field(1, varint: 1) }
    var (entries, offset) = ([(key: [UInt8]([]), value: header.bytes)], 0)
    for tensor in tensors {
      var entry = WireWriter()
      entry.field(1, varint: tensor.type)
      entry.field(2) { shape in for extent in tensor.extents { shape.field(2) { $0.field(1, varint: extent) } } }
      entry.field(4, varint: offset)
      entry.field(5, varint: tensor.bytes.count)
      entry.varint(6 << 3 | 5)
      let bytes = entry.bytes + Self.bytes(tensor.checksum ?? Self.checksum(tensor.bytes)) + tensor.more
      entries.append((Array(tensor.key.utf8), bytes))
      offset += tensor.bytes.count
    }
    return Self.table(entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }, entriesOfBlock, interval)
  }

  /// Returns a sorted table of `entries`.
  static func table(_ entries: [(key: [UInt8], value: [UInt8])], _ entriesOfBlock: Int = 100, _ interval: Int = 16)
    -> [UInt8]
  {
    table(
      stride(from: 0, to: entries.count, by: entriesOfBlock).map { start in
        let part = Array(entries[start..<min(start + entriesOfBlock, entries.count)])
        return (part.last!.key, block(part, interval))
      })
  }

  /// Returns a sorted table of `blocks`, each under its last key.
  static func table(_ blocks: [(last: [UInt8], block: [UInt8])]) -> [UInt8] { table(blocks, times: 1) }

  /// Returns a sorted table of `blocks`, each of which the index names `times` times.
  static func table(_ blocks: [(last: [UInt8], block: [UInt8])], times: Int) -> [UInt8] {
    var (file, index) = ([UInt8](), [(key: [UInt8], value: [UInt8])]())
    for (last, block) in blocks {
      let handle = append(block, to: &file)
      for _ in 0..<times { index.append((key: last, value: handle)) }
    }
    let footer = append(block([], 16), to: &file) + append(block(index, 1), to: &file)
    return file + footer + Array(repeating: 0, count: 40 - footer.count) + bytes(0x8B80_FB57) + bytes(0xDB47_7524)
  }

  /// Appends a block and what follows it; returns its handle.
  private static func append(_ block: [UInt8], to file: inout [UInt8]) -> [UInt8] {
    var handle = WireWriter()
    handle.varint(UInt64(file.count))
    handle.varint(UInt64(block.count))
    file += block + [0] + bytes(checksum(block + [0]))
    return handle.bytes
  }

  /// Returns a block of `entries`.
  private static func block(_ entries: [(key: [UInt8], value: [UInt8])], _ interval: Int) -> [UInt8] {
    var (writer, last, restarts, bytes) = (WireWriter(), [UInt8](), [0], [UInt8]())
    for (number, entry) in entries.enumerated() {
      if number > 0, number % interval == 0 { restarts.append(bytes.count) }
      let shared = number % interval == 0 ? 0 : zip(last, entry.key).prefix { $0 == $1 }.count
      writer = WireWriter()
      for count in [shared, entry.key.count - shared, entry.value.count] { writer.varint(UInt64(count)) }
      bytes += writer.bytes + entry.key[shared...] + entry.value
      last = entry.key
    }
    return bytes + restarts.flatMap { Self.bytes(UInt32($0)) } + Self.bytes(UInt32(restarts.count))
  }

  /// Returns the masked checksum of `bytes`.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var checksum = CRC32C()
    bytes.withUnsafeBytes { checksum.append($0) }
    return checksum.masked
  }

  /// Returns a number as it lies in a file.
  static func bytes(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
}
