import Foundation
import Model
import ModelImport
import Posix
import Scene
import TestData
import Testing

/// Models out of archives, as they are downloaded.
struct ArchiveTests {
  private static let graph = (path: "zoo_2018/frozen_inference_graph.pb", content: TinyDetector.graph.bytes)
  private static let checkpoint = (path: "zoo_2018/model.ckpt.data-00000-of-00001", content: noise(200_000))
  private static let config = (path: "zoo_2018/pipeline.config", content: Array(CompanionConfigTests.text().utf8))

  /// Bytes that cannot be packed well.
  private static func noise(_ count: Int) -> [UInt8] {
    var generator = SeededGenerator(seed: 3)
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  /// The model in a file `name` of these bytes.
  private static func model(_ bytes: [UInt8], named name: String = "download.tar", labels: String? = nil) throws
    -> DetectionModel
  {
    try withFile(bytes, named: name) { try ModelLoader.model(at: $0, labels: labels) }
  }

  /// Why a file of these bytes is no model; nil where it is one.
  private static func refusal(_ bytes: [UInt8], named name: String = "download.tar") throws -> String? {
    try withFile(bytes, named: name) { ModelLoaderTests.refusal($0) }
  }

  /// Wherever the graph stands among the members: first, in the middle, last.
  @Test(arguments: [[0, 1, 2], [1, 0, 2], [1, 2, 0], [2, 1, 0]]) func anArchiveStandsForItsGraph(order: [Int]) throws {
    let files = [Self.graph, Self.checkpoint, Self.config]
    var archive = TarArchive()
    archive.append("zoo_2018/", kind: 5)
    archive.append("zoo_2018/saved_model/", kind: 5)
    for index in order { archive.append(files[index].path, files[index].content) }
    let model = try Self.model(archive.content)
    let plain = try TinyDetector.graph.model()
    #expect(model.name == "zoo_2018" && model.format == plain.format)
    #expect(model.input == plain.input && model.head.anchors == plain.head.anchors)
    #expect(model.head.suppression == plain.head.suppression)
    #expect(model.graph.nodes.map(\.name) == plain.graph.nodes.map(\.name))
    // The configuration was found wherever it stood.
    #expect(model.notes.count == 1 && plain.notes.isEmpty)
  }

  /// Packings by their programs; the last one through Python, for want of one everywhere.
  @Test(arguments: ["gzip", "xz", "zip"]) func everyPackingIsRead(packing: String) throws {
    let archive = TarArchive([Self.checkpoint, Self.config, Self.graph])
    guard packing == "zip" else {
      #expect(try Self.model(archive.packed(by: packing), named: "x").name == "zoo_2018")
      return
    }
    #expect(try Self.model(Self.zip()).name == "zoo_2018")
  }

  /// A zip archive of the tiny detector.
  private static func zip() throws -> [UInt8] {
    try withFile(graph.content, named: "frozen_inference_graph.pb") { path in
      let folder = URL(filePath: path).deletingLastPathComponent()
      let inner = folder.appending(path: "zoo_2018")
      try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
      try FileManager.default.moveItem(at: URL(filePath: path), to: inner.appending(path: "frozen_inference_graph.pb"))
      let archive = folder.appending(path: "x.zip")
      let ended = try Ended(
        URL(filePath: "/usr/bin/env"), ["python3", "-m", "zipfile", "-c", archive.path, inner.path])
      try #require(ended.status == 0, "\(ended.errors)")
      return [UInt8](try Data(contentsOf: archive))
    }
  }

  @Test(arguments: [
    ("frozen_inference_graph.pb", "my.model.tar.gz", "my.model"), ("./frozen_inference_graph.pb", "m.tgz", "m"),
    ("a/b/frozen_inference_graph.pb", "m.tar", "b"), ("./a/./frozen_inference_graph.pb", "m", "a"),
    ("frozen_inference_graph.pb", ".tar", ".tar"),
  ])
  func theNameIsTheFoldersElseTheArchives(path: String, file: String, name: String) throws {
    let archive = TarArchive([(path, TinyDetector.graph.bytes)])
    #expect(try Self.model(archive.content, named: file).name == name)
  }

  @Test func theConfigurationAloneIsAModelWithoutWeights() throws {
    let archive = TarArchive([("x/pipeline.config", Array(TestData.pipeline("ssd_mobilenet_v2").utf8))])
    let model = try Self.model(archive.content)
    #expect(!model.hasWeights && model.name == "x")
  }

  /// Labels of the model's own folder, in whatever order, and none of another one.
  @Test(arguments: [true, false]) func labelsLieBesideTheGraph(comesFirst: Bool) throws {
    let labels = (path: "zoo_2018/labels.txt", content: Array("walker\n".utf8))
    let other = (path: "labels.txt", content: Array("nobody\n".utf8))
    let model = try Self.model(
      TarArchive(comesFirst ? [other, labels, Self.config, Self.graph] : [Self.graph, Self.config, labels, other])
        .content)
    #expect(model.labels.names == [1: "walker"])
    guard case .file(let path) = model.labelOrigin else {
      Issue.record("\(model.labelOrigin)")
      return
    }
    #expect(path.hasSuffix("/download.tar: zoo_2018/labels.txt"))
  }

  @Test(arguments: [("labelmap.txt", "???\nwalker\n"), ("labelmap.pbtxt", "item { id: 1 name: 'walker' }")])
  func labelsHaveTheirUsualNamesInArchivesToo(name: String, text: String) throws {
    let archive = TarArchive([Self.graph, Self.config, ("zoo_2018/\(name)", Array(text.utf8))])
    #expect(try Self.model(archive.content).labels.names == [1: "walker"])
  }

  @Test func theConfigurationNamesTheLabelMap() throws {
    let maps = [("b_label_map.pbtxt", "named"), ("a_label_map.pbtxt", "first")].map { name, text in
      (path: "zoo_2018/\(name)", content: Array("item { id: 1 name: '\(text)' }".utf8))
    }
    let text = CompanionConfigTests.text() + " eval_input_reader { label_map_path: 'PATH/b_label_map.pbtxt' }"
    let config = (path: Self.config.path, content: Array(text.utf8))
    #expect(try Self.model(TarArchive([Self.graph, config] + maps).content).labels.names == [1: "named"])
    #expect(try Self.model(TarArchive([Self.graph] + maps).content).labels.names == [1: "first"])
  }

  @Test func whatHoldsNoGraphIsNamed() throws {
    let none =
      "the archive holds no frozen_inference_graph.pb and no saved_model.pb and no .tflite and no .onnx and no .pth and no .pt and no .safetensors and no .caffemodel and no .pb and no pipeline.config and no .prototxt"
    #expect(
      try Self.refusal(TarArchive([("a/checkpoint", [1]), ("b", [])]).content) == "\(none); it holds a/checkpoint, b")
    let many = TarArchive((1...9).map { ("file\($0)", []) })
    #expect(try Self.refusal(many.content) == "\(none); it holds file1, file2, file3, file4, file5, file6 and 3 more")
    var links = TarArchive()
    links.append(Self.graph.path, kind: 2, target: "/etc/passwd")
    links.append(Self.graph.path, kind: 1, target: "elsewhere")
    links.append("two\nlines")
    #expect(
      try Self.refusal(links.content) == "\(none); it holds \(Self.graph.path), \(Self.graph.path), two?lines")
    // A gzip file that is no archive.
    let packed = try TarArchive().packed(by: "gzip")
    #expect(try Self.refusal(packed) == "\(none); it is empty")
  }

  /// Which of two is meant nobody can know, however much of the archive is needed.
  @Test func ofSeveralModelsThatAreAlikeNoneIsTaken() throws {
    let bytes = TinyLite.model().bytes
    let doubt = "Unpack it, and give that file's path"
    #expect(
      try Self.refusal(TarArchive([("a/two.tflite", bytes), ("a/._one.tflite", [1]), ("a/one.tflite", bytes)]).content)
        == "which model of the archive is meant: a/one.tflite, a/two.tflite? \(doubt)")
    let other = (path: "mine/frozen_inference_graph.pb", content: Self.graph.content)
    let labels = (path: "zoo_2018/labels.txt", content: Array("walker\n".utf8))
    let two = "which model of the archive is meant: \(other.path), \(Self.graph.path)? \(doubt)"
    #expect(try Self.refusal(TarArchive([Self.graph, Self.config, other]).content) == two)
    #expect(try Self.refusal(TarArchive([Self.graph, Self.config, labels, other]).content) == two)
  }

  /// As of a folder: by its name, and because folders inside are not looked at; a member that is there twice is one.
  @Test func ofSeveralModelsTheBetterOneIsTaken() throws {
    let (bytes, inner) = (TinyLite.model().bytes, (path: "zoo_2018/old/\(Self.graph.path)", content: [UInt8(1)]))
    let plain = try TinyDetector.graph.model()
    let lite = [(path: "a/two.tflite", content: bytes), (path: "b/one.tflite", content: bytes)]
    for files in [
      lite + [Self.graph], [Self.graph, Self.graph], [Self.graph, Self.config, inner],
      [inner, Self.config, Self.graph],
    ] {
      let model = try Self.model(TarArchive(files).content)
      #expect(model.name == "zoo_2018" && model.format == plain.format)
    }
  }

  @Test func aPackedFileThatIsNoArchiveIsRefused() throws {
    let line = try withFile(TinyDetector.graph.bytes) { path -> String? in
      _ = try Ended(URL(filePath: "/usr/bin/env"), ["gzip", path])
      return ModelLoaderTests.refusal("\(path).gz")
    }
    #expect(line == "cannot be read as an archive: unrecognized archive format")
  }

  @Test func faultsInTheGraphNameTheMember() throws {
    let archive = TarArchive([(Self.graph.path, Array(Self.graph.content[..<3000]))])
    try withFile(archive.content, named: "x.tar") { path in
      #expect(
        throws: ImportError(
          file: "\(path): \(Self.graph.path)", place: ["byte 2965"],
          reason: "the data ends early: 105 bytes are promised, 34 are there")
      ) { try ModelLoader.model(at: path) }
    }
  }

  /// A download that broke off, wherever: the archive, and where it is known the member, and libarchive's reason.
  @Test func truncatedArchivesAreRefused() throws {
    let archive = TarArchive([Self.checkpoint, Self.config, Self.graph])
    for packed in [try archive.packed(by: "gzip"), try archive.packed(by: "xz"), archive.content] {
      // The end of a tar archive, two empty blocks, may be missing.
      let whole = packed.count > archive.content.count - 1 ? packed.count - 1024 : packed.count
      for count in stride(from: 300, to: whole - 200, by: 6011) {
        let line = try Self.refusal(Array(packed[..<count]))
        #expect(line?.isEmpty == false && line?.contains("\n") == false, "\(count) of \(packed.count)")
      }
    }
    let half = Array(try archive.packed(by: "gzip")[..<150_000])
    #expect(try Self.refusal(half) == "\(Self.checkpoint.path): truncated gzip input")
    let zip = try Self.zip()
    #expect(try Self.refusal(Array(zip[..<(zip.count / 2)]))?.isEmpty == false)
  }

  @Test func sizesThatLieAreRefused() throws {
    var archive = TarArchive()
    archive.append(Self.graph.path, Self.graph.content, size: 1 << 20)
    #expect(try Self.refusal(archive.content) == "\(Self.graph.path): truncated tar archive")
    archive = TarArchive()
    archive.append(Self.graph.path, Self.graph.content, size: (1 << 31) + 1)
    #expect(
      try Self.refusal(archive.content) == "\(Self.graph.path): is larger than 2 GiB, which no model is")
    // Of what nobody asks for only the end is missed.
    archive = TarArchive()
    archive.append("big", [1, 2, 3], size: 1 << 32)
    archive.append(Self.graph.path, Self.graph.content)
    #expect(try Self.refusal(archive.content) == "big: truncated tar archive")
  }

  @Test func encryptedMembersAreNamed() throws {
    var zip = try Self.zip()
    // The lowest of the flags, in each of the two headers of a member.
    for (mark, place) in [(Array("PK\u{3}\u{4}".utf8), 6), (Array("PK\u{1}\u{2}".utf8), 8)] {
      for start in zip.indices.dropLast(mark.count) where zip[start..<start + mark.count].elementsEqual(mark) {
        zip[start + place] |= 1
      }
    }
    #expect(
      try Self.refusal(zip, named: "x.zip") == "\(Self.graph.path): is encrypted, and no password is asked for")
  }

  /// The line at which the walk through an archive ends; nil where it comes to its end.
  private static func end(_ bytes: [UInt8], _ limits: ArchiveReader.Limits) throws -> String? {
    try withFile(bytes) { path in
      let file = try ModelFile(path: path)
      do throws(ImportError) {
        var reader = try ArchiveReader(file, limits: limits)
        while try reader.next() != nil {}
        return nil
      } catch {
        return (error.place + [error.reason]).joined(separator: ": ")
      }
    }
  }

  @Test func aWalkEndsWhateverTheArchiveHolds() throws {
    let many = TarArchive((0..<101).map { ("\($0)", []) }).content
    #expect(try Self.end(many, .init(members: 101, bytes: 1 << 20)) == nil)
    #expect(try Self.end(many, .init(members: 100, bytes: 1 << 20)) == "the archive has more than 100 members")
    let bomb = try TarArchive([("small", [1]), ("zeros", [UInt8](repeating: 0, count: 9 << 20))]).packed(by: "gzip")
    #expect(bomb.count < 20_000)
    #expect(try Self.end(bomb, .init(members: 100, bytes: 10 << 20)) == nil)
    #expect(
      try Self.end(bomb, .init(members: 100, bytes: 8 << 20)) == "zeros: the archive unpacks to more than 8 MB")
  }

  /// Behind what is needed nothing is read: neither its damage nor its size matters.
  @Test func readingStopsWhereAllIsFound() throws {
    var archive = TarArchive([Self.config, Self.graph, ("zoo_2018/labels.txt", Array("walker\n".utf8))])
    archive.append("big", [1], size: 1 << 32)
    #expect(try Self.model(archive.content).labels.names == [1: "walker"])
    // Nor is a label file looked for where one is given.
    archive = TarArchive([Self.config, Self.graph])
    archive.append("big", [1], size: 1 << 32)
    try withFile(Array("runner\n".utf8), named: "own.txt") { labels in
      let model = try Self.model(archive.content, labels: labels)
      #expect(model.labels.names == [1: "runner"])
    }
    #expect(try Self.refusal(archive.content) == "big: truncated tar archive")
  }
}
