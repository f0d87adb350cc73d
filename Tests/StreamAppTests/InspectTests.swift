import Foundation
import TestData
import Testing

/// `stream inspect`, as a reader of its output sees it.
@Suite struct InspectTests {
  /// What `--json` prints, as far as the tests look at it.
  struct Description: Decodable {
    struct Count: Decodable, Equatable {
      let parameters: Int
      let multiplyAdds: Int
    }
    struct Layer: Decodable {
      let name: String
      let `operator`: String
      let part: String?
      let kernel: [Int]?
      let padding: [Int]?
      let inputs: [[Int]]
      let output: [Int]
      let parameters: Int
      let multiplyAdds: Int
    }
    struct Classes: Decodable {
      let first: Int
      let count: Int
      let labelsFrom: String?
      let labels: [String: String]
    }
    struct Suppression: Decodable {
      let scoreThreshold: Double
      let clipping: String
      let candidatesPerClass: Int?
    }
    let name: String
    let format: String
    let classes: Classes
    let suppression: Suppression
    let layers: [Layer]
    let parts: [String: Count]
    let total: Count
  }

  private func inspect(_ arguments: [String]) throws -> Ended {
    try Ended(TestData.built("stream"), ["inspect"] + arguments)
  }

  private func description(_ arguments: [String]) throws -> Description {
    let ended = try inspect(arguments + ["--json"])
    #expect(ended.status == 0 && ended.errors == "" && ended.lines.count == 1)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Description.self, from: Data(ended.output.utf8))
  }

  /// An ONNX file that ends in its heads says nothing of what comes before and after them.
  @Test func whatAFileLeavesOpenIsSaid() throws {
    let corpus = TestData.checkout.appending(path: "Tests/FuzzCorpus/onnx")
    let heads = try inspect([corpus.appending(path: "tiny-heads.onnx").path])
    #expect(heads.status == 0 && heads.errors == "")
    #expect(
      heads.lines.contains {
        $0
          == "assumed      iou_threshold 0.55: as torchvision's ssdlite320_mobilenet_v3_large has it; the file ends in its heads"
      })
    let whole = try inspect([corpus.appending(path: "tiny-whole.onnx").path])
    #expect(whole.status == 0 && whole.errors == "" && whole.output.contains("half-pixel centres"))
  }

  /// Rules that few families have: each prior box with factors of its own, a threshold that decays, boxes turned inside out,
  /// as many detections as there are.
  @Test func rareRulesAreSaid() throws {
    let seed = TestData.checkout.appending(path: "Tests/FuzzCorpus/prototxt/tiny-ssd.prototxt")
    let text = String(decoding: try Data(contentsOf: seed), as: UTF8.self)
    let file = FileManager.default.temporaryDirectory.appending(path: "rare-\(UUID().uuidString).prototxt")
    let rare = text.replacing("top_k: 50", with: "top_k: 50 eta: 0.9")
      .replacing("keep_top_k: 20", with: "keep_top_k: -1")
    try Data(rare.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let lines = try inspect([file.path]).lines
    #expect(lines.contains { $0.hasPrefix("heads") && $0.contains("by factors of each anchor's own") })
    let suppression = try #require(lines.first { $0.hasPrefix("suppression") })
    #expect(suppression.contains("IoU > 0.45 (times 0.9 after each kept box while above 0.5) removes"))
    #expect(suppression.contains("without limit in all; boxes"))
    #expect(suppression.hasSuffix("boxes not clipped, those with edges out of order overlap nothing"))
    let found = try inspect([file.path, "--json"]).output
    for member in [
      #""anchors_have_factors":true"#, #""max_log_size":null"#, #""decay":0.9"#, #""inverted_boxes_are_empty":true"#,
      #""total":null"#,
    ] {
      #expect(found.contains(member), "\(member)")
    }
  }

  /// Of equal scores of two classes the detection operator's regular rule keeps that of the later one.
  @Test func theDetectionOperatorsTiesAreSaid() throws {
    let file = TestData.checkout.appending(path: "Tests/FuzzCorpus/lite/tiny-regular.tflite").path
    let suppression = try #require(try inspect([file]).lines.first { $0.hasPrefix("suppression") })
    #expect(suppression.contains("in all at most, of equal scores the later class's; boxes"), "\(suppression)")
    #expect(try inspect([file, "--json"]).output.contains(#""prefers_later_class":true"#))
  }

  /// The counts of the published networks, each checked against the variables of its training graph: MODELS.md 14.2.
  @Test(.enabled(if: TestData.hasShared)) func theZoosTopologyHasItsPublishedSize() throws {
    let found = try description([TestData.shared("models/tf_ssdlite_mobilenet_v2_coco_topology").path])
    #expect(found.total == .init(parameters: 4_500_543, multiplyAdds: 749_503_856))
    #expect(
      found.parts == [
        "backbone": .init(parameters: 2_223_872, multiplyAdds: 563_125_744),
        "extra": .init(parameters: 656_960, multiplyAdds: 38_550_976),
        "predictor": .init(parameters: 1_619_711, multiplyAdds: 147_827_136),
      ])
    #expect(found.name == "tf_ssdlite_mobilenet_v2_coco_topology" && found.format == "TensorFlow frozen graph")
    #expect(found.classes.first == 1 && found.classes.count == 90 && found.classes.labels.count == 80)
    #expect(found.classes.labelsFrom == "COCO" && found.classes.labels["90"] == "toothbrush")
    #expect(found.suppression.scoreThreshold == 0.3 && found.suppression.clipping == "before")
    #expect(found.suppression.candidatesPerClass == nil)
    let stem = try #require(found.layers.first)
    #expect(stem.operator == "convolution" && stem.part == "backbone")
    #expect(stem.kernel == [3, 3] && stem.padding == [0, 0, 1, 1])
    #expect(stem.inputs == [[1, 300, 300, 3]] && stem.output == [1, 150, 150, 32])
    #expect(stem.parameters == 864 && stem.multiplyAdds == 19_440_000)
    #expect(found.layers.reduce(0) { $0 + $1.parameters } == found.total.parameters)
  }

  /// Parameters and multiply-adds of the model zoo's graphs: all, backbone, extra layers, predictors (MODELS.md 14.2).
  static let zoo: [(family: String, total: [Int], backbone: [Int], extra: [Int], predictor: [Int])] = [
    (
      "ssd_mobilenet_v1_coco", [6_819_839, 1_237_129_408], [3_206_976, 1_055_206_336], [2_223_488, 61_612_032],
      [1_389_375, 120_311_040]
    ),
    (
      "ssd_mobilenet_v2_coco", [16_837_567, 1_875_065_840], [2_223_872, 563_125_744], [656_960, 38_550_976],
      [13_956_735, 1_273_389_120]
    ),
    (
      "ssdlite_mobilenet_v2_coco", [4_500_543, 749_503_856], [2_223_872, 563_125_744], [656_960, 38_550_976],
      [1_619_711, 147_827_136]
    ),
  ]

  @Test(.enabled(if: TestData.hasShared), arguments: zoo.indices)
  func eachPartOfTheZoosGraphsHasItsPublishedSize(index: Int) throws {
    let (family, total, backbone, extra, predictor) = Self.zoo[index]
    let archive = TestData.shared("synth/tf/\(family)/frozen_inference_graph.pb.xz")
    let found = try description([try TestData.unpacked(archive).path])
    #expect([found.total.parameters, found.total.multiplyAdds] == total)
    for (part, count) in [("backbone", backbone), ("extra", extra), ("predictor", predictor)] {
      let own = try #require(found.parts[part])
      #expect([own.parameters, own.multiplyAdds] == count, "\(part)")
    }
  }

  /// Its batch norms are merged: of the 19,008 numbers that they had, the 9,504 biases are left (MODELS.md 14.1).
  @Test(.enabled(if: TestData.hasShared)) func mergedBatchNormsCountAsBiases() throws {
    let model = TestData.shared("models/tf_ssd_mobilenet_v1_0.75_coco").path
    let found = try description([model])
    #expect(found.total == .init(parameters: 4_110_735 - 9504, multiplyAdds: 728_036_496))
    #expect(
      found.parts.mapValues(\.multiplyAdds) == ["backbone": 603_146_448, "extra": 34_656_768, "predictor": 90_233_280])
    #expect(found.parts["predictor"]?.parameters == 1_042_815)
    #expect(found.layers.contains { $0.operator == "fake quantization" })
    let labels = TestData.shared("labels/coco_labels.txt").path
    #expect(try description([model, "--labels", labels]).classes.labelsFrom == labels)
  }

  @Test(.enabled(if: TestData.hasShared)) func theTableSaysTheSame() throws {
    let lines = try inspect([TestData.shared("models/tf_ssd_mobilenet_v1_0.75_coco").path]).lines
    #expect(lines.contains { $0.split(separator: " ") == ["total", "4,101,231", "728,036,496"] })
    #expect(lines.contains { $0.hasPrefix("classes") && $0.contains("90 from number 1, 80 named after COCO") })
    #expect(lines.last?.hasPrefix("No batch norm stands by itself") == true)
    let stem = try #require(lines.first { $0.contains("Conv2d_0/Conv2D_Fold") })
    #expect(
      stem.split(separator: " ").dropFirst() == [
        "convolution", "3×3", "2×2", "0,0,1,1", "1×300×300×3", "1×150×150×24", "648", "14,580,000",
      ])
  }

  @Test(.enabled(if: TestData.hasShared)) func labelsThatDoNotFitAreRefused() throws {
    let labels = TestData.shared("labels/pascal_label_map.pbtxt").path
    let lines = FileManager.default.temporaryDirectory.appending(path: "names-\(UUID().uuidString).txt")
    try Data("a\nb\n".utf8).write(to: lines)
    defer { try? FileManager.default.removeItem(at: lines) }
    let model = TestData.shared("models/tf_ssdlite_mobilenet_v2_coco_topology").path
    #expect(try inspect([model, "--labels", labels]).status == 0)
    let ended = try inspect([model, "--labels", lines.path])
    #expect(ended.status == 1)
    #expect(
      ended.errors == "stream: \(lines.path): 2 classes are listed, but the model has 90 classes, from number 1\n")
  }

  /// A map that ends before the model's classes do may be another model's.
  @Test func labelsThatEndEarlyAreTold() throws {
    let model = TestData.checkout.appending(path: "Tests/FuzzCorpus/caffe/tiny-ssd.caffemodel").path
    let map = FileManager.default.temporaryDirectory.appending(path: "names-\(UUID().uuidString).pbtxt")
    try Data("item { id: 1 name: 'a' }".utf8).write(to: map)
    defer { try? FileManager.default.removeItem(at: map) }
    let ended = try inspect([model, "--labels", map.path])
    #expect(ended.status == 0 && ended.output.contains("1 named by \(map.path)"))
    let told = "\n\(map.path): only 1 of the model's 2 classes are named, up to number 1 of 2\n"
    #expect(ended.errors.hasSuffix(told), "\(ended.errors)")
  }

  @Test func whatIsNoModelIsSaid() throws {
    let ended = try inspect(["/nowhere/model.pb"])
    #expect(ended.status == 1 && ended.output == "")
    #expect(ended.errors == "stream: /nowhere/model.pb: no such file or directory\n")
  }
}
