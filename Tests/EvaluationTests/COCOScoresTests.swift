import Evaluation
import Foundation
import TestData
import Testing

/// Average precision against pycocotools, and VOC's against a plain reading of its rules.
@Suite struct COCOScoresTests {
  static let cases = ["plain", "crowds", "ties", "many", "borders", "empty", "odd", "blind"]

  @Test(arguments: cases) func figuresAreThoseOfTheReference(name: String) throws {
    let expected = try #require(try Cases.Precision.all()[name])
    let (found, truth) = try detections(name)
    let scores = COCOScores(found, truth: truth)
    #expect(scores.figures.count == 12 && expected.figures.count == 12)
    for (figure, value) in zip(scores.figures, expected.figures) {
      #expect(abs(figure.value - value) < 1e-9, "\(figure.name): \(figure.value), not \(value)")
    }
    for score in scores.classes {
      let value = try #require(expected.classes[String(score.category.id)])[0]
      #expect(abs(score.ap - value) < 1e-9, "\(score.category.name): \(score.ap), not \(value)")
    }
  }

  @Test(arguments: cases) func pascalsFiguresAreThoseOfItsRules(name: String) throws {
    let expected = try #require(try Cases.Precision.all()[name])
    let (found, truth) = try detections(name)
    for score in VOCScores(found, truth: truth).classes {
      let values = try #require(expected.classes[String(score.category.id)])
      #expect(abs(score.elevenPoints - values[1]) < 1e-9, "\(score.category.name): \(score.elevenPoints)")
      #expect(abs(score.area - values[2]) < 1e-9, "\(score.category.name): \(score.area)")
    }
  }

  @Test func everyCaseIsTried() throws { #expect(Set(try Cases.Precision.all().keys) == Set(Self.cases)) }

  @Test func withoutDetectionsAllIsZeroAndWithoutObjectsNothingIsSaid() throws {
    let (_, truth) = try detections("plain")
    #expect(COCOScores([], truth: truth).figures.allSatisfy { $0.value == 0 })
    #expect(VOCScores([], truth: truth).elevenPoints == 0)
    let nothing = truth.limited(to: [])
    #expect(COCOScores([], truth: nothing).figures.allSatisfy { $0.value == -1 })
    #expect(VOCScores([], truth: nothing).area == -1)
  }

  @Test func detectionsOfPicturesThatAreNotScoredDoNotCount() throws {
    let (found, truth) = try detections("plain")
    let half = truth.limited(to: Set(truth.pictures.prefix(6).map(\.id)))
    let kept = found.filter { detection in half.pictures.contains { $0.id == detection.picture } }
    #expect(kept.count < found.count)
    #expect(COCOScores(found, truth: half).figures.map(\.value) == COCOScores(kept, truth: half).figures.map(\.value))
    #expect(VOCScores(found, truth: half).area == VOCScores(kept, truth: half).area)
  }

  /// The figures that pycocotools 2.0.11 gives for what the reference runtimes found in 128 pictures of COCO.
  @Test(
    .enabled(if: TestData.hasShared),
    arguments: [
      (
        "tflite_coco_v1_quant",
        [
          0.218088, 0.346148, 0.238356, 0.025084, 0.087299, 0.404919, 0.1931, 0.2599, 0.2599, 0.03207, 0.102209,
          0.462328,
        ], 0.356026, 0.343669
      ),
      (
        "tf_ssd_mobilenet_v1_0.75_coco",
        [
          0.253917, 0.397355, 0.260633, 0.029538, 0.129086, 0.45168, 0.234662, 0.328918, 0.332243, 0.043965, 0.174981,
          0.547842,
        ], 0.405098, 0.395845
      ),
    ])
  func theReferenceRuntimesScoreAsPublished(
    name: String, figures: [Double], elevenPoints: Double, area: Double
  ) throws {
    let truth = try COCOTruth(
      parsing: [UInt8](Data(contentsOf: TestData.shared("images/coco_val2017_128/instances.json"))), file: "instances")
    let bytes = [UInt8](try Data(contentsOf: TestData.shared("golden/\(name)_val128_coco.json")))
    let (found, strays) = try COCOResults.detections(parsing: bytes, file: name, of: truth)
    #expect(strays == 0 && truth.notes.isEmpty && truth.pictures.count == 128)
    for (figure, value) in zip(COCOScores(found, truth: truth).figures, figures) {
      #expect(abs(figure.value - value) < 1e-6, "\(figure.name): \(figure.value), not \(value)")
    }
    let voc = VOCScores(found, truth: truth)
    #expect(abs(voc.elevenPoints - elevenPoints) < 1e-6 && abs(voc.area - area) < 1e-6)
  }

  private func detections(_ name: String) throws -> ([COCODetection], COCOTruth) {
    let truth = try COCOTruth(parsing: Cases.bytes("detections/\(name).truth.json"), file: name)
    let found = try COCOResults.detections(
      parsing: Cases.bytes("detections/\(name).found.json"), file: name, of: truth)
    return (found.detections, truth)
  }
}
