import Detecting
import Foundation
import Inference
import Kernels
import Model
import ModelImport
import Scene
import TestData
import Testing

/// Every form that Caffe's files may have, on small networks, and every parameter of what is at their end.
@Suite(.enabled(if: TestData.hasShared)) struct CaffeFormTests {
  /// A text with the weights that go with it.
  struct Pair: Sendable, CustomTestStringConvertible {
    let text: String
    let weights: String
    var testDescription: String { "\(text) + \(weights)" }
  }

  /// One network in many forms.
  static let forms =
    ["base", "input_layer", "input_dim", "text_quirks", "phases"].map { Pair(text: $0, weights: "base") }
    + [
      "blobs_legacy_dims", "blobs_legacy_dims_conv", "blobs_double", "blobs_f16_raw", "blobs_f32_raw",
      "blobs_opencv_shrink", "blobs_unpacked", "model_reordered_extra",
    ].map { Pair(text: "base", weights: $0) }

  private static func file(_ pair: Pair, in folder: String = "tiny") throws -> ModelFile {
    let place = "synth/caffe/\(folder)"
    return try CaffeRun.file(
      TestData.shared("\(place)/\(pair.text).prototxt"), TestData.shared("\(place)/\(pair.weights).caffemodel"))
  }

  private static func golden(_ name: String, in folder: String = "tiny") throws -> GoldenArrays {
    try GoldenArrays(
      npz: TestData.shared("synth/caffe/\(folder)/golden/\(name).npz"), named: "caffe-\(folder)-\(name)")
  }

  @Test(arguments: forms) func everyFormIsTheSameNetwork(pair: Pair) throws {
    let model = try CaffeModel.model(from: Self.file(pair))
    let run = try CaffeRun(model.graph)
    let golden = try Self.golden("base")
    let found = run.outputs(run.formula())
    #expect(excess(found[0], try golden.floats("mbox_loc")) <= 0.05)
    #expect(excess(found[1], try golden.floats("mbox_conf")) <= 0.05)
  }

  @Test(arguments: KernelSet.all.filter(\.isSupported).map(\.name)) func everyLayerIsTheReferences(isa: String) throws {
    let names = ["conv1", "pool1", "conv2", "conv3", "pool3", "norm", "mbox_loc", "mbox_conf"]
    let run = try CaffeRun(
      CaffeModel.network(in: Self.file(Pair(text: "base", weights: "base")), upTo: names), isa: isa)
    let golden = try Self.golden("base")
    for (name, found) in zip(names, run.outputs(run.formula())) {
      #expect(excess(found, try golden.floats(name)) <= 0.05, "\(name)")
    }
  }

  @Test(arguments: KernelSet.all.filter(\.isSupported).map(\.name)) func everyPoolingIsTheReferences(isa: String) throws
  {
    let names =
      ["max", "ave"].flatMap { method in
        ["k2_s2_p0", "k3_s2_p0", "k3_s2_p1", "k2_s2_p1", "k3_s3_p1", "k5_s3_p2", "k3_s1_p1"].map { "\(method)_\($0)" }
      } + ["global_max", "global_ave"]
    let file = try CaffeRun.file(TestData.shared("synth/caffe/tiny/pooling.prototxt"), nil)
    let run = try CaffeRun(CaffeModel.network(in: file, upTo: names), isa: isa)
    let golden = try Self.golden("pooling")
    for (name, found) in zip(names, run.outputs(run.formula())) {
      #expect(excess(found, try golden.floats(name)) <= 0.001, "\(name)")
    }
  }

  @Test(arguments: [
    Pair(text: "v1", weights: "v1"), Pair(text: "v2", weights: "v2"), Pair(text: "v2", weights: "v1"),
    Pair(text: "v1", weights: "v2"), Pair(text: "v0", weights: "v2"),
  ]) func olderVersionsAreTheSameNetwork(pair: Pair) throws {
    let names =
      pair.text == "v0"
      ? ["relu1", "norm1", "pool1", "relu2"]
      : [
        "relu1", "norm1", "pool1", "relu2", "conv3", "sum", "cat", "pool2", "loc_flat", "conf", "prob", "ip", "ip_prob",
      ]
    let run = try CaffeRun(CaffeModel.network(in: Self.file(pair, in: "tiny_v1"), upTo: names))
    let golden = try Self.golden("v1", in: "tiny_v1")
    for (name, found) in zip(names, run.outputs(run.formula())) {
      #expect(excess(found, try golden.floats(name)) <= 0.05, "\(name)")
    }
  }

  /// Every parameter of PriorBox and DetectionOutput, by Caffe's own rule where OpenCV has another.
  static let ends = [
    "post_background_2", "post_background_none", "post_center_size", "post_code_default", "post_corner",
    "post_corner_size", "post_keep_7", "post_keep_all", "post_nothing", "post_topk_10", "post_variance_in_target",
    "prior_defaults", "prior_duplicate_ratios", "prior_fractional", "prior_img_size", "prior_one_variance",
    "prior_step_hw", "prior_two_min_sizes",
  ]

  @Test(arguments: ends) func priorBoxesAndDetectionsFollowCaffe(name: String) throws {
    let model = try CaffeModel.model(from: Self.file(Pair(text: name, weights: "base")))
    let priors = try Self.golden(name).floats("caffe_rule_priorbox")
    let anchors = model.head.anchors.flatMap { [$0.xMin, $0.yMin, $0.xMax, $0.yMax] }
    #expect(anchors.count * 2 == priors.count && zip(anchors, priors).allSatisfy { abs($0 - $1) <= 3e-7 })

    let run = try CaffeRun(model.graph)
    var detector = try Detector(model: model, engine: run.engine, threads: 1)
    var found = detector.detect(run.formula(), width: 1, height: 1)
    let text = try Data(contentsOf: TestData.shared("synth/caffe/tiny/golden/\(name).json"))
    let golden = try JSONDecoder().decode(End.self, from: text).detections
    let last = golden.map(\.score).min() ?? 0
    #expect(found.count == golden.count)
    for item in golden {
      let partner = found.firstIndex { detection in
        let rect = detection.rect
        return detection.classID == item.label && abs(Double(detection.score) - item.score) <= 1e-5
          && zip([rect.left, rect.top, rect.right, rect.bottom], item.box).allSatisfy { abs($0 - $1) <= 1e-5 }
      }
      // Which of equal scores is the last that is kept, Caffe's own sort does not promise.
      #expect(partner != nil || abs(item.score - last) <= 1e-6, "\(item)")
      if let partner { found.remove(at: partner) }
    }
    #expect(found.allSatisfy { abs(Double($0.score) - last) <= 1e-6 }, "\(found)")
  }

  /// The golden file of an end.
  private struct End: Decodable {
    let detections: [CaffeDetection]

    private enum CodingKeys: String, CodingKey { case detections = "caffe_rule" }
  }
}
