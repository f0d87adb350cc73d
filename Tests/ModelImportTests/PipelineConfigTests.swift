import Foundation
import Model
import ModelImport
import Scene
import TestData
import Testing

/// Networks from configurations alone.
@Suite struct PipelineConfigTests {
  private func model(_ text: String) throws -> DetectionModel {
    try withFile(Array(text.utf8), named: "pipeline.config") { try ModelLoader.model(at: $0) }
  }

  /// Why `text` is refused, from the field on; nil where it is read.
  private func refusal(_ text: String) throws -> String? {
    do { _ = try model(text) } catch let error as ImportError {
      return (error.place + [error.reason]).joined(separator: ": ")
    }
    return nil
  }

  /// Parameters and multiply-adds of the parts, in the order backbone, extra, predictor.
  private func counts(_ model: DetectionModel) throws -> [GraphStatistics.Count] {
    let (statistics, parts) = (GraphStatistics(model.graph), try #require(DetectorParts(model.graph)).parts)
    return DetectorParts.Part.allCases.map { part in
      GraphStatistics.sum(parts.indices.filter { parts[$0] == part }.map { statistics.nodes[$0] })
    }
  }

  /// The tables of arXiv:1801.04381, which print 14.8 M and 1.25 B for the layers that SSD adds to MobileNet V2, 2.1 M for
  /// those of SSDLite, 5.1 M and 1.3 B for MobileNet V1 with SSDLite, 4.3 M and 0.8 B for MobileNet V2 with it: 320×320
  /// pixels, 80 classes and the background.
  @Test func thePapersSizesComeOut() throws {
    let full = try counts(model(TestData.pipeline("ssd_mobilenet_v2", depthwise: false, predictor: "kernel_size: 3")))
    let lite = try counts(model(TestData.pipeline("ssd_mobilenet_v2")))
    let first = try counts(model(TestData.pipeline("ssd_mobilenet_v1")))
    #expect(GraphStatistics.sum(full[1...]) == .init(parameters: 14_776_629, multiplyAdds: 1_259_068_672))
    #expect(GraphStatistics.sum(lite[1...]) == .init(parameters: 2_113_141, multiplyAdds: 177_617_344))
    #expect(GraphStatistics.sum(first) == .init(parameters: 5_100_661, multiplyAdds: 1_309_162_944))
    #expect(GraphStatistics.sum(lite) == .init(parameters: 4_337_013, multiplyAdds: 788_830_144))
    #expect(full[0] == lite[0])
  }

  /// By slim's own count of the backbone at each multiplier, the last convolution included.
  @Test(arguments: [(0.35, 309_856), (0.5, 586_688), (0.75, 1_277_984), (1, 2_223_872), (1.4, 4_315_776)])
  func theDepthMultiplierRoundsAsSlimDoes(multiplier: Double, parameters: Int) throws {
    let counts = try counts(model(TestData.pipeline("ssd_mobilenet_v2", features: "depth_multiplier: \(multiplier)")))
    #expect(counts[0].parameters == parameters)
  }

  /// The sizes of the model zoo's configurations and of the samples, counted from their training graphs.
  @Test(
    .enabled(if: TestData.hasShared),
    arguments: [
      ("tf_zoo_ssd_mobilenet_v1_coco_2018_01_28/pipeline.config", 6_819_839, 1_237_129_408),
      ("tf_zoo_ssdlite_mobilenet_v2_coco_2018_05_09/pipeline.config", 4_500_543, 749_503_856),
      ("tf_sample_configs/ssd_mobilenet_v1_coco.config", 6_819_839, 1_237_129_408),
      ("tf_sample_configs/ssd_mobilenet_v1_0.75_depth_300x300_coco14_sync.config", 4_110_735, 728_036_496),
      ("tf_sample_configs/ssd_mobilenet_v2_coco.config", 6_066_431, 772_779_056),
      ("tf_sample_configs/ssdlite_mobilenet_v1_coco.config", 5_246_911, 1_212_977_536),
      ("tf_sample_configs/ssdlite_mobilenet_v2_coco.config", 4_500_543, 749_503_856),
      ("tf_sample_configs/ssdlite_mobilenet_v3_large_320x320_coco.TRANSCRIBED.config", 3_248_255, 506_563_904),
      ("tf_sample_configs/ssdlite_mobilenet_v3_small_320x320_coco.TRANSCRIBED.config", 1_785_743, 162_303_424),
    ])
  func theZoosConfigurationsHaveTheirSizes(path: String, parameters: Int, multiplyAdds: Int) throws {
    let model = try ModelLoader.model(at: TestData.shared("models/\(path)").path)
    #expect(GraphStatistics(model.graph).total == .init(parameters: parameters, multiplyAdds: multiplyAdds))
    #expect(!model.hasWeights && model.notes.isEmpty, "\(model.notes)")
  }

  /// What a configuration describes is what was exported from it: every convolution, the anchors, the rules.
  @Test(.enabled(if: TestData.hasShared)) func theNetworkIsThatOfTheFrozenGraph() throws {
    let built = try ModelLoader.model(
      at: TestData.shared("models/tf_zoo_ssdlite_mobilenet_v2_coco_2018_05_09/pipeline.config").path)
    let frozen = try ModelLoader.model(at: TestData.shared("models/tf_ssdlite_mobilenet_v2_coco_topology").path)
    #expect(built.head.anchors == frozen.head.anchors)
    #expect((built.head.coder, built.head.scores) == (frozen.head.coder, frozen.head.scores))
    #expect(built.head.columns == frozen.head.columns)
    func layers(_ model: DetectionModel) -> [String] {
      model.graph.nodes.compactMap { node in
        let output = model.graph.shape(of: node.output)
        return switch node.operation {
        case .convolution(let it): "convolution \(it.weights.shape) \(it.window) \(it.bias != nil) \(output)"
        case .depthwise(let it): "depthwise \(it.weights.shape) \(it.window) \(output)"
        case .activation(let it): "\(it) \(output)"
        default: nil
        }
      }.sorted()
    }
    #expect(layers(built).filter { $0.hasPrefix("conv") }.count > 40)
    #expect(layers(built).filter { $0.hasPrefix("depth") } == layers(frozen).filter { $0.hasPrefix("depth") })
  }

  @Test func whatIsNotKnownIsNamed() throws {
    let text = TestData.pipeline(
      "ssd_mobilenet_v2", features: "odd: 3", model: "strange { x: 1 }", more: "graph_rewriter { }")
    #expect(
      try model(text).notes == [
        "graph_rewriter is not used: the network is built in floats, unquantised",
        "unknown and not used: model.ssd.feature_extractor.odd, model.ssd.strange",
      ])
  }

  @Test(arguments: [
    (
      "ssd_mobilenet_v1_fpn", "", "",
      "model.ssd.feature_extractor.type: feature extractor ssd_mobilenet_v1_fpn is not supported"
    ),
    ("ssd_mobilenet_v2", "depth_multiplier: nan", "", "model.ssd.feature_extractor.depth_multiplier: nan is no number"),
    ("ssd_mobilenet_v2", "min_depth: 99999999999999999999", "", "model.ssd.feature_extractor.min_depth: 9999"),
    ("ssd_mobilenet_v2", "pad_to_multiple: 33", "", "model.ssd.feature_extractor.pad_to_multiple: pictures of 320×320"),
    ("ssd_mobilenet_v2", "num_layers: 5", "", "model.ssd.anchor_generator: anchors for 6 maps do not fit the 5 maps"),
    (
      "ssd_mobilenet_v2", "", "kernel_size: 3 } } num_classes: 10000 box_predictor { convolutional_box_predictor {",
      "BoxPredictor_0/ClassPredictor: the network has more than 67108864 weights"
    ),
    ("ssd_mobilenet_v2", "", "box_code_size: 8", "model.ssd.box_predictor.convolutional_box_predictor.box_code_size"),
  ])
  func whatIsNotSupportedIsSaidWithItsField(
    extractor: String, features: String, predictor: String, line: String
  ) throws {
    let text = TestData.pipeline(extractor, predictor: predictor, features: features)
    let found = try refusal(text)
    #expect(found?.hasPrefix(line) == true, "\(found ?? "read")")
  }

  @Test func aModelThatIsNoSSDIsNamed() throws {
    #expect(try refusal("model { faster_rcnn { num_classes: 3 } }") == "model.faster_rcnn: the model is no SSD")
    #expect(try refusal("model { ssd { num_classes: 0 } }")?.hasPrefix("model.ssd.num_classes: 0 is no") == true)
  }

  /// A file that ends anywhere, or has any byte of it changed, is read or refused.
  @Test func damageIsToldAndNeverTraps() throws {
    let text = Array(
      TestData.pipeline("ssd_mobilenet_v2", size: 64, classes: 2, features: "depth_multiplier: 0.01 min_depth: 1").utf8)
    for end in stride(from: 0, to: text.count, by: 7 * TestData.portion) {
      _ = try refusal(String(decoding: text[..<end], as: UTF8.self))
    }
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<400 / TestData.portion {
      var damaged = text
      damaged[Int.random(in: 0..<text.count, using: &generator)] = UInt8.random(in: 9..<127, using: &generator)
      _ = try refusal(String(decoding: damaged, as: UTF8.self))
    }
  }
}
