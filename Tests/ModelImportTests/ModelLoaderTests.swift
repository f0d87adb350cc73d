import Foundation
import Model
import ModelImport
import Posix
import Scene
import TestData
import Testing

/// What the door for models says to paths.
struct ModelLoaderTests {
  /// The line for the model at `path`, without the path; nil where it is read.
  static func refusal(_ path: String) -> String? {
    do throws(ImportError) {
      _ = try ModelLoader.model(at: path)
      return nil
    } catch {
      #expect(error.file == path)
      return (error.place + [error.reason]).joined(separator: ": ")
    }
  }

  /// The names of all formats.
  static let formats = ModelLoader.importers.map { $0.formatName }.joined(separator: ", ")

  @Test(
    arguments: [
      ([], "the file is empty"),
      (Array("hello, this is no model\n".utf8), "this is text, not a model"),
      ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "this is a PNG picture, not a model"),
      ([0xFF, 0xD8, 0xFF, 0xE0, 0], "this is a JPEG picture, not a model"),
      (Array("\0\0\0\u{18}ftypisom".utf8), "this is an MP4 or MOV file, not a model"),
      ([0x0A, 0x02, 0x01, 0x02, 0x99], "this is no model of a known format (\(formats))"),
      (
        Array(TinyDetector.graph.bytes[..<3000]), "byte 2965: the data ends early: 105 bytes are promised, 34 are there"
      ),
    ] as [([UInt8], String)])
  func whatIsNoModelIsNamed(bytes: [UInt8], line: String) throws {
    try withFile(bytes) { #expect(Self.refusal($0) == line) }
  }

  /// No output may be one of them.
  @Test func everyFileThatIsReadIsTold() throws {
    let names = Array("a\nb\n".utf8)
    let sidecar = Array(#"{"labels": "names.txt"}"#.utf8)
    let tar = TarArchive([("tiny/tiny.onnx", TinyONNX.heads().bytes)])
    let files = [
      "tiny.onnx": TinyONNX.heads().bytes, "names.txt": names, "tiny.stream.json": sidecar, "tiny.tar": tar.content,
      "others.txt": names, "idle.txt": names,
    ]
    try withFiles(files) { folder in
      func identities(_ names: String...) -> Set<FileIdentity> {
        Set(names.compactMap { FileIdentity(path: "\(folder)/\($0)") })
      }
      let loose = try ModelLoader.model(at: "\(folder)/tiny.onnx")
      #expect(loose.files == identities("tiny.onnx", "tiny.stream.json", "names.txt"))
      let packed = try ModelLoader.model(at: "\(folder)/tiny.tar", labels: "\(folder)/others.txt")
      #expect(packed.files == identities("tiny.tar", "others.txt"))
    }
  }

  @Test func missingFilesAreNamed() {
    #expect(Self.refusal("/nowhere/model.pb") == "no such file or directory")
  }

  @Test func foldersStandForTheirGraph() throws {
    try withFile(TinyDetector.graph.bytes, named: "frozen_inference_graph.pb") { path in
      let folder = URL(filePath: path).deletingLastPathComponent()
      let model = try ModelLoader.model(at: folder.path)
      #expect(model.name == folder.lastPathComponent)
      #expect(model.labels.names.isEmpty && model.labelOrigin == .none)
      #expect(model.format == "TensorFlow frozen graph")
    }
  }

  /// Of what else a download of the model zoo holds only the configuration is looked at, and what is wrong with it told.
  @Test func theFolderOfADownloadStandsForItsGraph() throws {
    try withFile(TinyDetector.graph.bytes, named: "frozen_inference_graph.pb") { path in
      let folder = URL(filePath: path).deletingLastPathComponent()
      let other = folder.appending(path: "saved_model")
      try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
      for file in ["checkpoint", "model.ckpt.meta", "pipeline.config"] {
        try Data("no graph".utf8).write(to: folder.appending(path: file))
      }
      for place in [folder.path, folder.path + "/"] {
        let model = try ModelLoader.model(at: place)
        #expect(model.name == folder.lastPathComponent)
        #expect(model.head.anchors.count == 20)
        #expect(
          model.notes == ["what lies beside the graph is not used: pipeline.config: model.ssd: the model is no SSD"])
      }
    }
  }

  @Test func otherFoldersAreNamed() throws {
    try withFile(TinyDetector.graph.bytes, named: "graph") { path in
      let folder = URL(filePath: path).deletingLastPathComponent()
      #expect(
        Self.refusal(folder.path)
          == "the folder holds no frozen_inference_graph.pb and no saved_model.pb and no saved_model/saved_model.pb and no .tflite and no .onnx and no .pth and no .pt and no .safetensors and no .caffemodel and no .pb and no pipeline.config and no .prototxt"
      )
    }
  }

  @Test func aFolderOrArchiveMayHoldOneTensorFlowLiteFile() throws {
    let bytes = TinyLite.model().bytes
    let archive = TarArchive([("coco/readme", [1]), ("coco/detect.tflite", bytes)])
    let files = ["a/detect.tflite": bytes, "a/notes.txt": [1], "b.tar": archive.content]
    try withFiles(files) { folder in
      for path in ["a", "a/", "b.tar"] {
        let model = try ModelLoader.model(at: "\(folder)/\(path)")
        #expect(model.format == "TensorFlow Lite", "\(path)")
      }
    }
  }

  /// Which of two is meant nobody can know; what another program hides is none.
  @Test func ofAFolderWithSeveralModelsOfOneEndingNoneIsTaken() throws {
    let bytes = TinyLite.model().bytes
    let files = ["a/two.tflite": bytes, "a/one.tflite": bytes, "a/old.onnx": TinyONNX.heads().bytes]
    try withFiles(files) { folder in
      let refusal = Self.refusal("\(folder)/a")
      #expect(refusal == "which model of the folder is meant: one.tflite, two.tflite? Give that file's path")
      #expect(!ModelLoader.mayBeModel(at: "\(folder)/a"))
    }
    try withFiles(["a/one.tflite": bytes, "a/._one.tflite": [1]]) { folder in
      let model = try ModelLoader.model(at: "\(folder)/a")
      #expect(model.name == "one")
    }
  }

  @Test func aGraphOfAnyNameIsTheModelOfItsFolder() throws {
    let graph = TinyDetector.graph.bytes
    try withFiles(["a/mymodel.pb": graph, "a/notes.txt": [1], "b/one.pb": graph, "b/two.pb": graph]) { folder in
      let model = try ModelLoader.model(at: "\(folder)/a")
      #expect(model.name == "mymodel")
      #expect(Self.refusal("\(folder)/b")?.contains("one.pb, two.pb") == true)
    }
  }

  @Test(arguments: [Float.nan, -.infinity]) func aWeightThatIsNoNumberIsNamed(value: Float) throws {
    var graph = TinyDetector.graph
    var weights = (0..<36).map { Float($0) }
    weights[20] = value
    graph["Second/weights"] = .floats("Second/weights", weights, [3, 3, 4, 1])
    try withFile(graph.bytes) { path in
      #expect(
        throws: ImportError(file: path, place: ["Second"], reason: "a weight is infinite or not a number")
      ) { try ModelLoader.model(at: path) }
    }
  }

  @Test(arguments: [
    ("labels.txt", "???\nwalker\n"), ("tiny_label_map.pbtxt", "item { id: 1 name: 'walker' }"),
    ("labelmap.txt", "???\nwalker\n"), ("labelmap.pbtxt", "item { id: 1 name: 'walker' }"),
  ])
  func labelsLieBesideTheModel(name: String, text: String) throws {
    try withFile(TinyDetector.graph.bytes) { path in
      let folder = URL(filePath: path).deletingLastPathComponent()
      try Data(text.utf8).write(to: folder.appending(path: name))
      let model = try ModelLoader.model(at: path)
      #expect(model.labels.names == [1: "walker"])
      #expect(model.labelOrigin == .file(folder.appending(path: name).path))
      // What the user names comes before what lies there.
      let own = folder.appending(path: "own.txt")
      try Data("runner\n".utf8).write(to: own)
      let renamed = try ModelLoader.model(at: path, labels: own.path)
      #expect(renamed.labels.names == [1: "runner"] && renamed.labelOrigin == .file(own.path))
      #expect(throws: ImportError(file: "/nowhere", reason: "no such file or directory")) {
        try ModelLoader.model(at: path, labels: "/nowhere")
      }
      #expect(model.name == "graph")
    }
  }
}
