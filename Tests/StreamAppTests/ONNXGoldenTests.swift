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

/// ONNX models of torchvision and of tf2onnx, from a picture's pixels to heads and detections, against ONNX Runtime's
/// and torchvision's.
@Suite(.enabled(if: TestData.hasShared)) struct ONNXGoldenTests {
  static let sets = KernelSet.all.filter(\.isSupported).map(\.name)
  private static let folder = "synth/torch/ssdlite320_mobilenet_v3_large"

  /// The files of torchvision's SSDLite that hold the heads alone.
  static let heads = [
    "heads_ts_op9", "heads_ts_op11", "heads_ts_op13", "heads_ts_op13_nofold", "heads_ts_op17", "heads_ts_op17_dyn",
    "heads_ts_op20", "heads_dynamo_op18", "heads_dynamo_op18_ext", "heads_dynamo_op21",
  ]

  @Test(arguments: sets) func headsAreTheReferences(isa: String) throws {
    let run = try Run(Self.path("heads_ts_op13"), isa: isa)
    let golden = try Self.golden("heads_vtest_t20")
    try check(try run.heads("golden/frames/vtest_t20.png"), golden, 2e-3, "\(isa), heads_ts_op13")
  }

  @Test(arguments: heads + ["full_ts_op17_dyn", "full_ts_op11"]) func everyExportersHeadsAreTheReferences(file: String)
    throws
  {
    let run = try Run(Self.path(file), isa: nil)
    try check(
      try run.heads("golden/frames/vtest_t20.png"), try Self.golden("heads_vtest_t20"), 2e-3, "\(file), a picture")
    // Far from a natural picture: float32 alone differs by 0.004 there.
    try check(run.headsOfFormula(), try Self.golden("heads_formula"), 0.02, "\(file), the formula")
  }

  /// Weights of 16 bits are other weights: a logit differs by up to 0.8 in the reference too.
  @Test func headsOfHalfWeightsAreNearTheReferences() throws {
    let run = try Run(Self.path("heads_ts_op17_fp16"), isa: nil)
    let golden = try Self.golden("heads_vtest_t20")
    let found = try run.heads("golden/frames/vtest_t20.png")
    let mean = zip(found.classes, golden.classes).map { abs($0 - $1) }.reduce(0, +) / Float(found.classes.count)
    #expect(mean <= 0.02 && worst(found.classes, golden.classes) <= 1)
    #expect(run.model.notes.contains { $0.contains("16 bits") })
  }

  @Test(arguments: sets) func headsOfTensorFlowsGraphAreTheReferences(isa: String) throws {
    let archive = TestData.shared("synth/torch/tf2onnx_ssdlite_v2/tf2onnx_ssdlite_v2_4bit.onnx.xz")
    let run = try Run(try TestData.unpacked(archive).path, isa: isa)
    let file = TestData.shared("synth/torch/tf2onnx_ssdlite_v2/golden/heads_vtest_t20.npz")
    let golden = try GoldenArrays(npz: file, named: "tf2onnx_heads_vtest_t20")
    let expected = (boxes: try golden.floats("concat_4bit"), classes: try golden.floats("concat_1_4bit"))
    try check(try run.heads("golden/frames/vtest_t20.png"), expected, 2e-3, "\(isa), tf2onnx")
  }

  /// From the pixels of the picture that needs no JPEG decoder: made-up weights turn a last bit of a pixel into another
  /// detection.
  @Test(arguments: sets.filter { $0 != "reference" }, ["full_ts_op17_dyn", "heads_ts_op13"])
  func detectionsAreTorchvisions(isa: String, file: String) throws {
    let run = try Run(Self.path(file), isa: isa)
    let picture = try Self.picture("vtest_t20")
    let found = try run.detections(picture.input, width: picture.size[0], height: picture.size[1])
    #expect(picture.detections.unmatched(found, above: 0.3) == [])
    #expect(found.count { $0.score > 0.3 } == 46)
  }

  /// From the library's own heads, down to scores below which its suppression by shifted boxes rounds.
  @Test(arguments: ["vtest_t20", "zidane"]) func detectionsOfTheReferencesHeadsAreTorchvisions(name: String) throws {
    let head = try ModelLoader.model(at: Self.path("full_ts_op17_dyn")).head
    let (golden, picture) = (try Self.golden("heads_\(name)"), try Self.picture(name))
    var decoder = HeadDecoder(head, settings: DetectorSettings(threshold: 0.017))
    let found = decoder.detections(
      boxes: golden.boxes.span, classes: golden.classes.span, width: picture.size[0], height: picture.size[1])
    #expect(picture.detections.unmatched(found, above: 0.02) == [])
    print("\(name): \(picture.scores.count { $0 > 0.02 }) detections")
  }

  /// Whatever the file, the rules are those of the library.
  @Test(arguments: ["full_ts_op17_dyn", "full_ts_op11", "heads_ts_op13"]) func rulesAreTheLibrarys(file: String) throws
  {
    let model = try ModelLoader.model(at: Self.path(file))
    #expect(model.input == .torchvision(width: 320, height: 320))
    #expect(model.head.suppression == .torchvision && model.head.coder == .torchvision)
    #expect(model.head.centeredAnchors?.count == 3234 && model.head.columns == 91 && model.labels.names[1] == "person")
    let anchors = try GoldenArrays(
      npz: TestData.shared("\(Self.folder)/golden/anchors_320.npz"), named: "torch_anchors_320"
    ).floats("anchors")
    let found = model.head.anchors.flatMap { [$0.xMin, $0.yMin, $0.xMax, $0.yMax].map { 320 * $0 } }
    #expect(zip(found, anchors).allSatisfy { abs($0 - $1) <= 1e-4 })
    #expect(model.notes.isEmpty && model.assumptions.isEmpty == file.hasPrefix("full"))
  }

  /// The counts of the library's own model; where batch norms are folded each leaves one number a channel.
  @Test func theNetworkHasItsPublishedSize() throws {
    let whole = GraphStatistics(try ModelLoader.model(at: Self.path("heads_ts_op13_nofold")).graph).total
    #expect(whole == .init(parameters: 3_440_060, multiplyAdds: 583_171_904))
    let folded = GraphStatistics(try ModelLoader.model(at: Self.path("heads_ts_op17")).graph).total
    #expect(folded.parameters < whole.parameters && folded.multiplyAdds == whole.multiplyAdds)
  }

  /// Returns the path of a file of torchvision's SSDLite.
  private static func path(_ file: String) throws -> String {
    if ["heads_ts_op13", "full_ts_op17_dyn"].contains(file) {
      return try TestData.unpacked(TestData.shared("\(folder)/\(file).onnx.xz")).path
    }
    return try TestData.untarred(TestData.shared("\(folder)/onnx_variants.tar.xz")).appending(path: "\(file).onnx").path
  }

  private static func picture(_ name: String) throws -> GoldenPicture {
    let text = try Data(contentsOf: TestData.shared("\(folder)/golden/detections.json"))
    let pictures = try JSONDecoder().decode([String: GoldenPicture].self, from: text)
    return try #require(pictures[name])
  }

  private static func golden(_ name: String) throws -> (boxes: [Float], classes: [Float]) {
    let arrays = try GoldenArrays(npz: TestData.shared("\(folder)/golden/\(name).npz"), named: "torch_\(name)")
    return (try arrays.floats("bbox_regression"), try arrays.floats("cls_logits"))
  }

  /// Expects each number within `tolerance`, or a thousandth of itself.
  private func check(
    _ found: (boxes: [Float], classes: [Float]), _ golden: (boxes: [Float], classes: [Float]), _ tolerance: Float,
    _ name: String
  ) throws {
    func excess(_ found: [Float], _ expected: [Float]) -> Float {
      guard found.count == expected.count, found.allSatisfy(\.isFinite) else { return .infinity }
      return zip(found, expected).map { abs($0 - $1) - max(tolerance, 1e-3 * abs($1)) }.max() ?? .infinity
    }
    print(
      "\(name): largest difference of boxes \(worst(found.boxes, golden.boxes)), of logits "
        + "\(worst(found.classes, golden.classes))")
    #expect(excess(found.boxes, golden.boxes) <= 0 && excess(found.classes, golden.classes) <= 0, "\(name)")
  }

  /// The largest difference; infinite where the counts differ or a value is no number.
  private func worst(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count, found.allSatisfy(\.isFinite) else { return .infinity }
    return zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
  }

  /// A golden picture with torchvision's detections.
  private struct GoldenPicture: Decodable {
    let input: String
    let size: [Int]
    let boxes: [[Double]]
    let scores: [Double]
    let labels: [Int]

    var detections: GoldenDetections {
      GoldenDetections(
        scores.indices.map { index in
          let box = boxes[index]
          return GoldenDetections.Item(
            rect: PixelRect(left: box[0], top: box[1], right: box[2], bottom: box[3]), score: scores[index],
            classID: labels[index])
        })
    }
  }

  /// A model made ready.
  private struct Run {
    let model: DetectionModel
    private let engine: Engine
    private let kernels: KernelSet

    init(_ path: String, isa: String?) throws {
      model = try ModelLoader.model(at: path)
      kernels = try KernelSet.chosen(named: isa)
      engine = try Engine(model.graph, kernels: kernels)
    }

    /// Writes the picture at `path` of the shared data as the network reads it.
    private func prepare(_ path: String, into tensor: borrowing InputTensor, width: Int, height: Int) throws {
      let home = PictureHome(try rawPicture(of: TestData.shared(path), "rgb24"))
      var preparer = Preparer(model.input, layout: engine.inputLayout, kernels: kernels)
      try preparer.prepare(home.frame(width, height), into: tensor)
    }

    func heads(_ path: String) throws -> (boxes: [Float], classes: [Float]) {
      let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
      let size = try pictureSize(ofPNG: TestData.shared(path))
      try prepare(path, into: tensor, width: size.width, height: size.height)
      var session = Session(engine, threads: 2)
      return session.run(tensor) { boxes, classes in (Array(copying: boxes), Array(copying: classes)) }
    }

    /// The heads of the goldens' own pattern.
    func headsOfFormula() -> (boxes: [Float], classes: [Float]) {
      let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
      for y in 0..<model.input.height {
        let row = tensor.address(row: y)
        for x in 0..<model.input.width {
          for channel in 0..<3 {
            row[3 * x + channel] = (Float((y * 31 + x * 17 + channel * 7) % 256) - 127.5) / 127.5
          }
        }
      }
      var session = Session(engine, threads: 2)
      return session.run(tensor) { boxes, classes in (Array(copying: boxes), Array(copying: classes)) }
    }

    func detections(_ path: String, width: Int, height: Int) throws -> [Detection] {
      let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
      try prepare(path, into: tensor, width: width, height: height)
      var detector = try Detector(
        model: model, engine: engine, settings: DetectorSettings(threshold: 0.297), threads: 2)
      return detector.detect(tensor, width: width, height: height)
    }
  }
}
