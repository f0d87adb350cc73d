import Detecting
import Foundation
import Model
import ModelImport
import Scene
import TestData
import Testing

/// TensorFlow Lite's detection operator on the reference's own operands: boxes, classes and scores to the bit.
@Suite(.enabled(if: TestData.hasShared)) struct DetectionOperatorTests {
  static let models = [
    "fast_ties_float32", "fast_3_classes_ties_float32", "fast_3_classes_float32",
    "fast_more_classes_than_exist_float32", "fast_no_background_float32", "fast_empty_float32",
    "fast_code_size_8_float32", "fast_uint8", "fast_91_classes_ties_uint8", "regular_ties_float32", "regular_uint8",
    "regular_default_per_class_float32", "regular_empty_float32",
  ]

  /// One detection with its corners' bits.
  struct Item: Equatable, Comparable, CustomStringConvertible {
    let score: Float
    let classID: Int
    let corners: [Float]

    static func < (left: Item, right: Item) -> Bool {
      (-left.score, left.classID, left.corners.description) < (-right.score, right.classID, right.corners.description)
    }

    var description: String { "\(classID) \(score) \(corners)" }
  }

  @Test(arguments: models) func theOperatorIsTheReferences(model: String) throws {
    let name = "postprocess_\(model)"
    let folder = TestData.shared("synth/tflite/zoo")
    let arrays = try GoldenArrays(npz: folder.appending(path: "zoo.npz"), named: "tflite-zoo")
    let source = try TFLiteModel(try ModelFile(path: folder.appending(path: "\(name).tflite").path))
    let detection = try #require(try DetectionOperator(source))
    let boxes = try operand(source, detection.boxes, arrays, "\(name).in0")
    let scores = try operand(source, detection.scores, arrays, "\(name).in1")
    let anchors = try source.floats(ofConstant: detection.anchors)
    let rows = anchors.count / 4
    let (codes, columns) = (boxes.count / rows, scores.count / rows)
    let head = try detection.head(columns: columns, conversion: .identity, anchors: anchors)
    var decoder = HeadDecoder(head)
    // Numbers of an encoding beyond the fourth are passed over.
    let encodings = (0..<rows).flatMap { boxes[$0 * codes..<$0 * codes + 4] }
    let found = decoder.detections(boxes: encodings.span, classes: scores.span, width: 1, height: 1)

    let golden = try (0..<4).map { try arrays.floats("\(name).out\($0)") }
    // Class slots beyond the number of classes are not written.
    let perBox = head.suppression.classesPerBox
    let slots = golden[1].count / max(try #require(head.suppression.total), 1)
    let count = Int(golden[3][0])
    let expected = (0..<count).flatMap { box in
      (0..<perBox).map { rank in
        let slot = head.suppression.isClassAgnostic ? box * slots + rank : box
        return Item(
          score: golden[2][slot], classID: Int(golden[1][slot]), corners: Array(golden[0][4 * slot..<4 * slot + 4]))
      }
    }
    let items = found.map { detection in
      Item(
        score: detection.score, classID: detection.classID,
        corners: [detection.rect.top, detection.rect.left, detection.rect.bottom, detection.rect.right].map {
          Float($0)
        })
    }
    #expect(items.sorted() == expected.sorted())
    #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
  }

  /// Returns an operand as the operator reads it: quantised ones are multiplied out in float32.
  private func operand(_ source: TFLiteModel, _ tensor: Int, _ arrays: GoldenArrays, _ name: String) throws -> [Float] {
    guard source.tensors[tensor].type.scalar == .uint8 else { return try arrays.floats(name) }
    let (scales, zeros) = try source.quantization(of: tensor)
    return try arrays.bytes(name).map { Float(Int($0) - zeros[0]) * scales[0] }
  }
}
