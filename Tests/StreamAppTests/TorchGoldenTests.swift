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

/// torchvision's SSDLite320 MobileNetV3 from its weights, from a picture's bytes to heads and detections, against
/// torchvision itself.
@Suite(.enabled(if: TestData.hasShared)) struct TorchGoldenTests {
  static let sets = KernelSet.all.filter(\.isSupported).map(\.name)
  static let folder = "synth/torch/ssdlite320_mobilenet_v3_large"
  static let files = ["ssdlite320_zip.pth", "ssdlite320_legacy.pth", "ssdlite320.safetensors"]

  @Test(arguments: sets) func headsAreTorchvisions(isa: String) throws {
    let model = try Self.model(Self.files[0])
    let kernels = try KernelSet.chosen(named: isa)
    let engine = try Engine(model.graph, kernels: kernels)
    // The formula's picture is far from natural: float32 and float64 alone differ by 0.004 there.
    for (name, most) in isa == "reference" ? [("vtest_t20", Float(2e-3))] : [("vtest_t20", 2e-3), ("formula", 0.02)] {
      let golden = try GoldenArrays(
        npz: TestData.shared("\(Self.folder)/golden/heads_\(name).npz"), named: "torch_heads_\(name)")
      let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
      if name == "formula" { Self.fillWithFormula(tensor) } else { try Self.prepare(model, engine, kernels, tensor) }
      var session = Session(engine, threads: 2)
      let found = session.run(tensor) { boxes, classes in (Array(copying: boxes), Array(copying: classes)) }
      let errors = (
        boxes: worst(found.0, try golden.floats("bbox_regression")),
        classes: worst(found.1, try golden.floats("cls_logits"))
      )
      print("\(isa), \(name): largest difference of boxes \(errors.boxes), of logits \(errors.classes)")
      #expect(errors.boxes <= most && errors.classes <= most)
    }
  }

  /// torchvision's own heads of a picture whose decoded bytes depend on the JPEG decoder, through our rules alone.
  @Test(arguments: [("zidane", 1280, 720), ("vtest_t20", 768, 576)])
  func detectionsOfTheGoldenHeadsAreTorchvisions(name: String, width: Int, height: Int) throws {
    let golden = try GoldenArrays(
      npz: TestData.shared("\(Self.folder)/golden/heads_\(name).npz"), named: "torch_heads_\(name)")
    var decoder = HeadDecoder(try Self.model(Self.files[0]).head)
    let (boxes, logits) = (try golden.floats("bbox_regression"), try golden.floats("cls_logits"))
    let found = decoder.detections(boxes: boxes.span, classes: logits.span, width: width, height: height)
    // All but the last, whose threshold is that of the best 300.
    let expected = try Self.detections(of: name)
    let unmatched = GoldenDetections(expected).unmatched(found, above: (expected.map(\.score).min() ?? 0))
    #expect(expected.count == 300 && unmatched.isEmpty, "\(unmatched)")
  }

  /// The same weights in files that bring their network; none where no importer reads them.
  static var others: [String] {
    ModelLoader.importers.contains { $0.formatName.hasPrefix("ONNX") }
      ? ["heads_ts_op13.onnx", "full_ts_op17_dyn.onnx"] : []
  }

  /// One picture, every file of the same weights: the same detections, and torchvision's.
  @Test(arguments: sets) func allFormatsFindWhatTorchvisionFinds(isa: String) throws {
    let expected = GoldenDetections(try Self.detections(of: "vtest_t20"))
    var first: [Detection]?
    for file in isa == "reference" ? Array(Self.files.prefix(1)) : Self.files + Self.others {
      let model = try Self.model(file)
      let kernels = try KernelSet.chosen(named: isa)
      let engine = try Engine(model.graph, kernels: kernels)
      let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
      try Self.prepare(model, engine, kernels, tensor)
      var detector = try Detector(
        model: model, engine: engine, settings: DetectorSettings(threshold: 0.05 - 0.003), threads: 2)
      let found = detector.detect(tensor, width: 768, height: 576)
      let unmatched = expected.unmatched(found, above: 0.05)
      #expect(unmatched.isEmpty, "\(file): \(unmatched)")
      #expect(found.filter { $0.score > 0.3 }.count == 46, "\(file)")
      // What folds batch norms itself computes in another order.
      if Self.files.contains(file) {
        #expect(first == nil || first == found, "\(file)")
        first = found
      }
      print("\(isa), \(file): \(found.count) detections")
    }
  }

  /// Returns the model of one of the files.
  static func model(_ name: String) throws -> DetectionModel {
    try ModelLoader.model(at: TestData.unpacked(TestData.shared("\(folder)/\(name).xz")).path)
  }

  /// Writes the picture that needs no JPEG decoder as the network reads it.
  private static func prepare(
    _ model: DetectionModel, _ engine: Engine, _ kernels: KernelSet, _ tensor: borrowing InputTensor
  ) throws {
    let home = PictureHome(try rawPicture(of: TestData.shared("golden/frames/vtest_t20.png"), "rgb24"))
    var preparer = Preparer(model.input, layout: engine.inputLayout, kernels: kernels)
    try preparer.prepare(home.frame(768, 576), into: tensor)
  }

  private static func fillWithFormula(_ tensor: borrowing InputTensor) {
    for row in 0..<320 {
      for index in 0..<960 {
        let (column, channel) = index.quotientAndRemainder(dividingBy: 3)
        tensor.address(row: row)[index] = (Float((31 * row + 17 * column + 7 * channel) % 256) - 127.5) / 127.5
      }
    }
  }

  /// Returns what torchvision finds in a picture.
  static func detections(of name: String) throws -> [GoldenDetections.Item] {
    let text = try Data(contentsOf: TestData.shared("\(folder)/golden/detections.json"))
    let picture = try #require(try JSONDecoder().decode([String: Picture].self, from: text)[name])
    return picture.boxes.indices.map { index in
      let box = picture.boxes[index]
      let rect = PixelRect(left: box[0], top: box[1], right: box[2], bottom: box[3])
      return GoldenDetections.Item(rect: rect, score: picture.scores[index], classID: picture.labels[index])
    }
  }

  /// The largest difference; infinite where the counts differ or a value is no number.
  private func worst(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count, found.allSatisfy(\.isFinite) else { return .infinity }
    return zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
  }
}

/// torchvision's detections in one picture: left, upper, right and lower edge in pixels.
private struct Picture: Decodable {
  let boxes: [[Double]]
  let scores: [Double]
  let labels: [Int]
}
