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

/// Whole models of the COCO zoo's kind, from picture to detections, against those of their reference runtime.
@Suite(.enabled(if: TestData.hasShared)) struct GoldenDetectionsTests {
  /// The sets whose sums are made of fused products, as the reference's were.
  ///
  /// Where activations are rounded to 256 values the order and rounding of each sum decides: TensorFlow itself, with
  /// products and sums rounded apart (`TF_ENABLE_ONEDNN_OPTS=0`), gives 46 of 55 other rows on the first picture.
  #if arch(arm64)
    static let fusing = ["baseline"]
  #else
    static let fusing = KernelSet.all.filter(\.isSupported).map(\.name).filter { $0.hasPrefix("avx") }
  #endif
  static let fast = KernelSet.all.filter(\.isSupported).map(\.name).filter { $0 != "reference" }

  @Test(arguments: fusing) func quantisationAwareDetectionsAreTheReferences(isa: String) throws {
    try check("tf_ssd_mobilenet_v1_0.75_coco", isa: isa, count: 678)
  }

  @Test(arguments: fast) func detectionsOfTheZoosTopologyAreTheReferences(isa: String) throws {
    try check("tf_ssdlite_mobilenet_v2_coco_topology", isa: isa, count: 43)
  }

  /// Products of halves move scores by 0.02 at most, and no detection comes or goes.
  @Test(arguments: fast) func detectionsByHalvesAreTheReferences(isa: String) throws {
    try check("tf_ssdlite_mobilenet_v2_coco_topology", isa: isa, precision: .bfloat16, count: 43)
  }

  /// Matches the detections of all golden pictures that need no JPEG decoder, of which there are `count`, one to one.
  private func check(_ name: String, isa: String, precision: Precision = .float32, count: Int) throws {
    let text = try Data(contentsOf: TestData.shared("golden/\(name)_detections.json"))
    let pictures = try JSONDecoder().decode([String: GoldenPicture].self, from: text).filter {
      $0.key.hasSuffix(".png")
    }
    let model = try ModelLoader.model(at: TestData.shared("models/\(name)").path)
    let kernels = try KernelSet.chosen(named: isa)
    let engine = try Engine(model.graph, kernels: kernels, precision: precision)
    let pool = TensorPool(layout: engine.inputLayout, capacity: 1)
    var preparer = Preparer(model.input, layout: engine.inputLayout, kernels: kernels)
    let (margin, overlap) = precision == .float32 ? (0.003, 0.99) : (0.02, 0.9)
    // Below the bar of 0.3, so that a score that differs by what is allowed is not lost.
    var detector = try Detector(
      model: model, engine: engine, settings: DetectorSettings(threshold: Float(0.3 - margin)), threads: 2)
    var expected = 0
    for (path, golden) in pictures.sorted(by: { $0.key < $1.key }) {
      let (width, height) = (golden.size[0], golden.size[1])
      let tensor = pool.take()
      let home = PictureHome(try rawPicture(of: TestData.shared(path), "rgb24"))
      try preparer.prepare(home.frame(width, height), into: tensor)
      let found = detector.detect(tensor, width: width, height: height)
      let missing = golden.unmatched(found, within: margin, overlapping: overlap)
      #expect(missing.isEmpty, "\(path): \(missing)")
      expected += golden.dets.count { $0[4] > 0.3 }
    }
    #expect(expected == count)
    print("\(name), \(isa), \(precision.rawValue): \(expected) detections in \(pictures.count) pictures")
  }
}

/// One picture of a golden file; a detection is yMin, xMin, yMax, xMax (in fractions), score, class.
private struct GoldenPicture: Decodable {
  let size: [Int]
  let dets: [[Double]]

  /// Returns the detections on either side that have no partner.
  func unmatched(_ found: [Detection], within margin: Double, overlapping overlap: Double) -> [String] {
    let (width, height) = (Double(size[0]), Double(size[1]))
    let golden = GoldenDetections(
      dets.map {
        let rect = PixelRect(left: $0[1] * width, top: $0[0] * height, right: $0[3] * width, bottom: $0[2] * height)
        return GoldenDetections.Item(rect: rect, score: $0[4], classID: Int($0[5]))
      })
    return golden.unmatched(found, above: 0.3, within: margin, overlapping: overlap)
  }
}
