import Detecting
import Foundation
import Inference
import Kernels
import Model
import ModelImport
import Pixels
import Scene
import TestData
import Testing

/// Detections of every family of the Object Detection API, with made-up weights, against TensorFlow's.
@Suite(.enabled(if: TestData.hasShared)) struct SyntheticDetectionsTests {
  static let sets = KernelSet.all.filter(\.isSupported).map(\.name)

  /// Each family, with what TensorFlow made of its first picture, whose decoded bytes depend on the JPEG decoder.
  static let families = [
    ("ssd_mobilenet_v1_coco", "zidane_300_resize_then_normalise"),
    ("ssd_mobilenet_v2_coco", "zidane_300_resize_then_normalise"),
    ("ssdlite_mobilenet_v2_coco", "zidane_300_resize_then_normalise"),
    ("ssd_mobilenet_v1_050_3cls", "zidane_300_normalise_then_resize"),
    ("ssdlite_mobilenet_v2_035_3cls", "zidane_300_normalise_then_resize"),
    ("ssdlite_mobilenet_v3_large_320x320_coco", "bus_320_normalise_then_resize"),
    ("ssdlite_mobilenet_v3_small_320x320_coco", "bus_320_normalise_then_resize"),
  ]

  /// Which kernels run which of them.
  static let runs = GoldenHeadsTests.runs.flatMap { run in
    families.compactMap { $0.0 == run.family ? (isa: run.isa, example: (family: $0.0, input: $0.1)) : nil }
  }

  @Test(arguments: runs)
  func detectionsAreTheReferences(isa: String, example: (family: String, input: String)) throws {
    let folder = TestData.shared("synth/tf/\(example.family)")
    let model = try ModelLoader.model(
      at: TestData.unpacked(folder.appending(path: "frozen_inference_graph.pb.xz")).path)
    let text = try Data(contentsOf: folder.appending(path: "detections.json"))
    let golden = try JSONDecoder().decode(SyntheticFamily.self, from: text).pictures
    try check(model, golden, example.input, isa, name: example.family)
  }

  /// TensorFlow 2's form: functions, and variables in files of their own.
  @Test func detectionsOfASavedModelAreTheReferences() throws {
    let folder = TestData.shared("synth/tf/tf2_ssd_mobilenet_v2_320x320_coco17")
    let model = try ModelLoader.model(at: TestData.untarred(folder.appending(path: "saved_model.tar.xz")).path)
    let text = try Data(contentsOf: folder.appending(path: "detections.json"))
    let golden = try JSONDecoder().decode(SyntheticFamily.self, from: text).pictures
    try check(model, golden, "zidane_300_normalise_then_resize", nil, name: "TensorFlow 2")
  }

  /// MobileNetV3 in the form of the published archives: without post-processing, anchors as a constant.
  @Test(arguments: [
    "ssdlite_mobilenet_v3_large_320x320_coco", "ssdlite_mobilenet_v3_small_320x320_coco",
  ])
  func detectionsOfRawOutputsAreTheReferences(family: String) throws {
    let folder = TestData.shared("synth/tf/\(family)")
    let model = try ModelLoader.model(at: TestData.unpacked(folder.appending(path: "raw_outputs_graph.pb.xz")).path)
    let text = try Data(contentsOf: folder.appending(path: "detections.json"))
    let golden = try JSONDecoder().decode(SyntheticFamily.self, from: text).pictures
    try check(model, golden, "bus_320_normalise_then_resize", nil, name: "\(family), raw outputs")
  }

  /// Graphs that differ only in their post-processing.
  @Test(arguments: ["nms_combined", "nms_static_shapes", "nms_class_agnostic", "scores_softmax"])
  func detectionsOfEveryPostProcessingAreTheReferences(variant: String) throws {
    let folder = TestData.shared("synth/tf/postprocessing_variants_ssdlite_mobilenet_v2_035_3cls")
    let graphs = try TestData.untarred(folder.appending(path: "graphs.tar.xz"))
    let model = try ModelLoader.model(at: graphs.appending(path: variant).path)
    let text = try Data(contentsOf: folder.appending(path: "detections.json"))
    let golden = try JSONDecoder().decode(SyntheticVariants.self, from: text).variants[variant]
    try check(model, try #require(golden), "zidane_300_normalise_then_resize", nil, name: variant)
  }

  /// A resizer that keeps the aspect ratio is refused in words that say so.
  @Test func aResizerThatKeepsTheAspectRatioIsRefused() throws {
    let folder = TestData.shared("synth/tf/postprocessing_variants_ssdlite_mobilenet_v2_035_3cls")
    let graphs = try TestData.untarred(folder.appending(path: "graphs.tar.xz"))
    #expect {
      _ = try ModelLoader.model(at: graphs.appending(path: "resizer_keep_aspect").path)
    } throws: { error in
      (error as? ImportError)?.reason.contains("keeps the aspect ratio") == true
    }
  }

  /// Detects in the stored input, and in all pictures from their pixels on, and matches all with the golden ones.
  private func check(
    _ model: DetectionModel, _ golden: [String: SyntheticPicture], _ stored: String, _ isa: String?, name: String
  ) throws {
    let kernels = try KernelSet.chosen(named: isa)
    let engine = try Engine(model.graph, kernels: kernels)
    let pool = TensorPool(layout: engine.inputLayout, capacity: 1)
    // Low enough that a score which differs by what is allowed is not lost; the zoo's own threshold is 0.3.
    let bar = model.head.suppression.scoreThreshold > 0.1 ? 0.3 : 0.05
    var detector = try Detector(
      model: model, engine: engine, settings: DetectorSettings(threshold: Float(bar - 0.003)), threads: 2)
    var matched = 0
    for (path, picture) in golden {
      let tensor = pool.take()
      if path.hasPrefix("images/misc/\(stored.prefix { $0 != "_" }).") {
        let input = try GoldenArrays(npz: TestData.shared("synth/tf/inputs/\(stored).npz")).floats("x")
        let width = 3 * model.input.width
        for row in 0..<model.input.height {
          for index in 0..<width { tensor.address(row: row)[index] = input[row * width + index] }
        }
        expect(detector.detect(tensor, width: 1, height: 1), picture, "\(path), stored")
      }
      let (width, height, pixels) = try pixels(of: TestData.shared(path))
      var preparer = Preparer(model.input, layout: engine.inputLayout, kernels: kernels)
      try preparer.prepare(PictureHome(pixels).frame(width, height), into: tensor)
      expect(detector.detect(tensor, width: 1, height: 1), picture, path)
      matched += picture.detections.count
    }
    func expect(_ found: [Detection], _ picture: SyntheticPicture, _ name: String) {
      let unmatched = picture.unmatched(found, above: bar)
      #expect(unmatched.isEmpty, "\(name): \(unmatched)")
    }
    #expect(matched > 0)
    print("\(name), \(isa ?? kernels.name): \(matched) detections")
  }

  /// Returns the pixels of a picture as TensorFlow had them.
  private func pixels(of file: URL) throws -> (width: Int, height: Int, pixels: [UInt8]) {
    if file.pathExtension == "jpg" {
      let picture = try JPEGPicture.decoded(file)
      return (picture.width, picture.height, picture.pixels)
    }
    let size = try pictureSize(ofPNG: file)
    return (size.width, size.height, try rawPicture(of: file, "rgb24"))
  }
}

/// The golden file of a family.
private struct SyntheticFamily: Decodable {
  let pictures: [String: SyntheticPicture]
}

/// The golden file of the post-processing variants.
private struct SyntheticVariants: Decodable {
  let variants: [String: [String: SyntheticPicture]]
}

/// TensorFlow's detections in one picture.
private struct SyntheticPicture: Decodable {
  let detections: [SyntheticDetection]

  /// Pairs golden and found detections as `GoldenDetections` does, and returns those of either side without a partner.
  ///
  /// Where the list is full, the last ones may be others that score as much.
  func unmatched(_ found: [Detection], above bar: Double) -> [String] {
    let golden = GoldenDetections(
      detections.map {
        let box = $0.box
        let rect = PixelRect(left: box[1], top: box[0], right: box[3], bottom: box[2])
        return GoldenDetections.Item(rect: rect, score: $0.score, classID: $0.classID)
      })
    let last = detections.map(\.score).min() ?? bar
    return golden.unmatched(found, above: detections.count < 100 ? bar : max(bar, last))
  }
}

/// One of TensorFlow's detections.
private struct SyntheticDetection: Decodable {
  /// yMin, xMin, yMax, xMax in fractions of the picture.
  let box: [Double]
  let score: Double
  let classID: Int

  private enum CodingKeys: String, CodingKey {
    case box = "box_ymin_xmin_ymax_xmax"
    case score
    case classID = "class"
  }
}
