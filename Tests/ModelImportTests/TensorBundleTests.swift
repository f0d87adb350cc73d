import Foundation
import Model
import ModelImport
import TestData
import Testing

/// Checkpoints' indexes and data files, read without TensorFlow.
struct TensorBundleTests {
  /// A bundle of a few tensors in several blocks.
  static let written: WrittenBundle = {
    var bundle = WrittenBundle(entriesOfBlock: 3, interval: 2)
    for number in 0..<10 {
      bundle.add("layer_\(number)/weights", (0..<number).map(Float.init), [number])
      bundle.add("layer_\(number)/biases", [Float(number)], [1, 1])
    }
    bundle.add("note", string: Array("a graph of objects".utf8))
    return bundle
  }()

  /// Runs `body` with the prefix of a bundle's files.
  @discardableResult
  static func withBundle<Result>(_ index: [UInt8], _ data: [UInt8], _ body: (String) throws -> Result) throws -> Result
  {
    try withFiles(["b.index": index, "b.data-00000-of-00001": data]) { try body("\($0)/b") }
  }

  /// Reads every tensor of a bundle; returns how many there are, or the line with which it fails, without the folder.
  static func outcome(_ index: [UInt8], _ data: [UInt8]) throws -> String {
    try withBundle(index, data) { prefix in
      do throws(ImportError) {
        var (bundle, count) = (try TensorBundle(prefix: prefix), 0)
        for key in bundle.keys.sorted() {
          try bundle.check(key)
          count += 1
        }
        return "\(count) tensors"
      } catch {
        #expect(!"\(error)".contains("\n"))
        return ([String(error.file.split(separator: "/").last!)] + error.place + [error.reason]).joined(separator: ": ")
      }
    }
  }

  /// RFC 3720, appendix B.4, and the usual test word.
  @Test func theChecksumIsThatOfTheStandard() {
    func checksum(_ bytes: [UInt8]) -> UInt32 {
      var whole = CRC32C()
      bytes.withUnsafeBytes { whole.append($0) }
      for cut in bytes.indices {
        var parts = CRC32C()
        bytes.withUnsafeBytes { parts.append(UnsafeRawBufferPointer(rebasing: $0[..<cut])) }
        bytes.withUnsafeBytes { parts.append(UnsafeRawBufferPointer(rebasing: $0[cut...])) }
        #expect(parts.value == whole.value)
      }
      return whole.value
    }
    #expect(checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(checksum(Array(repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(checksum(Array(repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(checksum(Array(0..<32)) == 0x46DD_794E)
    #expect(checksum([]) == 0)
  }

  @Test func whatWasWrittenIsRead() throws {
    #expect(try Self.outcome(Self.written.index, Self.written.data) == "21 tensors")
    try Self.withBundle(Self.written.index, Self.written.data) { prefix in
      let bundle = try TensorBundle(prefix: prefix)
      let entry = try bundle.entry("layer_7/weights")
      #expect(entry.type == .scalar(.float32) && entry.extents == [7] && entry.size == 28 && entry.shard == 0)
      #expect(throws: ImportError(file: "\(prefix).index", reason: "there is no tensor layer_77/weights")) {
        try bundle.entry("layer_77/weights")
      }
    }
  }

  /// Each entry of files that TensorFlow wrote, its checksum, and the bytes that the checksum is of.
  @Test(
    .enabled(if: TestData.hasShared),
    arguments: [
      ("savedmodel_tf1_ssdlite_mobilenet_v2_035_3cls/saved_models", "saved_model_variables/variables/variables"),
      ("tf2_ssd_mobilenet_v2_320x320_coco17/saved_model", "saved_model/variables/variables"),
    ])
  func bundlesOfTensorFlowAreRead(archive: String, prefix: String) throws {
    struct Entry: Decodable {
      let key: String
      let dtype: String
      let shape: [Int]
      let shard: Int
      let offset, size: UInt64
      let checksum: UInt32

      private enum CodingKeys: String, CodingKey {
        case key, dtype, shape, shard, offset, size
        case checksum = "crc32c_masked"
      }
    }
    let file = TestData.shared("synth/tf/\(archive).tar.xz")
    let list = file.deletingLastPathComponent().appending(path: "variables.json")
    let expected = try JSONDecoder().decode([Entry].self, from: Data(contentsOf: list))
    var bundle = try TensorBundle(prefix: TestData.untarred(file).appending(path: prefix).path)
    #expect(bundle.keys.sorted() == expected.map(\.key).sorted() && bundle.shardCount == 1)
    for wanted in expected {
      let found = try bundle.entry(wanted.key)
      #expect("\(found.type)" == wanted.dtype && found.extents == wanted.shape && found.shard == wanted.shard)
      #expect(found.offset == wanted.offset && found.size == wanted.size && found.checksum == wanted.checksum)
      try bundle.check(wanted.key)
    }
  }

  @Test func everyTruncationIsRefused() throws {
    let (index, data) = (Self.written.index, Self.written.data)
    for count in stride(from: 0, to: index.count, by: TestData.portion) {
      #expect(try Self.outcome(Array(index[..<count]), data).hasPrefix("b.index: "))
    }
    for count in stride(from: 0, to: data.count, by: TestData.portion) {
      #expect(try Self.outcome(index, Array(data[..<count])).hasPrefix("b.data-00000-of-00001: tensor "))
    }
  }

  @Test func everyChangedByteOfABlockOrATensorIsRefused() throws {
    let (index, data) = (Self.written.index, Self.written.data)
    var unseen = 0
    for place in stride(from: 0, to: index.count - 48, by: TestData.portion) {
      var changed = index
      changed[place] ^= 0x10
      let line = try Self.outcome(changed, data)
      if line == "21 tensors" { unseen += 1 }
      #expect(line.hasPrefix("b.index: byte ") || line == "21 tensors", "byte \(place): \(line)")
    }
    // Nobody looks at the block of the table's own notes: 8 bytes, and 5 behind them.
    #expect((13 / TestData.portion...(12 + TestData.portion) / TestData.portion).contains(unseen))
    for place in stride(from: 0, to: data.count, by: TestData.portion) {
      var changed = data
      changed[place] ^= 0x10
      #expect(try Self.outcome(index, changed).hasPrefix("b.data-00000-of-00001: tensor "))
    }
  }

  @Test func whatIsNotSupportedIsNamed() throws {
    func line(_ change: (inout WrittenBundle.Tensor) -> Void) throws -> String {
      var bundle = WrittenBundle()
      bundle.add("x", [1, 2], [2])
      change(&bundle.tensors[0])
      return try Self.outcome(bundle.index, bundle.data)
    }
    #expect(try line { _ in } == "1 tensors")
    #expect(try line { $0.type = 14 } == "b.index: tensor x: its type 14 is not supported")
    #expect(try line { $0.extents = [3] } == "b.index: tensor x: 8 bytes do not hold 3 values of type float32")
    #expect(try line { $0.extents = [-1] } == "b.index: tensor x: its shape -1 is open or too large")
    #expect(try line { $0.extents = [1 << 40, 1 << 40] }.hasSuffix("is open or too large"))
    #expect(
      try line { $0.more = [0x3A, 0] } == "b.index: tensor x: it is stored in parts, which is not supported")
    #expect(
      try line { $0.more = [0x18, 1] } == "b.index: tensor x: it is in data file 1, of which there are 1")
    #expect(
      try line { $0.more = [0x20, 1] }
        == "b.data-00000-of-00001: tensor x: 8 bytes from byte 1 on leave the 8 of the file")
    #expect(
      try line { $0.more = [0x20] + Array(repeating: 0xFF, count: 9) + [1] }.hasSuffix("leave the 8 of the file"))
    #expect(
      try line { $0.checksum = 7 }
        == "b.data-00000-of-00001: tensor x: it is damaged: its checksum is not that of its bytes")
  }

  @Test func otherTablesAreRefused() throws {
    let header: (key: [UInt8], value: [UInt8]) = ([], [8, 1, 0x1A, 2, 8, 1])
    func line(_ entries: [(key: [UInt8], value: [UInt8])]) throws -> String {
      try Self.outcome(WrittenBundle.table(entries), [])
    }
    #expect(try line([header]) == "0 tensors")
    #expect(try line([([65], [8, 1])]) == "b.index: this table is not the index of a checkpoint")
    #expect(try line([([], [8, 1, 16, 1])]).hasSuffix("the highest byte comes first, which is not supported"))
    #expect(try line([([], [])]).hasSuffix("there are 0 data files, which is not supported"))
    #expect(try line([header, ([66], []), ([65], [])]).hasSuffix("its keys are not in order"))
    #expect(try Self.outcome([], []) == "b.index: byte 0: 0 bytes are too few for the index of a checkpoint")
    var compressed = WrittenBundle.table([header])
    // The type of compression stands behind the block: 9 bytes of entry, 8 of restart points.
    compressed[17] = 1
    #expect(
      try Self.outcome(compressed, [])
        == "b.index: byte 17: a block is compressed (type 1), which is not supported")
  }

  /// An empty block has no keys whose order would tell that the index names it twice.
  @Test func blocksThatOverlapAreRefused() throws {
    let empty = WrittenBundle.bytes(0) + WrittenBundle.bytes(1)
    let index = WrittenBundle.table([(last: [255], block: empty)], times: 2)
    #expect(
      try Self.outcome(index, [])
        == "b.index: byte 36: the blocks overlap: one begins at byte 0, the one before ends at byte 8")
  }

  /// Each is checksummed whole, so that many over the same bytes would take long.
  @Test func tensorsThatOverlapAreRefused() throws {
    var bundle = WrittenBundle()
    bundle.add("a", [1, 2], [2])
    bundle.add("b", [1, 2], [2])
    #expect(try Self.outcome(bundle.index, bundle.data) == "2 tensors")
    // The last offset that an entry gives holds: both lie at byte 0.
    bundle.tensors[1].more = [0x20, 0]
    let data = Array(bundle.data.prefix(8))
    let reason = "tensors overlap: with this one, they are more than the 8 bytes of the file"
    #expect(try Self.outcome(bundle.index, data) == "b.data-00000-of-00001: tensor b: \(reason)")
    try Self.withBundle(bundle.index, data) { prefix in
      var read = try TensorBundle(prefix: prefix)
      for _ in 0..<3 { try read.check("a") }
    }
  }

  @Test func aMissingDataFileIsNamed() throws {
    var bundle = WrittenBundle(shardCount: 2)
    bundle.add("x", [1], [])
    #expect(try Self.outcome(bundle.index, bundle.data) == "b.data-00000-of-00002: no such file or directory")
  }

  /// Keys share their beginnings, so that a small file may promise any number of long ones.
  @Test func longKeysAreRefused() throws {
    var block = WireWriter()
    let shared = 100_000
    for number in 0..<170 {
      let count = number == 0 ? shared : 1
      for size in [number == 0 ? 0 : shared, count, 0] { block.varint(UInt64(size)) }
      for _ in 0..<count { block.varint(UInt64(number % 100)) }
    }
    let restarts = WrittenBundle.bytes(0) + WrittenBundle.bytes(1)
    let index = WrittenBundle.table([([255], block.bytes + restarts)])
    #expect(index.count < 102_000)
    #expect(try Self.outcome(index, []).hasSuffix("its keys are longer than 16777216 bytes"))
  }
}
