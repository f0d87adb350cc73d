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

/// Caffe's SSD families against OpenCV's dnn: raw heads from a given tensor and from a picture's pixels, and detections.
@Suite(.enabled(if: TestData.hasShared)) struct CaffeGoldenTests {
  static let sets = KernelSet.all.filter(\.isSupported).map(\.name)

  /// A network with its goldens.
  struct Family: Sendable, CustomTestStringConvertible {
    let folder: String
    let weights: String
    let text: String
    var testDescription: String { weights }
  }

  static let merged = Family(
    folder: "mobilenet_ssd_voc", weights: "mobilenet_ssd_voc_merged",
    text: "caffe_mobilenet_ssd_chuanqi305/voc/MobileNetSSD_deploy.prototxt")
  static let families = [
    merged,
    Family(
      folder: "mobilenet_ssd_voc", weights: "mobilenet_ssd_voc_unmerged",
      text: "caffe_mobilenet_ssd_chuanqi305/deploy.prototxt"),
    Family(
      folder: "mobilenetv2_ssdlite_voc", weights: "mobilenetv2_ssdlite_voc",
      text: "caffe_mobilenetv2_ssdlite_chuanqi305/ssdlite/voc/deploy.prototxt"),
    Family(
      folder: "mobilenetv2_ssdlite_coco", weights: "mobilenetv2_ssdlite_coco",
      text: "caffe_mobilenetv2_ssdlite_chuanqi305/ssdlite/coco/deploy.prototxt"),
  ]

  /// Returns the model of a family, out of both its files or of the weights `alone`.
  static func model(_ family: Family, alone: Bool = false) throws -> DetectionModel {
    let weights = try TestData.unpacked(
      TestData.shared("synth/caffe/\(family.folder)/\(family.weights).caffemodel.xz"))
    if alone { return try CaffeModel.model(from: CaffeRun.file(weights, nil)) }
    return try CaffeModel.model(from: CaffeRun.file(TestData.shared("models/\(family.text)"), weights))
  }

  private func golden(_ family: Family, _ name: String) throws -> GoldenArrays {
    let file = TestData.shared("synth/caffe/\(family.folder)/golden/heads_\(name).npz")
    return try GoldenArrays(npz: file, named: "caffe-\(family.folder)-\(name)")
  }

  /// Heads by every instruction set; the plain loops take a second a network, and run over one.
  @Test(arguments: families, sets) func headsAreTheReferences(family: Family, isa: String) throws {
    guard isa != "reference" || family.weights == Self.merged.weights else { return }
    let run = try CaffeRun(Self.model(family).graph, isa: isa)
    let golden = try golden(family, "formula")
    let found = run.outputs(run.formula())
    let (boxes, classes) = (
      excess(found[0], try golden.floats("mbox_loc")), excess(found[1], try golden.floats("mbox_conf"))
    )
    print("\(family.weights), \(isa): boxes \(boxes), logits \(classes) of what is allowed")
    #expect(boxes <= 1 && classes <= 1)
  }

  /// The weights' file has the network too.
  @Test func aModelWithoutTextIsTheSame() throws {
    let (alone, paired) = try (Self.model(Self.merged, alone: true), Self.model(Self.merged))
    #expect(alone.graph.nodes.count == paired.graph.nodes.count && alone.head.anchors == paired.head.anchors)
    #expect(alone.notes.contains { $0.contains(".prototxt") })
  }

  @Test(arguments: families) func priorBoxesAreTheReferences(family: Family) throws {
    let model = try Self.model(family)
    let golden = try golden(family, "formula").floats("mbox_priorbox")
    let found = model.head.anchors.flatMap { [$0.xMin, $0.yMin, $0.xMax, $0.yMax] }
    #expect(zip(found, golden).allSatisfy { abs($0 - $1) <= 2e-7 } && golden.count == 2 * found.count)
  }

  @Test(arguments: families) func detectionsAreTheReferences(family: Family) throws {
    let model = try Self.model(family)
    let run = try CaffeRun(model.graph)
    var detector = try Detector(model: model, engine: run.engine, threads: 2)
    let text = try Data(contentsOf: TestData.shared("synth/caffe/\(family.folder)/golden/detections.json"))
    let goldens = try JSONDecoder().decode([String: Picture].self, from: text)
    for (name, tensor) in [("formula", nil), ("vtest_t20", "golden/frames/vtest_t20.png")] as [(String, String?)] {
      guard let golden = goldens[name] else { continue }
      let input = try tensor.map { try picture($0, model, run.engine) } ?? run.formula()
      let found = detector.detect(input, width: 1, height: 1)
      let unmatched = GoldenDetections(golden.detections.map(\.item)).unmatched(found, above: 0)
      #expect(unmatched.isEmpty && found.count == golden.detections.count, "\(name): \(unmatched)")
      print("\(family.weights), \(name): \(found.count) detections")
    }
  }

  /// Heads from the pixels of a picture on, whose resize is OpenCV's to the bit.
  @Test func headsOfAPictureAreTheReferences() throws {
    let model = try Self.model(Self.merged)
    let run = try CaffeRun(model.graph)
    let golden = try golden(Self.merged, "vtest_t20")
    let tensor = try picture("golden/frames/vtest_t20.png", model, run.engine)
    let every10th = try golden.floats("input_every_10th")
    var same = 0
    for channel in 0..<3 {
      for row in 0..<30 {
        for column in 0..<30 {
          let value = tensor.address(row: 10 * row)[30 * column + channel]
          same += value == every10th[(channel * 30 + row) * 30 + column] ? 1 : 0
        }
      }
    }
    #expect(same == 2700)
    let found = run.outputs(tensor)
    #expect(excess(found[0], try golden.floats("mbox_loc")) <= 1)
    #expect(excess(found[1], try golden.floats("mbox_conf")) <= 1)
  }

  /// OpenCV's face detector with its real weights, given by its folder.
  @Test(arguments: sets.filter { $0 != "reference" }) func facesAreTheReferences(isa: String) throws {
    let model = try ModelLoader.model(at: TestData.shared("models/caffe_res10_ssd_face").path)
    let run = try CaffeRun(model.graph, isa: isa)
    var detector = try Detector(model: model, engine: run.engine, threads: 2)
    let text = try Data(contentsOf: TestData.shared("golden/cv2_caffe_res10.json"))
    let golden = try #require(
      try JSONDecoder().decode([String: [[Double]]].self, from: text)["golden/frames/vtest_t20.png"])
    let tensor = try picture("golden/frames/vtest_t20.png", model, run.engine)
    let found = detector.detect(tensor, width: 1, height: 1)
    let items = golden.map {
      GoldenDetections.Item(
        rect: PixelRect(left: $0[3], top: $0[4], right: $0[5], bottom: $0[6]), score: $0[2], classID: Int($0[1]))
    }
    let unmatched = GoldenDetections(items).unmatched(found, above: 0.1)
    #expect(unmatched.isEmpty, "\(unmatched)")
    print("res10, \(isa): \(found.count) found, \(golden.count) golden")
  }

  /// Returns a picture of the shared data as the network reads it.
  private func picture(_ path: String, _ model: DetectionModel, _ engine: Engine) throws -> InputTensor {
    let file = TestData.shared(path)
    let size = try pictureSize(ofPNG: file)
    let home = PictureHome(try rawPicture(of: file, "rgb24"))
    let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
    var preparer = Preparer(model.input, layout: engine.inputLayout)
    try preparer.prepare(home.frame(size.width, size.height), into: tensor)
    return tensor
  }

  /// The golden detections in a picture.
  struct Picture: Decodable { let detections: [CaffeDetection] }
}
