internal import Model
internal import Posix

/// The keys of a sorted string table and where their values lie in its file (LevelDB, doc/table_format.md).
///
/// From the back: a footer of 48 bytes names the index block, which names the data blocks. A block is entries, whose
/// keys share their beginning with the key before, then the places of restart points, which only a search needs. Five
/// bytes follow each block: how it is compressed and a checksum.
struct SortedTable {
  /// One value under its key.
  struct Entry {
    let key: [UInt8]
    /// Where the value lies in the file.
    let value: Range<Int>
  }

  /// The last eight bytes of every such file.
  private static let magic: UInt64 = 0xDB47_7524_8B80_FB57
  private static let (footerSize, trailerSize) = (48, 5)
  /// The most bytes that all keys may have: shared beginnings let a small file promise any number.
  private static let mostKeyBytes = 1 << 24

  /// Whether `file` ends as such a table does.
  static func recognizes(_ file: ModelFile) -> Bool {
    let bytes = unsafe file.bytes.bytes
    return unsafe bytes.count >= footerSize
      && UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)) == magic
  }

  /// In the order of their keys, byte by byte.
  let entries: [Entry]

  /// Reads the table that `file` is.
  ///
  /// - Parameter isVerified: whether checksums are compared; a test that damages files leaves it out, to get behind them.
  /// - Throws: `ImportError` naming the byte where the file is damaged, or what of its form is not supported.
  init(_ file: ModelFile, isVerified: Bool) throws(ImportError) {
    do throws(ByteError) {
      entries = try Self.entries(of: file, isVerified)
    } catch {
      throw ImportError(file: file.path, error)
    }
  }

  /// Reads all data blocks.
  private static func entries(of file: ModelFile, _ isVerified: Bool) throws(ByteError) -> [Entry] {
    let count = file.bytes.count
    guard count >= footerSize else {
      throw ByteError(offset: 0, reason: "\(count) bytes are too few for the index of a checkpoint")
    }
    guard recognizes(file) else { throw ByteError(offset: count - 8, reason: "this is not the index of a checkpoint") }
    var footer = unsafe ByteCursor(file.bytes.bytes, count - footerSize..<count - 8)
    // First the block of the table's own notes, which has nothing for us.
    _ = try footer.handle()
    let index = try entries(in: footer.handle(), of: file, isVerified)
    // A small index may name one large block any number of times, so each block lies behind the last.
    var (found, size, end) = ([Entry](), 0, UInt64(0))
    for block in index {
      var cursor = unsafe ByteCursor(file.bytes.bytes, block.value)
      let range = try cursor.handle()
      guard range.lowerBound >= end else {
        throw ByteError(
          offset: block.value.lowerBound,
          reason: "the blocks overlap: one begins at byte \(range.lowerBound), the one before ends at byte \(end)")
      }
      end = range.upperBound
      for entry in try entries(in: range, of: file, isVerified) {
        if let last = found.last?.key {
          guard last.lexicographicallyPrecedes(entry.key) else {
            throw ByteError(offset: entry.value.lowerBound, reason: "its keys are not in order")
          }
        }
        size += entry.key.count
        guard size <= mostKeyBytes else {
          throw ByteError(offset: entry.value.lowerBound, reason: "its keys are longer than \(mostKeyBytes) bytes")
        }
        found.append(entry)
      }
    }
    return found
  }

  /// Reads the block that fills `range`, without what follows it.
  private static func entries(in range: Range<UInt64>, of file: ModelFile, _ isVerified: Bool) throws(ByteError)
    -> [Entry]
  {
    let bytes = unsafe file.bytes.bytes
    guard let start = Int(exactly: range.lowerBound), let end = Int(exactly: range.upperBound),
      end <= bytes.count - footerSize - trailerSize
    else { throw ByteError(offset: 0, reason: "a block from byte \(range.lowerBound) on leaves the file") }
    guard unsafe bytes[end] == 0 else {
      throw unsafe ByteError(offset: end, reason: "a block is compressed (type \(bytes[end])), which is not supported")
    }
    if isVerified {
      var checksum = CRC32C()
      unsafe checksum.append(UnsafeRawBufferPointer(rebasing: bytes[start...end]))
      var trailer = unsafe ByteCursor(bytes, end + 1..<end + trailerSize)
      guard try trailer.word() == checksum.masked else {
        throw ByteError(
          offset: start, reason: "the block from here on is damaged: its checksum is not that of its bytes")
      }
    }
    guard end - start >= 4 else {
      throw ByteError(offset: start, reason: "a block of \(end - start) bytes is too short")
    }
    var restarts = unsafe ByteCursor(bytes, end - 4..<end)
    let count = Int(try restarts.word())
    guard count <= (end - start - 4) / 4 else {
      throw ByteError(offset: end - 4, reason: "a block has \(count) restart points, more than fit")
    }
    return try entries(unsafe ByteCursor(bytes, start..<end - 4 - 4 * count))
  }

  /// Reads entries to the end of `cursor`.
  private static func entries(_ cursor: ByteCursor) throws(ByteError) -> [Entry] {
    var (cursor, found, key, size) = (cursor, [Entry](), [UInt8](), 0)
    while !cursor.isAtEnd {
      let offset = cursor.offset
      let (shared, own, length) = (try cursor.varint(), try cursor.varint(), try cursor.varint())
      guard shared <= UInt64(key.count) else {
        throw ByteError(offset: offset, reason: "a key shares \(shared) bytes with one of \(key.count)")
      }
      key.removeLast(key.count - Int(shared))
      try unsafe key += cursor.bytes(own)
      size += key.count
      guard size <= mostKeyBytes else {
        throw ByteError(offset: offset, reason: "its keys are longer than \(mostKeyBytes) bytes")
      }
      found.append(Entry(key: key, value: try cursor.range(length)))
    }
    return found
  }
}
