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

  /// Matches the detections of all golden pictures that need no JPEG decoder, of which there are `count`, one to one.
  private func check(_ name: String, isa: String, count: Int) throws {
    let text = try Data(contentsOf: TestData.shared("golden/\(name)_detections.json"))
    let pictures = try JSONDecoder().decode([String: GoldenPicture].self, from: text).filter {
      $0.key.hasSuffix(".png")
    }
    let model = try ModelLoader.model(at: TestData.shared("models/\(name)").path)
    let kernels = try KernelSet.chosen(named: isa)
    let engine = try Engine(model.graph, kernels: kernels)
    let pool = TensorPool(layout: engine.inputLayout, capacity: 1)
    var preparer = Preparer(model.input, layout: engine.inputLayout, kernels: kernels)
    // Below the bar of 0.3, so that a score that differs by what is allowed is not lost.
    var detector = try Detector(
      model: model, engine: engine, settings: DetectorSettings(threshold: 0.297), threads: 2)
    var expected = 0
    for (path, golden) in pictures.sorted(by: { $0.key < $1.key }) {
      let (width, height) = (golden.size[0], golden.size[1])
      let tensor = pool.take()
      let home = PictureHome(try rawPicture(of: TestData.shared(path), "rgb24"))
      try preparer.prepare(home.frame(width, height), into: tensor)
      let found = detector.detect(tensor, width: width, height: height)
      let missing = golden.unmatched(found)
      #expect(missing.isEmpty, "\(path): \(missing)")
      expected += golden.dets.count { $0[4] > 0.3 }
    }
    #expect(expected == count)
    print("\(name), \(isa): \(expected) detections in \(pictures.count) pictures")
  }
}

/// A picture of packed red, green and blue bytes.
private final class PictureHome: FrameHome, @unchecked Sendable {
  private let bytes: UnsafeMutableBufferPointer<UInt8>

  init(_ bytes: [UInt8]) {
    self.bytes = .allocate(capacity: bytes.count)
    _ = self.bytes.initialize(fromContentsOf: bytes)
  }

  deinit { bytes.deallocate() }

  func takeBack(_ index: Int) {}

  func frame(_ width: Int, _ height: Int) -> Frame {
    precondition(bytes.count == 3 * width * height)
    return Frame(
      width: width, height: height, format: .rgb24, stamp: FrameStamp(number: 0, time: FrameTime(sinceFirst: .zero)),
      planes: (Plane(start: bytes.baseAddress!, stride: 3 * width), nil, nil), home: self)
  }
}

/// One picture of a golden file; a detection is yMin, xMin, yMax, xMax (in fractions), score, class.
private struct GoldenPicture: Decodable {
  let size: [Int]
  let dets: [[Double]]

  /// Pairs each golden detection with a found one of the same class, an overlap of 0.99 and a score within 0.003, best
  /// overlap first, and returns those on either side that have no partner; scores within 0.003 of the bar of 0.3 may.
  func unmatched(_ found: [Detection]) -> [String] {
    let (width, height) = (Double(size[0]), Double(size[1]))
    let expected = dets.filter { $0[4] > 0.3 }
    let rects = expected.map {
      PixelRect(left: $0[1] * width, top: $0[0] * height, right: $0[3] * width, bottom: $0[2] * height)
    }
    var pairs: [(overlap: Double, expected: Int, found: Int)] = []
    for (index, golden) in expected.enumerated() {
      for (other, mine) in found.enumerated()
      where mine.classID == Int(golden[5]) && abs(Double(mine.score) - golden[4]) <= 0.003 {
        let overlap = mine.rect.intersectionOverUnion(with: rects[index])
        if overlap >= 0.99 { pairs.append((overlap, index, other)) }
      }
    }
    var (missing, extra) = (Set(expected.indices), Set(found.indices))
    for pair in pairs.sorted(by: { $0.overlap > $1.overlap })
    where missing.contains(pair.expected) && extra.contains(pair.found) {
      missing.remove(pair.expected)
      extra.remove(pair.found)
    }
    return missing.filter { expected[$0][4] > 0.303 }.map { "missing \(expected[$0])" }
      + extra.filter { found[$0].score > 0.303 }.map { "extra \(found[$0])" }
  }
}
