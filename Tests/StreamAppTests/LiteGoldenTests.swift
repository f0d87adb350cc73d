import Detecting
import Foundation
import Inference
import Kernels
import Model
import ModelImport
import Scene
import TestData
import Testing

/// TensorFlow Lite models with float activations, from a picture's bytes to heads and detections, against the
/// reference kernels of TensorFlow Lite.
@Suite(.enabled(if: TestData.hasShared)) struct LiteGoldenTests {
  static let sets = KernelSet.all.filter(\.isSupported).map(\.name)
  static let fast = sets.filter { $0 != "reference" }
  static let inputs = LitePictures.names

  /// Each network with the golden file that has its raw heads: logits also where the file ends in scores.
  static let networks = [
    ("ssdlite_float32", "ssdlite_float32"), ("ssdlite_float16", "ssdlite_float16"),
    ("mobilenetv3_3class_float32_regular_tf1", "mobilenetv3_3class_float32"),
  ]

  @Test(arguments: sets, networks) func headsAreTheReferences(isa: String, network: (file: String, golden: String))
    throws
  {
    let run = try Run(network.file, isa: isa)
    let golden = try GoldenArrays(npz: TestData.shared("synth/tflite/golden/\(network.golden).npz"))
    // The plain kernels take a second for each picture, and numbers of 16 bits are the same weights once more.
    for input in isa == "reference" || network.file.contains("16") ? ["people"] : Self.inputs {
      let found = try run.heads(input)
      let errors = (
        boxes: worst(found.boxes, try golden.floats("\(input).out0")),
        classes: worst(found.classes, try golden.floats("\(input).out1"))
      )
      print(
        "\(isa), \(network.file), \(input): largest difference of boxes \(errors.boxes), of logits \(errors.classes)")
      #expect(errors.boxes <= 2e-4 && errors.classes <= 1e-3)
    }
  }

  /// Weights of 8 bits under float activations: the reference rounds what each layer reads, we do not, so only the
  /// mean differs little.
  @Test func weightsOfEightBitsAreWhatTheyStandFor() throws {
    let run = try Run("ssdlite_dynamic", isa: nil)
    let golden = try GoldenArrays(npz: TestData.shared("synth/tflite/golden/ssdlite_dynamic.npz"))
    for input in Self.inputs {
      let found = try run.heads(input)
      let errors = (
        boxes: mean(found.boxes, try golden.floats("\(input).out0")),
        classes: mean(found.classes, try golden.floats("\(input).out1"))
      )
      print("ssdlite_dynamic, \(input): mean difference of boxes \(errors.boxes), of logits \(errors.classes)")
      #expect(errors.boxes <= 0.03 && errors.classes <= 0.05)
    }
    #expect(run.model.notes.contains { $0.contains("8 bits") })
  }

  /// Both orders of the operator's outputs, both forms of its suppression, sigmoid and softmax.
  @Test(arguments: fast, ["mobilenetv3_3class_float32_regular_tf1", "mobilenetv3_3class_float32_fast_tf2"])
  func detectionsAreTheReferences(isa: String, file: String) throws {
    let run = try Run(file, isa: isa)
    let golden = try GoldenArrays(npz: TestData.shared("synth/tflite/golden/\(file).npz"))
    // Scores, boxes, count, classes; or boxes, classes, scores, count.
    let order =
      file.hasSuffix("tf2") ? (boxes: 1, classes: 3, scores: 0, count: 2) : (boxes: 0, classes: 1, scores: 2, count: 3)
    for input in Self.inputs {
      let (boxes, classes) = (
        try golden.floats("\(input).out\(order.boxes)"), try golden.floats("\(input).out\(order.classes)")
      )
      let scores = try golden.floats("\(input).out\(order.scores)")
      let count = Int(try golden.floats("\(input).out\(order.count)")[0]) * run.model.head.suppression.classesPerBox
      var found = try run.detections(input)
      #expect(found.count == count, "\(input)")
      for slot in 0..<count {
        let partner = found.firstIndex { detection in
          let rect = detection.rect
          let corners = [rect.top, rect.left, rect.bottom, rect.right]
          return detection.classID == Int(classes[slot]) && abs(detection.score - scores[slot]) <= 2e-5
            && zip(corners, boxes[4 * slot..<4 * slot + 4]).allSatisfy { abs($0 - Double($1)) <= 5e-6 }
        }
        #expect(partner != nil, "\(input): class \(classes[slot]) score \(scores[slot])")
        if let partner { found.remove(at: partner) }
      }
    }
  }

  /// The largest difference; infinite where the counts differ or a value is no number.
  private func worst(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count, found.allSatisfy(\.isFinite) else { return .infinity }
    return zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
  }

  /// The mean difference.
  private func mean(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).map { abs($0 - $1) }.reduce(0, +) / Float(found.count)
  }

  /// A model made ready, and the goldens' pictures as its input.
  private struct Run {
    let model: DetectionModel
    let engine: Engine

    init(_ file: String, isa: String?) throws {
      let path = try TestData.unpacked(TestData.shared("synth/tflite/models/\(file).tflite.xz")).path
      model = try ModelLoader.model(at: path)
      engine = try Engine(model.graph, kernels: try KernelSet.chosen(named: isa))
    }

    /// Writes the picture called `input` as the network reads it.
    private func fill(_ tensor: borrowing InputTensor, _ input: String) throws {
      let (width, height) = (model.input.width, model.input.height)
      let bytes = try LitePictures.bytes(input, width: width, height: height)
      for row in 0..<height {
        let target = tensor.address(row: row)
        for index in 0..<3 * width {
          let product: Float = Float(bytes[3 * width * row + index]) * 0.007843137718737125
          target[index] = product - 1
        }
      }
    }

    func heads(_ input: String) throws -> (boxes: [Float], classes: [Float]) {
      let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
      try fill(tensor, input)
      var session = Session(engine, threads: 2)
      return session.run(tensor) { boxes, classes in (Array(copying: boxes), Array(copying: classes)) }
    }

    func detections(_ input: String) throws -> [Detection] {
      let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
      try fill(tensor, input)
      var detector = try Detector(model: model, engine: engine, threads: 2)
      return detector.detect(tensor, width: 1, height: 1)
    }
  }
}
