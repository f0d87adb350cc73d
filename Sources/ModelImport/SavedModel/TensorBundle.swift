package import Model
internal import Posix

/// The tensors of a SavedModel or a checkpoint: an index and data files, the shards
/// (tensorflow/core/util/tensor_bundle/tensor_bundle.h).
///
/// A tensor stays where it is in its mapped shard. Its checksum is compared when it is asked for: nothing else protects
/// weights.
package struct TensorBundle {
  /// The index, a `SortedTable`.
  let index: ModelFile
  /// The number of data files.
  package let shardCount: Int
  /// Where each tensor's `BundleEntryProto` lies in the index.
  private let places: [String: Range<Int>]
  /// The data files opened so far.
  private var shards: [Int: ModelFile] = [:]
  /// What has been read, by key: any number of variables may ask for one tensor.
  private var tensors: [String: TensorDef] = [:]
  /// As `tensors`, where a tensor is one string: its file, and its place there.
  private var strings: [String: (file: ModelFile, range: Range<Int>)] = [:]
  /// How many bytes of each data file belong to what has been read.
  private var counts: [Int: Int] = [:]
  /// Opens data file number `shard` of `count`.
  private let open: @Sendable (_ shard: Int, _ count: Int) throws(ImportError) -> ModelFile
  private let isVerified: Bool

  /// The bundle whose files begin with `prefix`: `…/variables/variables`.
  ///
  /// - Throws: `ImportError` iff the index cannot be opened or is not one.
  package init(prefix: String) throws(ImportError) {
    try self.init(prefix: prefix) { path throws(ImportError) in try ModelFile(opening: path) }
  }

  /// The bundle in the folder `variables` beside `model`, on disk or in the same archive.
  ///
  /// - Throws: `ImportError` iff the index cannot be opened or is not one.
  init(beside model: ModelFile) throws(ImportError) {
    try self.init(prefix: "\(SavedModel.variables.folder)/\(SavedModel.variables.prefix)") { path throws(ImportError) in
      do throws(PosixError) { return try model.beside(path) } catch { throw ImportError(opening: error.subject, error) }
    }
  }

  private init(
    prefix: String, open: @escaping @Sendable (_ path: String) throws(ImportError) -> ModelFile
  ) throws(ImportError) {
    try self.init(index: open("\(prefix).index")) { shard, count throws(ImportError) in
      func digits(_ number: Int) -> String {
        String(repeating: "0", count: max(5 - "\(number)".count, 0)) + "\(number)"
      }
      return try open("\(prefix).data-\(digits(shard))-of-\(digits(count))")
    }
  }

  /// The bundle with this `index`, whose data files `open` opens.
  ///
  /// - Parameter isVerified: whether checksums are compared; only tests that damage files leave it out.
  /// - Throws: `ImportError` iff the index is not one.
  package init(
    index: ModelFile, isVerified: Bool = true,
    open: @escaping @Sendable (_ shard: Int, _ count: Int) throws(ImportError) -> ModelFile
  ) throws(ImportError) {
    (self.index, self.open, self.isVerified) = (index, open, isVerified)
    var (places, header) = ([String: Range<Int>](), Range<Int>?.none)
    for entry in try SortedTable(index, isVerified: isVerified).entries {
      if entry.key.isEmpty {
        header = entry.value
      } else if let key = String(validating: entry.key, as: UTF8.self) {
        // Keys that are no text are those of the parts of partitioned variables.
        places[key] = entry.value
      }
    }
    self.places = places
    guard let header else { throw ImportError(file: index.path, reason: "this table is not the index of a checkpoint") }
    do {
      shardCount = try Self.shardCount(unsafe WireReader(index.bytes.bytes).message(in: header))
    } catch {
      throw ImportError(file: index.path, error)
    }
  }

  /// The names of all tensors.
  package var keys: some Sequence<String> { places.keys }

  /// Whether there is a tensor called `key`.
  func contains(_ key: String) -> Bool { places[key] != nil }

  /// Returns what the index says of the tensor `key`.
  ///
  /// - Throws: `ImportError` iff there is none, or what is said is damaged.
  package func entry(_ key: String) throws(ImportError) -> BundleEntry {
    guard let place = places[key] else {
      throw ImportError(file: index.path, reason: "there is no tensor \(key.printable())")
    }
    do {
      return try BundleEntry(unsafe WireReader(index.bytes.bytes).message(in: place))
    } catch {
      throw fault(key, "\(error)")
    }
  }

  /// Reads the tensor `key`, as all that it is for would.
  ///
  /// - Throws: `ImportError` as `tensor` or `string`.
  package mutating func check(_ key: String) throws(ImportError) {
    if try entry(key).type == .string { _ = try string(key) } else { _ = try tensor(key) }
  }

  /// Returns the tensor `key`, whose values stay in the shard.
  ///
  /// - Throws: `ImportError` naming the tensor where there is none, where it is in no data file, or damaged.
  mutating func tensor(_ key: String) throws(ImportError) -> TensorDef {
    if let known = tensors[key] { return known }
    let entry = try entry(key)
    guard !entry.isSliced else { throw fault(key, "it is stored in parts, which is not supported") }
    guard let size = entry.type.size else { throw fault(key, "its type \(entry.type) is not supported") }
    guard let extents = entry.extents, let count = KnownValue.count(of: extents) else {
      throw fault(key, "its shape \(Shape(entry.extents ?? [])) is open or too large")
    }
    guard UInt64(count * size) == entry.size else {
      throw fault(key, "\(entry.size) bytes do not hold \(Shape(extents)) values of type \(entry.type)")
    }
    let (shard, range) = try bytes(of: entry, key)
    if isVerified {
      var checksum = CRC32C()
      unsafe checksum.append(UnsafeRawBufferPointer(rebasing: shard.bytes.bytes[range]))
      guard checksum.masked == entry.checksum else { throw damaged(key, shard) }
    }
    let tensor = TensorDef(type: entry.type, extents: extents, content: range, storage: shard.bytes)
    tensors[key] = tensor
    return tensor
  }

  /// Returns the shard and the place in it where the one string lies that the tensor `key` is.
  ///
  /// - Throws: `ImportError` as `tensor`.
  mutating func string(_ key: String) throws(ImportError) -> (file: ModelFile, range: Range<Int>) {
    if let known = strings[key] { return known }
    let entry = try entry(key)
    guard entry.type == .string, entry.extents == [], !entry.isSliced else { throw fault(key, "it is not one string") }
    let (shard, range) = try bytes(of: entry, key)
    let (text, isWhole): (Range<Int>, Bool)
    do throws(ByteError) {
      (text, isWhole) = try Self.string(in: range, of: shard, entry.checksum)
    } catch {
      throw fault(key, "\(error)", in: shard)
    }
    guard isWhole || !isVerified else { throw damaged(key, shard) }
    strings[key] = (shard, text)
    return (shard, text)
  }

  /// Reads a string behind its length and the checksum of that; returns where its bytes lie, and whether both checksums
  /// are right. That of the whole tensor runs over the length as a number of fixed size.
  private static func string(in range: Range<Int>, of shard: ModelFile, _ expected: UInt32) throws(ByteError)
    -> (text: Range<Int>, isWhole: Bool)
  {
    var cursor = unsafe ByteCursor(shard.bytes.bytes, range)
    let length = try cursor.varint()
    let lengthChecksum = try cursor.word()
    let text = try cursor.range(length)
    guard cursor.isAtEnd else { throw ByteError(offset: cursor.offset, reason: "it is longer than its string") }
    var checksum = CRC32C()
    if let short = UInt32(exactly: length) { checksum.append(short) } else { checksum.append(length) }
    let isLengthWhole = checksum.masked == lengthChecksum
    checksum.append(lengthChecksum)
    unsafe checksum.append(UnsafeRawBufferPointer(rebasing: shard.bytes.bytes[text]))
    return (text, isLengthWhole && checksum.masked == expected)
  }

  /// Returns where the bytes of `entry` lie, and counts them.
  ///
  /// Tensors do not overlap: where they did, a small file would take a checksum over all its bytes for every key.
  private mutating func bytes(of entry: BundleEntry, _ key: String) throws(ImportError) -> (ModelFile, Range<Int>) {
    guard entry.shard >= 0, entry.shard < shardCount else {
      throw fault(key, "it is in data file \(entry.shard), of which there are \(shardCount)")
    }
    let shard = try shard(entry.shard)
    let (end, overflows) = entry.offset.addingReportingOverflow(entry.size)
    guard !overflows, end <= UInt64(shard.bytes.count) else {
      throw fault(
        key, "\(entry.size) bytes from byte \(entry.offset) on leave the \(shard.bytes.count) of the file", in: shard)
    }
    let range = Int(entry.offset)..<Int(end)
    let count = counts[entry.shard, default: 0]
    guard range.count <= shard.bytes.count - count else {
      throw fault(
        key, "tensors overlap: with this one, they are more than the \(shard.bytes.count) bytes of the file", in: shard)
    }
    counts[entry.shard] = count + range.count
    return (shard, range)
  }

  /// Returns data file number `number`, opened once.
  private mutating func shard(_ number: Int) throws(ImportError) -> ModelFile {
    if let shard = shards[number] { return shard }
    let shard = try open(number, shardCount)
    shards[number] = shard
    return shard
  }

  /// Returns an error that stands at the tensor `key`.
  private func fault(_ key: String, _ reason: String, in file: ModelFile? = nil) -> ImportError {
    ImportError(file: (file ?? index).path, place: ["tensor \(key.printable())"], reason: reason)
  }

  /// Returns the error where a checksum differs.
  private func damaged(_ key: String, _ shard: ModelFile) -> ImportError {
    fault(key, "it is damaged: its checksum is not that of its bytes", in: shard)
  }

  /// Reads `BundleHeaderProto`.
  private static func shardCount(_ reader: WireReader) throws(ByteError) -> Int {
    var (reader, count) = (reader, 0)
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .varint(let number)): count = Int(clamping: number)
      case (2, .varint(let order)) where order != 0:
        throw ByteError(offset: reader.offset, reason: "the highest byte comes first, which is not supported")
      default: continue
      }
    }
    guard (1...99_999).contains(count) else {
      throw ByteError(offset: reader.offset, reason: "there are \(count) data files, which is not supported")
    }
    return count
  }
}
