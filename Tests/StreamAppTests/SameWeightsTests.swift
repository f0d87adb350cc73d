import Detecting
import Foundation
import Inference
import Model
import ModelImport
import Pixels
import Scene
import TestData
import Testing

/// One picture, and every file that holds the same weights of one network: the same detections, whatever the format.
@Suite(.enabled(if: TestData.hasShared)) struct SameWeightsTests {
  /// A network's files, below the shared data; the first one's detections are what the others are held against.
  struct Network: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let files: [String]
  }

  private static let torch = "synth/torch/ssdlite320_mobilenet_v3_large"
  private static let tensorFlow = "synth/tf/savedmodel_tf1_ssdlite_mobilenet_v2_035_3cls/saved_models.tar.xz"
  private static let tensorFlow2 = "synth/tf/tf2_ssd_mobilenet_v2_320x320_coco17/saved_model.tar.xz"

  static let networks = [
    Network(
      testDescription: "torchvision's SSDLite: state dicts, safetensors, ONNX of both exporters, opset 9 to 21",
      files: ["ssdlite320_zip.pth", "ssdlite320_legacy.pth", "ssdlite320.safetensors", "full_ts_op17_dyn.onnx"]
        .map { "\(torch)/\($0).xz" } + [
          "\(torch)/heads_ts_op13.onnx.xz", "\(torch)/onnx_variants.tar.xz/full_ts_op11.onnx",
        ]
        + ONNXGoldenTests.heads.filter { $0 != "heads_ts_op13" }.map { "\(torch)/onnx_variants.tar.xz/\($0).onnx" }),
    Network(
      testDescription: "SSDLite MobileNetV2 0.35: frozen graph, SavedModels with variables and with constants",
      files: [
        "synth/tf/ssdlite_mobilenet_v2_035_3cls/frozen_inference_graph.pb.xz", "\(tensorFlow)/saved_model_variables",
        "\(tensorFlow)/saved_model_constants",
      ]),
    Network(
      testDescription: "SSD MobileNetV2 of TensorFlow 2: SavedModel, frozen graph",
      files: ["\(tensorFlow2)/saved_model", "\(tensorFlow2)/frozen_v2.pb"]),
    Network(
      testDescription: "SSDLite MobileNetV3 large: with and without post-processing",
      files: ["frozen_inference_graph", "raw_outputs_graph"].map {
        "synth/tf/ssdlite_mobilenet_v3_large_320x320_coco/\($0).pb.xz"
      }),
    Network(
      testDescription: "SSDLite MobileNetV2 in TensorFlow Lite: float32, float16",
      files: ["ssdlite_float32", "ssdlite_float16"].map { "synth/tflite/models/\($0).tflite.xz" }),
    Network(
      testDescription: "Caffe's MobileNet-SSD: batch norms merged and apart",
      files: ["merged", "unmerged"].map { "synth/caffe/mobilenet_ssd_voc/mobilenet_ssd_voc_\($0).caffemodel.xz" }),
  ]

  @Test(arguments: networks) func everyFileFindsTheSame(network: Network) throws {
    let picture = try JPEGPicture.decoded(TestData.shared("images/misc/zidane.jpg"))
    var first: [Detection] = []
    for (index, file) in network.files.enumerated() {
      let model = try ModelLoader.model(at: Self.place(of: file).path)
      let engine = try Engine(model.graph)
      let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
      var preparer = Preparer(model.input, layout: engine.inputLayout)
      try preparer.prepare(PictureHome(picture.pixels).frame(picture.width, picture.height), into: tensor)
      var detector = try Detector(
        model: model, engine: engine, settings: DetectorSettings(threshold: 0.047), threads: 2)
      let found = detector.detect(tensor, width: picture.width, height: picture.height)
      if index == 0 { first = found.filter { $0.score > 0.05 } }
      let golden = GoldenDetections(
        first.map { GoldenDetections.Item(rect: $0.rect, score: Double($0.score), classID: $0.classID) })
      let unmatched = golden.unmatched(found, above: 0.05)
      #expect(unmatched.isEmpty && !first.isEmpty, "\(file): \(unmatched)")
      print("\(file): \(found.count) detections")
    }
  }

  /// Returns where a file lies, unpacked; behind `.tar.xz` is the path in that archive.
  private static func place(of file: String) throws -> URL {
    if let end = file.range(of: ".tar.xz/") {
      let archive = String(file[..<end.upperBound].dropLast())
      return try TestData.untarred(TestData.shared(archive)).appending(path: String(file[end.upperBound...]))
    }
    return try TestData.unpacked(TestData.shared(file))
  }
}
