import Model
import ModelImport
import Posix

/// A file as `torch.save` or safetensors writes it, also one that is wrong.
struct WrittenCheckpoint {
  /// A tensor over the one storage, which holds floats.
  struct Tensor {
    let name: String
    let extents: [Int]
    /// nil is row by row.
    var strides: [Int]?
    var offset = 0
  }

  var tensors: [Tensor]
  /// The storage's values.
  var values: [Float]
  /// What dictionaries the state dict lies in, from the outside in.
  var keys: [String] = []
  /// How many values the pickle promises; nil is the truth.
  var promised: Int?

  /// Tensors of these shapes, all of whose values are the storage's first.
  static func repeating(_ value: Float, _ shapes: [(name: String, extents: [Int])]) -> WrittenCheckpoint {
    WrittenCheckpoint(
      tensors: shapes.map { Tensor(name: $0.name, extents: $0.extents, strides: $0.extents.map { _ in 0 }) },
      values: [value])
  }

  /// Small tensors of several shapes.
  static let tiny = WrittenCheckpoint(
    tensors: [
      Tensor(name: "features.0.weight", extents: [2, 3, 1, 1]),
      Tensor(name: "features.0.bias", extents: [2], offset: 6),
      Tensor(name: "turned", extents: [3, 2], strides: [1, 3]),
      Tensor(name: "scalar", extents: [], offset: 7),
    ], values: (0..<8).map { Float($0) / 4 - 1 }, keys: ["model"])

  /// The pickle of the object.
  var pickle: [UInt8] {
    var writer = PickleWriter()
    writer.begin()
    for key in keys { writer.openDictionary(key) }
    writer.write("ccollections\nOrderedDict\n)R(")
    for tensor in tensors {
      writer.text(tensor.name)
      writer.write("ctorch._utils\n_rebuild_tensor_v2\n((")
      writer.text("storage")
      writer.write("ctorch\nFloatStorage\n")
      writer.text("0")
      writer.text("cpu")
      writer.integer(promised ?? values.count)
      writer.write("tQ")
      writer.integer(tensor.offset)
      writer.integers(tensor.extents)
      writer.integers(tensor.strides ?? Self.rowStrides(tensor.extents))
      writer.bytes.append(0x89)
      writer.write("ccollections\nOrderedDict\n)RtR")
    }
    writer.write("u")
    for _ in keys { writer.write("s") }
    writer.write(".")
    return writer.bytes
  }

  /// The storage's bytes.
  private var content: [UInt8] { WireWriter.bytes(of: values) }

  /// The archive that `torch.save` writes today.
  var archive: [UInt8] {
    ZipArchive([("tiny/data.pkl", pickle), ("tiny/byteorder", Array("little".utf8)), ("tiny/data/0", content)]).bytes
  }

  /// What `torch.save` wrote before there were archives, and writes where it is asked to.
  var legacy: [UInt8] {
    let magic: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
    var list = PickleWriter()
    list.begin()
    list.write("]")
    list.text("0")
    list.write("a.")
    let count = (0..<8).map { UInt8(truncatingIfNeeded: values.count >> (8 * $0)) }
    return magic + [0x80, 2, 0x4D, 0xE9, 3, 0x2E] + [0x80, 2, 0x7D, 0x2E] + pickle + list.bytes + count + content
  }

  /// A safetensors file of the tensors that lie row by row, one behind the other.
  var safetensors: [UInt8] {
    var (header, data) = ([String](), [UInt8]())
    for tensor in tensors {
      let count = tensor.extents.reduce(1, *)
      let bytes = WireWriter.bytes(of: Array(values[tensor.offset..<tensor.offset + count]))
      header.append(
        "\"\(tensor.name)\":{\"dtype\":\"F32\",\"shape\":\(tensor.extents),\"data_offsets\":[\(data.count),\(data.count + bytes.count)]}"
      )
      data += bytes
    }
    let text = Array("{\"__metadata__\":{\"format\":\"pt\"},\(header.joined(separator: ","))}".utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text + data
  }

  /// A pickle of two storages under one key, a text of 257 bytes that is recalled.
  static var longKey: [UInt8] {
    var writer = PickleWriter()
    writer.begin()
    writer.write("](")
    writer.text("storage")
    writer.write("ctorch\nFloatStorage\n")
    writer.text(String(repeating: "k", count: 257))
    writer.text("cpu")
    writer.integer(8)
    writer.write("tq\u{0}Qah\u{0}Qa.")
    return writer.bytes
  }

  /// A pickle of a dictionary with names of 256 bytes and, recalled, of 257.
  static var longName: [UInt8] {
    var writer = PickleWriter()
    writer.begin()
    writer.openDictionary(String(repeating: "n", count: 256))
    writer.write("Ns")
    writer.text(String(repeating: "n", count: 257))
    writer.write("q\u{0}Nsh\u{0}Ns.")
    return writer.bytes
  }

  private static func rowStrides(_ extents: [Int]) -> [Int] {
    extents.indices.map { extents[($0 + 1)...].reduce(1, *) }
  }
}

/// Writes operations of a pickle.
struct PickleWriter {
  var bytes: [UInt8] = []

  mutating func begin() { bytes += [0x80, 2] }

  /// Writes operations and lines that are text.
  mutating func write(_ text: String) { bytes += Array(text.utf8) }

  mutating func text(_ text: String) { bytes += [0x58] + Self.word(text.utf8.count) + Array(text.utf8) }

  mutating func integer(_ value: Int) {
    bytes +=
      Int32(exactly: value) != nil ? [0x4A] + Self.word(value) : [0x8A, 8] + Self.word(value) + Self.word(value >> 32)
  }

  /// Writes a tuple.
  mutating func integers(_ values: [Int]) {
    write("(")
    for value in values { integer(value) }
    write("t")
  }

  /// Opens a dictionary and writes the key of what follows.
  mutating func openDictionary(_ key: String) {
    write("}")
    text(key)
  }

  private static func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
}

/// A zip archive of stored members, as PyTorch writes it: sizes in the directory only.
struct ZipArchive {
  private(set) var bytes: [UInt8] = []

  init(_ members: [(name: String, content: [UInt8])], isWide: Bool = false) {
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var directory: [UInt8] = []
    for (name, content) in members {
      let place = bytes.count
      bytes += [0x50, 0x4B, 3, 4] + little(0, 22) + little(name.utf8.count, 2) + little(0, 2)
      bytes += Array(name.utf8) + content
      let wide = isWide ? [1, 0, 24, 0] + little(content.count, 8) + little(content.count, 8) + little(place, 8) : []
      let sizes = isWide ? [UInt8](repeating: 255, count: 8) : little(content.count, 4) + little(content.count, 4)
      directory += [0x50, 0x4B, 1, 2] + little(0, 16) + sizes + little(name.utf8.count, 2) + little(wide.count, 2)
      directory += little(0, 10) + (isWide ? [255, 255, 255, 255] : little(place, 4)) + Array(name.utf8) + wide
    }
    let place = bytes.count
    bytes += directory
    if isWide {
      let end = bytes.count
      bytes += [0x50, 0x4B, 6, 6] + little(44, 8) + little(0, 12) + little(members.count, 8) + little(members.count, 8)
      bytes += little(directory.count, 8) + little(place, 8)
      bytes += [0x50, 0x4B, 6, 7] + little(0, 4) + little(end, 8) + little(1, 4)
    }
    bytes += [0x50, 0x4B, 5, 6] + little(0, 4) + little(isWide ? 0xFFFF : members.count, 2)
    bytes +=
      little(isWide ? 0xFFFF : members.count, 2) + little(directory.count, 4) + little(isWide ? -1 : place, 4)
      + little(0, 2)
  }
}

extension ModelFile {
  /// A file that lies in memory.
  init(named name: String = "weights.pth", _ bytes: [UInt8]) throws {
    var gathered = GatheredBytes()
    if !bytes.isEmpty {
      _ = try gathered.append(upTo: bytes.count) { room in
        room.copyBytes(from: bytes)
        return bytes.count
      }
    }
    self.init(path: name, bytes: MappedFile(gathered))
  }
}
