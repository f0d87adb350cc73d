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

/// Every family on the JPEG pictures that its reference was run on, from the same pixels to detections, one to one.
@Suite(.enabled(if: TestData.hasShared)) struct JPEGGoldenTests {
  /// The plain loops take a second a network and picture: the suites of the families run them.
  static let sets = KernelSet.all.filter { $0.isSupported && $0.name != "reference" }.map(\.name)

  /// The decoder of the tests gives libjpeg's pixels, by the hash of what TensorFlow was given.
  @Test(arguments: ["images/misc/bus.jpg", "images/misc/zidane.jpg", "images/coco_val2017_128/images/000000001000.jpg"])
  func pixelsAreLibjpegs(path: String) throws {
    let family = path.hasSuffix("1000.jpg") || path.hasSuffix("bus.jpg") ? "v3_large_320x320" : "v2"
    let text = try Data(contentsOf: TestData.shared("synth/tf/ssdlite_mobilenet_\(family)_coco/detections.json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let expected = try #require(try decoder.decode(Hashes.self, from: text).pictures[path]).pictureRgbSha256
    let pixels = try Data(JPEGPicture.decoded(TestData.shared(path)).pixels)
    #expect(try TestData.checksums(of: [pixels]) == [expected])
  }

  @Test(arguments: sets, CaffeGoldenTests.families)
  func caffesDetectionsAreOpenCVs(isa: String, family: CaffeGoldenTests.Family) throws {
    let run = try Run(try CaffeGoldenTests.model(family), isa: isa)
    let text = try Data(contentsOf: TestData.shared("synth/caffe/\(family.folder)/golden/detections.json"))
    let goldens = try JSONDecoder().decode([String: CaffeGoldenTests.Picture].self, from: text)
    for name in ["bus", "zidane"] {
      let golden = try #require(goldens[name]).detections
      let found = try run.detections("images/misc/\(name).jpg", isInPixels: false)
      let unmatched = GoldenDetections(golden.map(\.item)).unmatched(found, above: 0)
      #expect(unmatched.isEmpty && found.count == golden.count, "\(name): \(unmatched)")
      print("\(family.weights), \(isa), \(name): \(found.count) detections")
    }
  }

  @Test(arguments: sets) func facesAreOpenCVs(isa: String) throws {
    let run = try Run(try ModelLoader.model(at: TestData.shared("models/caffe_res10_ssd_face").path), isa: isa)
    let text = try Data(contentsOf: TestData.shared("golden/cv2_caffe_res10.json"))
    let goldens = try JSONDecoder().decode([String: [[Double]]].self, from: text)
    for path in ["images/misc/bus.jpg", "images/misc/zidane.jpg"] {
      let items = try #require(goldens[path]).map {
        GoldenDetections.Item(
          rect: PixelRect(left: $0[3], top: $0[4], right: $0[5], bottom: $0[6]), score: $0[2], classID: Int($0[1]))
      }
      let found = try run.detections(path, isInPixels: false)
      let unmatched = GoldenDetections(items).unmatched(found, above: 0.1)
      #expect(unmatched.isEmpty, "\(path): \(unmatched)")
      print("res10, \(isa), \(path): \(items.count) golden, \(found.count) found")
    }
  }

  /// torchvision's weights as a state dict, and in what both exporters made of them.
  static let torchvision = [
    "ssdlite320_zip.pth", "ssdlite320.safetensors", "heads_ts_op13.onnx", "heads_dynamo_op21.onnx",
    "full_ts_op17_dyn.onnx",
  ]

  @Test(arguments: sets, torchvision) func torchvisionsDetectionsAreItsOwn(isa: String, file: String) throws {
    let run = try Run(try Self.torchvisionModel(file), isa: isa, threshold: 0.017)
    for (name, path) in [
      ("bus", "images/misc/bus.jpg"), ("zidane", "images/misc/zidane.jpg"),
      ("000000000139", "images/coco_val2017_128/images/000000000139.jpg"),
    ] {
      let golden = GoldenDetections(try TorchGoldenTests.detections(of: name))
      let found = try run.detections(path, isInPixels: true)
      let least = try TorchGoldenTests.detections(of: name).map(\.score).min() ?? 0
      // Where the list is full, the last ones may be others that score as much.
      let unmatched = golden.unmatched(found, above: max(0.02, least))
      #expect(unmatched.isEmpty, "\(name): \(unmatched)")
      print("\(file), \(isa), \(name): \(found.count) detections")
    }
  }

  /// A network with the golden file of its heads, and what boxes and logits are called there.
  struct Heads: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let picture: String
    let golden: String
    let (boxes, classes): (String, String)
    let model: @Sendable () throws -> DetectionModel
  }

  /// The graph that tf2onnx made has no detections among its goldens.
  static let heads = [
    Heads(
      testDescription: "tf2onnx", picture: "bus", golden: "synth/torch/tf2onnx_ssdlite_v2/golden/heads_bus.npz",
      boxes: "concat_4bit", classes: "concat_1_4bit",
      model: {
        let archive = TestData.shared("synth/torch/tf2onnx_ssdlite_v2/tf2onnx_ssdlite_v2_4bit.onnx.xz")
        return try ModelLoader.model(at: TestData.unpacked(archive).path)
      }),
    Heads(
      testDescription: "torchvision", picture: "zidane", golden: "\(TorchGoldenTests.folder)/golden/heads_zidane.npz",
      boxes: "bbox_regression", classes: "cls_logits", model: { try torchvisionModel("ssdlite320_zip.pth") }),
    Heads(
      testDescription: "mobilenet-ssd", picture: "bus", golden: "synth/caffe/mobilenet_ssd_voc/golden/heads_bus.npz",
      boxes: "mbox_loc", classes: "mbox_conf", model: { try CaffeGoldenTests.model(CaffeGoldenTests.families[1]) }),
    Heads(
      testDescription: "MobileNetV2-SSDLite", picture: "bus",
      golden: "synth/caffe/mobilenetv2_ssdlite_voc/golden/heads_bus.npz", boxes: "mbox_loc", classes: "mbox_conf",
      model: {
        // The goldens' scale, which is a little less than the family's 1/127.5: that is 0.015 in a box.
        var model = try CaffeGoldenTests.model(CaffeGoldenTests.families[2])
        model.input.normalization = try CaffeGoldenTests.model(CaffeGoldenTests.merged).input.normalization
        return model
      }),
  ]

  @Test(arguments: sets, heads) func headsAreTheReferences(isa: String, heads: Heads) throws {
    let run = try Run(try heads.model(), isa: isa)
    let name = "jpeg-\(heads.testDescription)-\(heads.picture)"
    let golden = try GoldenArrays(npz: TestData.shared(heads.golden), named: name)
    let found = try run.heads("images/misc/\(heads.picture).jpg")
    let excesses = (
      boxes: excess(found.boxes, try golden.floats(heads.boxes)),
      classes: excess(found.classes, try golden.floats(heads.classes))
    )
    print("\(name), \(isa): boxes \(excesses.boxes), logits \(excesses.classes) of what is allowed")
    #expect(excesses.boxes <= 1 && excesses.classes <= 1)
  }

  /// Returns the model in one of torchvision's files.
  private static func torchvisionModel(_ name: String) throws -> DetectionModel {
    guard name.hasPrefix("heads_dynamo") else { return try TorchGoldenTests.model(name) }
    let folder = try TestData.untarred(TestData.shared("\(TorchGoldenTests.folder)/onnx_variants.tar.xz"))
    return try ModelLoader.model(at: folder.appending(path: name).path)
  }

  /// What the goldens say of their pictures.
  private struct Hashes: Decodable {
    struct Picture: Decodable { let pictureRgbSha256: String }
    let pictures: [String: Picture]
  }

  /// A model made ready.
  private struct Run {
    private let model: DetectionModel
    private let engine: Engine
    private let kernels: KernelSet
    private let threshold: Float?

    init(_ model: DetectionModel, isa: String, threshold: Float? = nil) throws {
      (self.model, self.threshold) = (model, threshold)
      kernels = try KernelSet.chosen(named: isa)
      engine = try Engine(model.graph, kernels: kernels)
    }

    /// Writes the picture at `path` of the shared data as the network reads it, and returns its size.
    private func prepare(_ path: String, _ tensor: borrowing InputTensor) throws -> (width: Int, height: Int) {
      let picture = try JPEGPicture.decoded(TestData.shared(path))
      var preparer = Preparer(model.input, layout: engine.inputLayout, kernels: kernels)
      try preparer.prepare(PictureHome(picture.pixels).frame(picture.width, picture.height), into: tensor)
      return (picture.width, picture.height)
    }

    func heads(_ path: String) throws -> (boxes: [Float], classes: [Float]) {
      let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
      _ = try prepare(path, tensor)
      var session = Session(engine, threads: 2)
      return session.run(tensor) { boxes, classes in (Array(copying: boxes), Array(copying: classes)) }
    }

    /// Returns what is found, in pixels or in fractions of the picture.
    func detections(_ path: String, isInPixels: Bool) throws -> [Detection] {
      let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
      let size = try prepare(path, tensor)
      var detector = try Detector(
        model: model, engine: engine, settings: DetectorSettings(threshold: threshold), threads: 2)
      return detector.detect(tensor, width: isInPixels ? size.width : 1, height: isInPixels ? size.height : 1)
    }
  }
}
