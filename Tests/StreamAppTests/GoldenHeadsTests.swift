import Foundation
import Inference
import Kernels
import Model
import ModelImport
import TestData
import Testing

/// Raw heads against those of the reference runtime, on every instruction set.
@Suite struct GoldenHeadsTests {
  static let sets = KernelSet.all.filter(\.isSupported).map(\.name)
  static let pictures = ["pbc_t10", "pedsurv_t3"]
  /// Graphs with the topologies of the model zoo and of the API's exporter, and with made-up weights.
  static let families = [
    "ssd_mobilenet_v1_coco", "ssd_mobilenet_v2_coco", "ssdlite_mobilenet_v2_coco", "ssd_mobilenet_v1_050_3cls",
    "ssdlite_mobilenet_v2_035_3cls", "ssdlite_mobilenet_v3_large_320x320_coco",
    "ssdlite_mobilenet_v3_small_320x320_coco",
  ]

  @Test(.enabled(if: TestData.hasShared), arguments: sets, pictures)
  func headsAreTheReferences(isa: String, picture: String) throws {
    let golden = try GoldenArrays(npz: TestData.shared("golden/tf_pedestrian/raw_\(picture).png.npz"))
    let found = try heads(of: TestData.model, input: try golden.floats("Preprocessor__sub"), isa: isa)
    let (boxError, classError) = (
      worst(found.boxes, try golden.floats("concat")), worst(found.classes, try golden.floats("concat_1"))
    )
    print("\(isa), \(picture): largest difference of boxes \(boxError), of classes \(classError)")
    #expect(boxError <= 2e-3 && classError <= 2e-3)
  }

  /// The small ones, which the plain loops run too: the slow reference that each kernel is held against by itself.
  static let small = [
    "ssd_mobilenet_v1_050_3cls", "ssdlite_mobilenet_v2_035_3cls", "ssdlite_mobilenet_v3_small_320x320_coco",
  ]

  /// Which kernels run which network.
  static let runs = sets.flatMap { isa in
    families.compactMap { isa != "reference" || small.contains($0) ? (isa: isa, family: $0) : nil }
  }

  /// TensorFlow differs from itself by up to 3.6e-5 here when it computes in another order, so 2e-4 is fair.
  @Test(.enabled(if: TestData.hasShared), arguments: runs)
  func headsOfTheZoosTopologiesAreTheReferences(isa: String, family: String) throws {
    let folder = TestData.shared("synth/tf/\(family)")
    let model = try TestData.unpacked(folder.appending(path: "frozen_inference_graph.pb.xz"))
    try checkFormula(model, family, size: family.contains("320x320") ? 320 : 300, isa)
  }

  /// SavedModels of TensorFlow 1 and 2, and the second as a frozen graph, whose loops and calls TensorFlow put in place.
  @Test(
    .enabled(if: TestData.hasShared),
    arguments: [
      "tf1/saved_models/saved_model_variables", "tf1/saved_models/saved_model_constants", "tf2/saved_model",
      "tf2/saved_model/frozen_v2.pb",
    ])
  func headsOfSavedModelsAreTheReferences(path: String) throws {
    let parts = path.split(separator: "/")
    let folder =
      parts[0] == "tf1" ? "savedmodel_tf1_ssdlite_mobilenet_v2_035_3cls" : "tf2_ssd_mobilenet_v2_320x320_coco17"
    let archive = TestData.shared("synth/tf/\(folder)/\(parts[1]).tar.xz")
    let model = try TestData.untarred(archive).appending(path: parts.dropFirst(2).joined(separator: "/"))
    try checkFormula(model, parts[0] == "tf1" ? "ssdlite_mobilenet_v2_035_3cls" : folder, size: 300)
  }

  /// Runs the model at `model` on the formula's picture, and expects the heads of `family`.
  private func checkFormula(_ model: URL, _ family: String, size: Int, _ isa: String? = nil) throws {
    let file = TestData.shared("synth/tf/\(family)/heads_formula.npz")
    let golden = try GoldenArrays(npz: file, named: "\(family)_heads_formula")
    var input: [Float] = []
    for row in 0..<size {
      for column in 0..<size {
        for channel in 0..<3 {
          let byte = (31 * row + 17 * column + 7 * channel) % 256
          input.append(Float(Double(byte) * 2.0 / 255.0 - 1.0))
        }
      }
    }
    let found = try heads(of: model, input: input, isa: isa)
    let (boxError, classError) = (
      worst(found.boxes, try golden.floats("box_encodings")), worst(found.classes, try golden.floats("class_logits"))
    )
    print("\(isa ?? "chosen kernels"), \(family): largest difference of boxes \(boxError), of classes \(classError)")
    #expect(boxError <= 2e-4 && classError <= 2e-4)
  }

  /// Runs the model at `file` on a pre-processed picture.
  private func heads(of file: URL, input: [Float], isa: String?) throws -> (boxes: [Float], classes: [Float]) {
    let model = try ModelLoader.model(at: file.path)
    let engine = try Engine(model.graph, kernels: try KernelSet.chosen(named: isa))
    let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
    let width = 3 * model.input.width
    for row in 0..<model.input.height {
      for index in 0..<width { tensor.address(row: row)[index] = input[row * width + index] }
    }
    var session = Session(engine, threads: 2)
    return session.run(tensor) { boxes, classes in (Array(copying: boxes), Array(copying: classes)) }
  }

  /// The largest difference; infinite where the counts differ or a value is no number.
  private func worst(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count, found.allSatisfy(\.isFinite) else { return .infinity }
    return zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
  }
}

extension Array where Element == Float {
  /// A copy of what a span lends.
  init(copying span: Span<Float>) {
    self = span.indices.map { span[$0] }
  }
}
