import Foundation
import Model
import ModelImport
import TestData
import Testing

/// State dicts: what PyTorch and safetensors write is read, whatever else they hold is refused in one line.
@Suite struct TorchFileTests {
  @Test func allFormsHoldTheSameTensors() throws {
    let tiny = WrittenCheckpoint.tiny
    for bytes in [tiny.archive, tiny.legacy] {
      let state = try StateDict(ModelFile(bytes))
      #expect(state.tensors.count == 4 && state.others.isEmpty)
      #expect(state.tensors["features.0.weight"]?.floats().values == [-1, -0.75, -0.5, -0.25, 0, 0.25])
      #expect(
        state.tensors["features.0.weight"]?.floats(axes: [2, 3, 1, 0]).values == [-1, -0.25, -0.75, 0, -0.5, 0.25])
      #expect(state.tensors["features.0.bias"]?.floats().values == [0.5, 0.75])
      #expect(state.tensors["turned"]?.floats().values == [-1, -0.25, -0.75, 0, -0.5, 0.25])
      #expect(state.tensors["scalar"]?.floats().values == [0.75])
    }
    let state = try StateDict(ModelFile(tiny.safetensors))
    #expect(state.tensors["features.0.bias"]?.floats().values == [0.5, 0.75])
    #expect(state.tensors["scalar"]?.floats().values == [0.75])
  }

  @Test func theStateDictMayLieInACheckpointAndHaveAPrefix() throws {
    for keys in [[], ["model"], ["state_dict"]] {
      var written = WrittenCheckpoint.repeating(2, [("module.a", [2]), ("module.b", [1])])
      written.keys = keys
      let state = try StateDict(ModelFile(written.archive))
      #expect(state.tensors["a"]?.floats().values == [2, 2] && state.tensors["b"] != nil)
    }
    var written = WrittenCheckpoint.repeating(2, [("module.a", [2])])
    written.keys = ["optimizer"]
    #expect(refusal(written.archive) == "weights.pth: the file holds no state dict: no named tensors")
  }

  @Test func anArchiveMayBeWide() throws {
    let state = try StateDict(ModelFile(Self.wideArchive))
    #expect(state.tensors["scalar"]?.floats().values == [0.75])
  }

  /// All numbers in 64 bits, and another folder.
  static let wideArchive = ZipArchive(
    [
      ("other/data.pkl", WrittenCheckpoint.tiny.pickle),
      ("other/data/0", WireWriter.bytes(of: WrittenCheckpoint.tiny.values)),
    ], isWide: true
  ).bytes

  @Test func whatLeavesItsStorageIsRefused() {
    for tensor in [
      WrittenCheckpoint.Tensor(name: "w", extents: [9]), .init(name: "w", extents: [2, 2], strides: [8, 1]),
      .init(name: "w", extents: [1], offset: 8), .init(name: "w", extents: [2], strides: [-1]),
      .init(name: "w", extents: [-2]), .init(name: "w", extents: [2], strides: [1, 1]),
      .init(name: "w", extents: [1 << 40, 1 << 40], strides: [0, 0]),
      .init(name: "w", extents: [3], strides: [Int.max]), .init(name: "w", extents: [2], offset: Int.max),
    ] {
      var written = WrittenCheckpoint.tiny
      written.tensors = [tensor]
      for bytes in [written.archive, written.legacy] { #expect(refusal(bytes) != nil, "\(tensor)") }
    }
    var written = WrittenCheckpoint.tiny
    written.promised = 9
    for bytes in [written.archive, written.legacy] { #expect(refusal(bytes) != nil) }
  }

  @Test func tooManyAxesAreToldByTheirNumber() {
    var written = WrittenCheckpoint.tiny
    written.tensors = [.init(name: "w", extents: Array(repeating: 1, count: 17))]
    #expect(refusal(written.archive)?.hasSuffix("a tensor of 17 axes is not supported") == true)
  }

  @Test func aTensorThatIsThereTwiceIsToldWithThePlaceOfItsName() throws {
    let bytes = WrittenCheckpoint.repeating(2, [("twin", [2]), ("twin", [1])]).archive
    let place = try #require(Data(bytes).range(of: Data("twin".utf8), options: .backwards)).lowerBound
    #expect(refusal(bytes) == "weights.pth: byte \(place): the tensor twin is there twice")
  }

  @Test func ofSeveralFaultyTensorsTheFirstByNameIsTold() {
    let header = Array(#"{"h":{},"g":{},"f":{},"e":{},"d":{},"c":{},"b":{},"a":{}}"#.utf8)
    let bytes = [UInt8(header.count)] + [UInt8](repeating: 0, count: 7) + header
    #expect(refusal(bytes) == "weights.pth: byte 8: the tensor a has no type, shape or place")
  }

  /// A text of any length is recalled by two bytes: it must not become as many strings.
  @Test func aLongTextIsNoKeyAndNoName() throws {
    func archive(_ pickle: [UInt8]) -> [UInt8] { ZipArchive([("x/data.pkl", pickle)]).bytes }
    #expect(
      refusal(archive(WrittenCheckpoint.longKey))?.hasSuffix("a name or a key is no text of at most 256 bytes") == true)
    let object = try SavedObject(ModelFile(archive(WrittenCheckpoint.longName)))
    let items = try #require(object.pickle.dictionary(object.pickle.top))
    #expect(items.map { object.text($0.key)?.count } == [256, nil, nil])
  }

  @Test func whateverMayBeCodeIsNamedAndRefused() {
    for (call, name) in [
      ("cposix\nsystem\n", "posix.system"), ("cbuiltins\neval\n", "builtins.eval"), ("ctorch\nload\n", "torch.load"),
      ("iposix\nsystem\n", "posix.system"),
    ] {
      var writer = PickleWriter()
      writer.begin()
      writer.write(call + "(")
      writer.text("true")
      writer.write("tR.")
      let bytes = ZipArchive([("x/data.pkl", writer.bytes)]).bytes
      let text = refusal(bytes)
      #expect(text?.contains(name) == true && text?.hasSuffix("which may be code; only tensors are read") == true)
    }
    let program = ZipArchive([("x/data.pkl", [0x80, 2, 0x4E, 0x2E]), ("x/constants.pkl", [])]).bytes
    #expect(refusal(program)?.contains("TorchScript") == true)
  }

  @Test func deepAndCircularPicklesAreReadWithoutRecursion() throws {
    let deep = [0x80, 2] + [UInt8](repeating: 0x5D, count: 100_000) + [UInt8](repeating: 0x61, count: 99_999) + [0x2E]
    #expect(refusal(ZipArchive([("x/data.pkl", deep)]).bytes)?.hasSuffix("no named tensors") == true)
    var writer = PickleWriter()
    writer.begin()
    writer.write("}q\u{1}")
    writer.text("self")
    writer.write("h\u{1}s.")
    #expect(refusal(ZipArchive([("x/data.pkl", writer.bytes)]).bytes)?.hasSuffix("no named tensors") == true)
  }

  @Test func everyTruncationIsRefused() {
    for bytes in [WrittenCheckpoint.tiny.archive, WrittenCheckpoint.tiny.legacy, WrittenCheckpoint.tiny.safetensors] {
      for count in stride(from: 0, to: bytes.count, by: TestData.portion) {
        #expect(refusal(Array(bytes[..<count])) != nil, "\(count) bytes")
      }
    }
  }

  /// The files from which mutations start are these.
  @Test func theCorpusHasWhatIsWrittenHere() throws {
    let corpus = TestData.checkout.appending(path: "Tests/FuzzCorpus")
    let tiny = WrittenCheckpoint.tiny
    for (name, bytes) in [
      ("pickle/tiny.pkl", tiny.pickle), ("zip/tiny.zip", tiny.archive), ("zip/wide.zip", Self.wideArchive),
      ("safetensors/tiny.safetensors", tiny.safetensors), ("checkpoint/tiny.pth", tiny.archive),
      ("checkpoint/tiny-legacy.pth", tiny.legacy), ("pickle/long-key.pkl", WrittenCheckpoint.longKey),
      ("pickle/long-name.pkl", WrittenCheckpoint.longName),
    ] { #expect(try Data(contentsOf: corpus.appending(path: name)) == Data(bytes), "\(name)") }
  }

  /// Files that PyTorch and safetensors themselves wrote, and those that they refuse.
  @Test(.enabled(if: TestData.hasShared)) func quirksAreReadAsTheLibrariesDo() throws {
    let folder = TestData.shared("synth/torch/quirks")
    let text = try Data(contentsOf: folder.appending(path: "manifest.json"))
    let manifest = try JSONDecoder().decode(Quirks.self, from: text)
    var sums: [(name: String, bytes: [UInt8], sum: String)] = []
    var read = 0
    for quirk in manifest.files {
      let file = try ModelFile(path: folder.appending(path: quirk.file).path)
      let tensors: [String: StoredTensor]
      do {
        tensors = try allTensors(file)
      } catch {
        #expect(quirk.expected != "loads", "\(quirk.file): \(error)")
        #expect(!error.description.contains { $0.isNewline } && error.description.utf8.allSatisfy { $0 >= 0x20 })
        continue
      }
      read += 1
      #expect(quirk.expected != "refused", "\(quirk.file)")
      guard let expected = quirk.tensors else { continue }
      #expect(Set(tensors.keys) == Set(expected.keys), "\(quirk.file)")
      for (name, golden) in expected {
        let tensor = try #require(tensors[name], "\(quirk.file): \(name)")
        #expect(tensor.extents == golden.shape && tensor.type.rawValue == golden.dtype, "\(quirk.file): \(name)")
        let found = tensor.floats().values
        if let values = golden.values { #expect(found == values.map(\.number), "\(quirk.file): \(name)") }
        guard tensor.type == .float32 else { continue }
        sums.append(("\(quirk.file): \(name)", WireWriter.bytes(of: found), golden.sha256))
      }
    }
    #expect(read > 35)
    #expect(try TestData.checksums(of: sums.map { Data($0.bytes) }) == sums.map(\.sum))
    #expect(!FileManager.default.fileExists(atPath: "PWNED_BY_PICKLE"))
  }

  /// Returns the message with which the state dict in `bytes` is refused; nil where it is read.
  private func refusal(_ bytes: [UInt8]) -> String? {
    do {
      _ = try StateDict(ModelFile(bytes))
      return nil
    } catch { return "\(error)" }
  }

  /// Returns all tensors of a file, by the keys that lead to them.
  private func allTensors(_ file: ModelFile) throws(ByteError) -> [String: StoredTensor] {
    if file.path.hasSuffix(".safetensors") { return try SafetensorsFile(file).tensors }
    let object = try SavedObject(file)
    var (tensors, waiting) = ([String: StoredTensor](), [("", object.pickle.top)])
    while let (path, value) = waiting.popLast(), waiting.count < 1000 {
      // The reference's paths begin without a slash where the top is a dictionary.
      let prefix = path.isEmpty ? "" : "\(path)/"
      if case .tensor(let index) = value { tensors[path] = try object.tensor(index) }
      if let items = object.pickle.dictionary(value), path.count < 1000 {
        waiting += items.map { ("\(prefix)\(object.text($0.key) ?? "?")", $0.value) }
      } else if let values = object.pickle.sequence(value), path.count < 1000 {
        waiting += values.enumerated().map { ("\(path)/\($0)", $1) }
      }
    }
    return tensors
  }
}

/// The manifest of the quirks.
private struct Quirks: Decodable {
  let files: [Quirk]

  struct Quirk: Decodable {
    let file: String
    let expected: String
    let tensors: [String: Golden]?
  }

  struct Golden: Decodable {
    let dtype: String
    let shape: [Int]
    let sha256: String
    let values: [Value]?

    enum CodingKeys: String, CodingKey {
      case dtype, shape, values
      case sha256 = "sha256_of_contiguous_bytes"
    }
  }

  /// A number or a truth value.
  struct Value: Decodable {
    let number: Float

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let truth = try? container.decode(Bool.self) {
        number = truth ? 1 : 0
      } else {
        number = try container.decode(Float.self)
      }
    }
  }
}
