import Foundation
import Model
import ModelImport
import Scene
import TestData
import Testing

/// The small file beside a model.
@Suite struct SidecarTests {
  private func settings(_ text: String) throws(ImportError) -> ModelSettings {
    try Sidecar.settings(in: Array(text.utf8), file: "models/a.stream.json")
  }

  @Test func whatItSaysIsTaken() throws {
    let found = try settings(
      """
      {"channels": "rgb", "mean": [104, 177, 123.5], "scale": 0.5, "resize": "opencv", "size": [320, 240],
       "labels": ["???", "cat", ""], "score_threshold": 0.25, "iou_threshold": 1, "total": 7}
      """)
    #expect(found.channelOrder == .rgb && found.means == [104, 177, 123.5] && found.scales == [0.5, 0.5, 0.5])
    #expect(found.resize == .openCV && found.size == Extent(height: 240, width: 320))
    #expect(found.labels == .names(["???", "cat", ""]))
    #expect(found.scoreThreshold == 0.25 && found.iouThreshold == 1 && found.total == 7)
  }

  @Test func aLabelFileLiesBesideIt() throws {
    #expect(try settings(#"{"labels": "names.txt"}"#).labels == .file("names.txt"))
    #expect(try settings(#"{"labels": "./in/names.txt"}"#).labels == .file("in/names.txt"))
  }

  /// Who made a model has no say in what else is read: the lines of a secret would become labels.
  @Test(arguments: ["/etc/hostname", "../names.txt", "in/../../names.txt", "", "in//names.txt"])
  func aLabelFileElsewhereIsRefused(name: String) {
    let error = #expect(throws: ImportError.self) { try settings(#"{"labels": "\#(name)"}"#) }
    #expect(error?.description.hasSuffix("labels: \(name) is no file in the model's folder") == true)
  }

  /// Returns the tiny ONNX model, of two classes, with `text` beside it.
  private func model(_ text: String, named name: String = "tiny") throws -> DetectionModel {
    try withFiles(["\(name).onnx": TinyONNX.heads().bytes, "\(name).stream.json": Array(text.utf8)]) {
      try ModelLoader.model(at: "\($0)/\(name).onnx")
    }
  }

  @Test func emptyNamesAreClasses() throws {
    #expect(try model(#"{"labels": ["cat", ""]}"#).labels.names == [1: "cat"])
    #expect(try model(#"{"labels": ["???", "", ""]}"#).labels.names.isEmpty)
  }

  @Test func aModelsNameMayHoldAColon() throws {
    #expect(try model(#"{"mean": 3}"#, named: "a: b").input.normalization.ofChannels.allSatisfy { $0.mean == 3 })
  }

  /// What does not fit the model is the sidecar's fault.
  @Test(arguments: [#"{"labels": ["cat"]}"#, #"{"size": [17, 17]}"#]) func itsErrorsNameIt(text: String) {
    let error = #expect(throws: ImportError.self) { try model(text) }
    #expect(error?.file.hasSuffix("/tiny.stream.json") == true, "\(error?.description ?? "")")
  }

  @Test func oneThatCannotBeReadIsAnError() throws {
    let error = #expect(throws: ImportError.self) {
      try withFiles(["tiny.onnx": TinyONNX.heads().bytes, "tiny.stream.json/file": []]) {
        _ = try ModelLoader.model(at: "\($0)/tiny.onnx")
      }
    }
    #expect(error?.description.hasSuffix("/tiny.stream.json: is a directory") == true, "\(error?.description ?? "")")
    // A name that leaves no room for the ending has none.
    let long = String(repeating: "a", count: 248) + ".onnx"
    try withFiles([long: TinyONNX.heads().bytes]) { _ = try ModelLoader.model(at: "\($0)/\(long)") }
  }

  @Test func aLabelFileOfAnArchiveLiesInIt() throws {
    let map = Array("item { id: 1 name: 'cat' } item { id: 2 name: 'dog' }".utf8)
    func model(_ name: String) throws -> DetectionModel {
      let tar = TarArchive([
        ("tiny/tiny.onnx", TinyONNX.heads().bytes), ("tiny/names.pbtxt", map),
        ("tiny/tiny.stream.json", Array(#"{"labels": "\#(name)"}"#.utf8)),
      ])
      return try withFiles(["tiny.tar": tar.content, "names.txt": Array("a\nb\n".utf8)]) {
        try ModelLoader.model(at: "\($0)/tiny.tar")
      }
    }
    #expect(try model("names.pbtxt").labels.names == [1: "cat", 2: "dog"])
    let error = #expect(throws: ImportError.self) { try model("names.txt") }
    #expect(
      error?.description.hasSuffix("/tiny.tar: tiny/names.txt: no such file or directory") == true,
      "\(error?.description ?? "")")
  }

  @Test func anEmptyOneSaysNothing() throws { #expect(try settings("{}") == ModelSettings()) }

  /// What is wrong, and what the error names.
  static let wrong = [
    (#"{"chanels": "bgr", "Mean": 1}"#, "Mean, chanels"),
    (#"{"channels": "rbg"}"#, #"channels: is none of "rgb", "bgr""#),
    (#"{"mean": [1, 2]}"#, "mean"), (#"{"mean": [1, 2, "3"]}"#, "mean"), (#"{"mean": 1e9}"#, "mean"),
    (#"{"scale": 0}"#, "scale"), (#"{"scale": [1, 0, 1]}"#, "scale"), (#"{"resize": "lanczos"}"#, "resize"),
    (#"{"size": [0, 300]}"#, "size"), (#"{"size": 300}"#, "size"), (#"{"size": [300.5, 300]}"#, "size"),
    (#"{"labels": []}"#, "labels"), (#"{"labels": [1]}"#, "labels"), (#"{"labels": ["a\nb"]}"#, "labels"),
    (#"{"score_threshold": -0.1}"#, "score_threshold"), (#"{"iou_threshold": 1.5}"#, "iou_threshold"),
    (#"{"total": 0}"#, "total"), ("[]", "no JSON object"), ("{", "line 1"), ("", "line 1"),
    (#"{"mean": 1, "mean": 2}"#, "line 1"),
  ]

  @Test(arguments: wrong) func whatIsWrongIsNamed(text: String, word: String) {
    let error = #expect(throws: ImportError.self) { try settings(text) }
    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains { $0.isNewline } == false)
  }

  @Test func whatIsSaidLastCounts() {
    var (first, second) = (ModelSettings(), ModelSettings())
    (first.channelOrder, first.means, second.channelOrder) = (.rgb, [1, 2, 3], .bgr)
    let both = first.overridden(by: second)
    #expect(both.channelOrder == .bgr && both.means == [1, 2, 3])
  }

  /// A model of another format: what its file says is replaced, and the labels named.
  @Test func itHoldsForEveryFormat() throws {
    let folder = try TemporaryFolder()
    let path = folder.url("tiny.pb")
    try FileManager.default.copyItem(at: TestData.smallModel, to: path)
    let plain = try ModelLoader.model(at: path.path)
    #expect(plain.input.channelOrder == .rgb && plain.assumptions.isEmpty)
    for name in ["tiny.pb.stream.json", "tiny.stream.json"] {
      let sidecar = folder.url(name)
      let text = #"{"channels": "bgr", "mean": [1, 2, 3], "scale": 0.25, "score_threshold": 0.75}"#
      try Data(text.utf8).write(to: sidecar)
      defer { try? FileManager.default.removeItem(at: sidecar) }
      let model = try ModelLoader.model(at: path.path)
      #expect(model.input.channelOrder == .bgr && model.head.suppression.scoreThreshold == 0.75)
      #expect(model.input.normalization.ofChannels.map { $0(5) } == [1, 0.75, 0.5])
      #expect(model.assumptions.contains { $0.contains(name) })
      var settings = ModelSettings()
      settings.channelOrder = .rgb
      #expect(try ModelLoader.model(at: path.path, settings: settings).input.channelOrder == .rgb)
    }
    try Data(#"{"size": [17, 17]}"#.utf8).write(to: folder.url("tiny.stream.json"))
    #expect {
      _ = try ModelLoader.model(at: path.path)
    } throws: { "\($0)".contains("size") }
  }
}
