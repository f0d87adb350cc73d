import Foundation
import Model
import ModelImport
import Scene
import TestData
import Testing

/// A `pipeline.config` beside a graph.
struct CompanionConfigTests {
  /// A configuration that says of the tiny detector what its graph says, unless told otherwise.
  static func text(
    classes: Int = 1, threshold: String = "0.125", more: String = "max_detections_per_class: 30",
    extractor: String = "ssd_mobilenet_v1"
  ) -> String {
    let rules = "score_threshold: \(threshold) iou_threshold: 0.55 max_total_detections: 50 \(more)"
    return TestData.pipeline(extractor, size: 32, classes: classes)
      .replacing("score_threshold: 1e-8 iou_threshold: 0.6", with: rules)
  }

  /// The tiny detector, or another graph, with this configuration beside it.
  private func model(_ text: String, graph: WrittenGraph = TinyDetector.graph) throws -> DetectionModel {
    try withFile(graph.bytes, named: "frozen_inference_graph.pb") { path in
      let config = URL(filePath: path).deletingLastPathComponent().appending(path: "pipeline.config")
      try Data(text.utf8).write(to: config)
      return try ModelLoader.model(at: path)
    }
  }

  /// Configurations have no pictures as small as the tiny detector's.
  private static let size =
    "its pipeline.config says something else, and the graph counts: "
    + "height 32 (the graph: 8), width 32 (the graph: 8)"

  @Test func whatBothSayAlikeIsNotTold() throws { #expect(try model(Self.text()).notes == [Self.size]) }

  @Test func theGraphCountsWhereTheyDiffer() throws {
    let model = try model(Self.text(classes: 90, threshold: "1e-8", more: ""))
    #expect(model.head.columns == 2 && model.head.suppression.scoreThreshold == 0.125)
    #expect(
      model.notes == [
        Self.size.replacing("height 32", with: "num_classes 90 (the graph: 1), height 32")
          + ", score_threshold 1e-08 (the graph: 0.125), max_detections_per_class 100 (the graph: 30)"
      ])
  }

  @Test(arguments: [
    ("model { ssd {", "pipeline.config: line 1: the text ends within a message"),
    ("model { faster_rcnn { } }", "pipeline.config: model.faster_rcnn: the model is no SSD"),
    (
      text(extractor: "ssd_mobilenet_v1_fpn"),
      "pipeline.config: model.ssd.feature_extractor.type: feature extractor ssd_mobilenet_v1_fpn is not supported; "
        + "ssd_mobilenet_v1, ssd_mobilenet_v2, ssd_mobilenet_v3_large, ssd_mobilenet_v3_small are"
    ),
  ])
  func whatCannotBeReadIsANote(text: String, reason: String) throws {
    #expect(try model(text).notes == ["what lies beside the graph is not used: \(reason)"])
  }

  /// Where the graph itself says the rules, a configuration that cannot be read changes nothing that is found.
  @Test func whatCannotBeReadIsAWarningWhereItsRulesWouldCount() throws {
    let anchors = (0..<20).flatMap { row -> [Float] in [Float(row) / 32, 0.5, 0.25, 0.125] }
    let graph = TensorFlowGraphTests.rawOutputs(anchors: anchors)
    let told = "what lies beside the graph is not used: pipeline.config: line 1: the text ends within a message"
    let broken = try model("model { ssd {", graph: graph)
    #expect(broken.warnings == [told] && broken.notes == [told])
    #expect(try model(Self.text(), graph: graph).warnings == [])
    #expect(try model("model { ssd {").warnings == [])
  }

  /// A graph that ends in its heads leaves the rules to its caller.
  @Test func theRulesOfRawOutputsAreTheConfigurations() throws {
    let anchors = (0..<20).flatMap { row -> [Float] in [Float(row) / 32, 0.5, 0.25, 0.125] }
    let graph = TensorFlowGraphTests.rawOutputs(anchors: anchors)
    let text = Self.text(threshold: "0.25").replacing(
      "faster_rcnn_box_coder { }", with: "faster_rcnn_box_coder { y_scale: 4 }")
    let head = try model(text, graph: graph).head
    #expect(
      head.suppression
        == Suppression(
          clipping: .afterSuppression, dropsEmptyBoxes: true, scoreThreshold: 0.25, iouThreshold: 0.55,
          candidatesPerClass: nil, keptPerClass: 30, total: 50))
    #expect(head.coder.centerYFactor == 0.25 && head.coder.centerXFactor == 0.1)
    #expect(try model("model {", graph: graph).head.suppression.scoreThreshold == 1e-8)
  }

  /// Nothing in the exports of the model zoo's families differs from their configurations.
  @Test(
    .enabled(if: TestData.hasShared),
    arguments: [
      "ssd_mobilenet_v1_coco", "ssdlite_mobilenet_v2_coco", "ssdlite_mobilenet_v3_small_320x320_coco",
      "ssd_mobilenet_v1_050_3cls",
    ])
  func exportsAgreeWithTheirConfigurations(family: String) throws {
    let source = TestData.shared("synth/tf/\(family)")
    let graph = try TestData.unpacked(source.appending(path: "frozen_inference_graph.pb.xz"))
    let folder = FileManager.default.temporaryDirectory.appending(path: "companion-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "frozen_inference_graph.pb"), withDestinationURL: graph)
    try FileManager.default.copyItem(
      at: source.appending(path: "pipeline.config"), to: folder.appending(path: "pipeline.config"))
    #expect(try ModelLoader.model(at: folder.path).notes.isEmpty)
  }

  /// MobileNetV3 in its published form: the configuration lays the anchors that the file lists, should it not list them.
  @Test(.enabled(if: TestData.hasShared)) func theConfigurationLaysTheAnchorsOfRawOutputs() throws {
    let source = TestData.shared("synth/tf/ssdlite_mobilenet_v3_small_320x320_coco")
    let bytes = [UInt8](
      try Data(contentsOf: TestData.unpacked(source.appending(path: "raw_outputs_graph.pb.xz"))))
    let text = try String(contentsOf: source.appending(path: "pipeline.config"), encoding: .utf8)
    func head(_ bytes: [UInt8]) throws -> DetectionHead {
      try withFile(bytes, named: "frozen_inference_graph.pb") { path in
        let config = URL(filePath: path).deletingLastPathComponent().appending(path: "pipeline.config")
        try Data(text.utf8).write(to: config)
        return try ModelLoader.model(at: path).head
      }
    }
    // The node's operator: what has none of our names is no constant.
    let name = Array("\u{A}\u{7}anchors\u{12}\u{5}Const".utf8)
    var unlisted = bytes
    let place = try #require(Data(bytes).range(of: Data(name))?.lowerBound)
    unlisted.replaceSubrange(place + name.count - 5..<place + name.count, with: "Blank".utf8)
    let (listed, laid) = (try head(bytes), try head(unlisted))
    #expect(listed.anchors.count == 2034 && laid.anchors.count == 2034)
    for (a, b) in zip(listed.anchors, laid.anchors) {
      #expect(max(abs(a.yMin - b.yMin), abs(a.xMin - b.xMin), abs(a.yMax - b.yMax), abs(a.xMax - b.xMax)) < 1e-6)
    }
    #expect(listed.suppression == laid.suppression)
  }
}
