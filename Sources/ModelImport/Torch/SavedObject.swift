package import Model
internal import Posix

/// What `torch.save` wrote: an object, and where the values of its tensors lie in the file.
package struct SavedObject: Sendable {
  /// The object.
  package let pickle: Pickle
  /// Where the file's storages lie, by their keys.
  private let storages: [String: Range<Int>]
  private let isBigEndian: Bool
  private let file: ModelFile

  /// What every legacy file begins with: a pickle of a number, its lowest byte first (`MAGIC_NUMBER` of
  /// torch/serialization.py).
  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
  /// The largest pickle: that of a checkpoint of our networks has some hundred kilobytes.
  private static let mostPickleBytes = 1 << 24

  /// Whether the bytes look like an archive with a pickle in it, or like a pickle.
  package static func recognizes(_ file: ModelFile) -> Bool {
    let start = unsafe Array(file.bytes.bytes.prefix(128))
    guard start.starts(with: Array("PK\u{3}\u{4}".utf8)), start.count > 30 else { return isPickle(start) }
    // The first member is the pickle in what PyTorch writes, though it need not be.
    let name = start[30...].prefix(Int(start[26]) | Int(start[27]) << 8)
    if String(decoding: name, as: UTF8.self).hasSuffix("/data.pkl") { return true }
    guard let directory = try? unsafe ZipDirectory(file.bytes.bytes) else { return false }
    return directory.names.contains { $0.hasSuffix("/data.pkl") }
  }

  /// Whether bytes begin as a pickle of a protocol in use does.
  private static func isPickle(_ start: [UInt8]) -> Bool { start.count > 2 && start[0] == 0x80 && (2...5) ~= start[1] }

  /// Reads what `file` holds.
  ///
  /// - Throws: `ByteError` iff it is damaged, or its pickle would call code.
  package init(_ file: ModelFile) throws(ByteError) {
    self.file = file
    let memory = unsafe file.bytes.bytes
    if unsafe Self.isPickle(Array(memory.prefix(3))) {
      (pickle, storages) = try unsafe Self.legacy(memory)
      isBigEndian = false
      return
    }
    let archive = try unsafe ZipDirectory(memory)
    // The folder in the archive has the name that the file had when it was written.
    let pickles = archive.names.filter { $0.hasSuffix("/data.pkl") && $0.split(separator: "/").count == 2 }
    guard pickles.count == 1, let prefix = pickles[0].split(separator: "/").first else {
      throw ByteError(offset: 0, reason: "the archive holds \(pickles.count) pickles of PyTorch, not one")
    }
    guard !archive.contains("\(prefix)/constants.pkl") else {
      throw ByteError(offset: 0, reason: "this is a TorchScript program; only a state dict is read")
    }
    let range = try archive.content(of: pickles[0])
    guard range.count <= Self.mostPickleBytes else {
      throw ByteError(offset: range.lowerBound, reason: "a pickle of \(range.count) bytes is too large")
    }
    let pickle = try unsafe Self.read(memory, range)
    var storages: [String: Range<Int>] = [:]
    for storage in pickle.storages where storages[storage.key] == nil {
      storages[storage.key] = try archive.content(of: "\(prefix)/data/\(storage.key)")
    }
    (self.pickle, self.storages) = (pickle, storages)
    let order = "\(prefix)/byteorder"
    let orderRange = archive.contains(order) ? try archive.content(of: order) : 0..<0
    isBigEndian = unsafe memory[orderRange].elementsEqual("big".utf8)
  }

  /// Reads the pickle in `range` of `memory`; its places are those in the memory.
  private static func read(_ memory: UnsafeRawBufferPointer, _ range: Range<Int>) throws(ByteError) -> Pickle {
    try unsafe PickleReader.read(UnsafeRawBufferPointer(rebasing: memory[..<range.upperBound]), from: range.lowerBound)
  }

  /// Reads pickles one behind the other, the fourth of which is the object, and finds the storages behind them: a count
  /// of 64 bits and so many values each, in the order of the list that is the fifth.
  private static func legacy(
    _ memory: UnsafeRawBufferPointer
  ) throws(ByteError) -> (Pickle, [String: Range<Int>]) {
    let most = min(memory.count, mostPickleBytes)
    func next(from start: Int) throws(ByteError) -> Pickle {
      try unsafe read(memory, start..<max(start, start <= memory.count - most ? start + most : memory.count))
    }
    let first = try next(from: 0)
    guard case .long(let number) = first.top, unsafe memory[number].elementsEqual(magic) else {
      throw ByteError(offset: 0, reason: "this pickle was not written by torch.save")
    }
    let version = try next(from: first.end)
    guard version.top == .integer(1001) else {
      throw ByteError(offset: first.end, reason: "this version of torch.save's files is not supported")
    }
    let system = try next(from: version.end)
    let object = try next(from: system.end)
    let list = try next(from: object.end)
    guard let keys = list.sequence(list.top) else {
      throw ByteError(offset: object.end, reason: "the list of storages is missing")
    }
    var known: [String: Pickle.Storage] = [:]
    for storage in object.storages { known[storage.key] = storage }
    var (storages, place) = ([String: Range<Int>](), list.end)
    for key in keys {
      guard case .text(let range) = key, let storage = unsafe known[String(decoding: memory[range], as: UTF8.self)]
      else {
        throw ByteError(offset: place, reason: "a storage is listed that no tensor has")
      }
      guard memory.count - place >= 8 else { throw ByteError(offset: place, reason: "the file ends before a storage") }
      let count = unsafe Int(Int64(littleEndian: memory.loadUnaligned(fromByteOffset: place, as: Int64.self)))
      guard count == storage.count else {
        throw ByteError(offset: place, reason: "a storage has \(count) values where \(storage.count) are promised")
      }
      guard count <= (memory.count - place - 8) / storage.type.size else {
        throw ByteError(offset: place, reason: "the file ends within a storage of \(count) values")
      }
      let end = place + 8 + count * storage.type.size
      storages[storage.key] = place + 8..<end
      place = end
    }
    return (object, storages)
  }

  /// Returns tensor number `index` of the pickle.
  ///
  /// - Throws: `ByteError` iff its storage is not there or has another size than is promised, or it leaves the storage.
  package func tensor(_ index: Int) throws(ByteError) -> StoredTensor {
    let tensor = pickle.tensors[index]
    let storage = pickle.storages[tensor.storage]
    let (size, overflows) = storage.count.multipliedReportingOverflow(by: storage.type.size)
    guard let range = storages[storage.key] else {
      throw ByteError(offset: tensor.place, reason: "the storage \(storage.key.printable(most: 80)) is not there")
    }
    guard !overflows, range.count == size else {
      throw ByteError(
        offset: tensor.place,
        reason: "the storage \(storage.key.printable(most: 80)) has \(range.count) bytes, not \(storage.count) values "
          + "of \(storage.type.size)")
    }
    let first = range.lowerBound + storage.part.lowerBound * storage.type.size
    return try StoredTensor(
      storage.type, tensor.extents, strides: tensor.strides, offset: tensor.offset, in: file.bytes,
      first..<first + storage.part.count * storage.type.size, isBigEndian: isBigEndian, at: tensor.place)
  }

  /// Returns a name of the pickle; nil where `value` is no text, no UTF-8, or longer than any name.
  package func text(_ value: Pickle.Value) -> String? {
    guard case .text(let range) = value, range.count <= PickleReader.longestName else { return nil }
    return unsafe String(validating: file.bytes.bytes[range], as: UTF8.self)
  }
}
