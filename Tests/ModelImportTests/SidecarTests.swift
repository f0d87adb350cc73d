import Foundation
import Model
import ModelImport
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
    #expect(try settings(#"{"labels": "names.txt"}"#).labels == .file("models/names.txt"))
    #expect(try settings(#"{"labels": "/names.txt"}"#).labels == .file("/names.txt"))
  }

  @Test func anEmptyOneSaysNothing() throws { #expect(try settings("{}") == ModelSettings()) }

  /// What is wrong, and what the error names.
  static let wrong = [
    (#"{"chanels": "bgr", "Mean": 1}"#, "Mean, chanels"), (#"{"channels": "rbg"}"#, "channels"),
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
    let folder = FileManager.default.temporaryDirectory.appending(path: "sidecar-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "tiny.pb")
    try FileManager.default.copyItem(
      at: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "FuzzCorpus/graph/tiny-detector.pb"), to: path)
    let plain = try ModelLoader.model(at: path.path)
    #expect(plain.input.channelOrder == .rgb && plain.assumptions.isEmpty)
    for name in ["tiny.pb.stream.json", "tiny.stream.json"] {
      let sidecar = folder.appending(path: name)
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
    try Data(#"{"size": [17, 17]}"#.utf8).write(to: folder.appending(path: "tiny.stream.json"))
    #expect {
      _ = try ModelLoader.model(at: path.path)
    } throws: { "\($0)".contains("size") }
  }
}
