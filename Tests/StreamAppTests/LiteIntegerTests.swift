import Detecting
import Foundation
import Inference
import Kernels
import Model
import ModelImport
import Scene
import TestData
import Testing

/// Networks of 8-bit numbers against TensorFlow Lite's reference kernels, to the bit: operator by operator, tensor by
/// tensor, and what is detected.
@Suite(.enabled(if: TestData.hasShared)) struct LiteIntegerTests {
  static let sets = KernelSet.all.filter(\.isSupported).map(\.name)

  /// What is computed elsewhere: shapes, and what is detected.
  private static let others = ["SHAPE", "CUSTOM:TFLite_Detection_PostProcess"]

  private struct Manifest: Decodable {
    struct Entry: Decodable { let name, op, file: String }
    let zoo: [Entry]
  }

  @Test func everyOperatorIsTheReferences() throws {
    let folder = TestData.shared("synth/tflite")
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: folder.appending(path: "manifest.json")))
    let arrays = try GoldenArrays(npz: folder.appending(path: "zoo/zoo.npz"), named: "tflite-zoo")
    var (count, refused) = (0, [String]())
    for entry in manifest.zoo where !Self.others.contains(entry.op) {
      let model = try TFLiteModel(try ModelFile(path: folder.appending(path: entry.file).path))
      let types = (model.inputs + model.outputs).map { model.tensors[$0].type.scalar }
      guard types.contains(.int8) || types.contains(.uint8), types.first != .float32 || entry.op == "QUANTIZE",
        // A scale for each channel of what is read is no detector's.
        !entry.name.hasSuffix("per_channel") || entry.op != "DEQUANTIZE"
      else { continue }
      var given: [Int: [Int8]] = [:]
      for (index, tensor) in model.inputs.enumerated().dropFirst() {
        given[tensor] = try Self.raw(arrays, "\(entry.name).in\(index)", model.tensors[tensor].type.scalar).map {
          Int8(bitPattern: $0 ^ 0x80)
        }
      }
      let network: (graph: Graph, tensors: [Int])
      do { network = try model.networkOfAllTensors(given: given) } catch {
        refused.append("\(entry.name): \(error.reason)")
        continue
      }
      let type = model.tensors[model.inputs[0]].type.scalar
      let input =
        type == .float32
        ? try arrays.floats("\(entry.name).in0") : try Self.raw(arrays, "\(entry.name).in0", type).map { Float($0) }
      let expected = try model.outputs.indices.map { index in
        let (name, type) = ("\(entry.name).out\(index)", model.tensors[model.outputs[index]].type.scalar)
        return type == .float32 ? try arrays.floats(name) : try Self.raw(arrays, name, type).map { Float($0) }
      }
      for set in Self.sets {
        #expect(try run(network.graph, input, set) == expected, "\(entry.name) by \(set)")
      }
      count += 1
    }
    print("\(count) operators to the bit; refused: \(refused)")
    #expect(count == 223 && refused.isEmpty)
  }

  static let networks = [
    "pedestrian_int8", "pedestrian_int8_floatio", "pedestrian_int8_postprocess_fast",
    "pedestrian_int8_postprocess_regular", "mobilenetv3_3class_int8", "mobilenetv3_3class_int8_fast_tf1",
    "mobilenetv3_3class_int8_fast_tf2", "mobilenetv3_3class_int8_regular_tf1", "mobilenetv3_3class_int8_regular_tf2",
    "existing_coco_ssd_v1_uint8", "existing_stm32_st_ssd_int8",
  ]

  /// The hash of every tensor that is one of ours, on every picture.
  @Test(arguments: networks) func everyTensorIsTheReferences(name: String) throws {
    let model = try TFLiteModel(try ModelFile(path: try Self.path(name)))
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: TestData.shared("synth/tflite/golden/\(name).json")))
    let hashes = Dictionary(
      golden.operators.flatMap(\.out).map { ($0.tensor, $0.sha256) }, uniquingKeysWith: { first, _ in first })
    let (graph, tensors) = try model.networkOfAllTensors()
    let extents = model.tensors[model.inputs[0]].extents
    let isReal = model.tensors[model.inputs[0]].type.scalar == .float32
    // The plain kernels take a second a picture, and the other files of a network are the same but for their end.
    let isVariant = name.contains("_tf") || name.contains("postprocess")
    for set in isVariant ? Self.sets.suffix(1) : Self.sets[...] {
      for picture in set == Self.sets.last ? LitePictures.names : ["people"] {
        let bytes = try LitePictures.bytes(picture, width: extents[2], height: extents[1])
        let input = bytes.map { byte -> Float in
          let scaled: Float = Float(byte) * 0.007843137718737125
          return isReal ? scaled - 1 : Float(byte)
        }
        let found = try run(graph, input, set)
        let contents = zip(tensors, found).map { tensor, values in
          switch model.tensors[tensor].type.scalar {
          case .int8: Data(values.map { UInt8($0) ^ 0x80 })
          case .uint8: Data(values.map { UInt8($0) })
          default: values.withUnsafeBytes { Data($0) }
          }
        }
        let expected = try tensors.map { try #require(hashes[$0]?[picture]) }
        let sums = try TestData.checksums(of: contents)
        let wrong = tensors.indices.filter { sums[$0] != expected[$0] }
        #expect(
          wrong.isEmpty,
          "\(name), \(picture), \(set): \(wrong.count) of \(tensors.count), first \(model.name(of: tensors[wrong.first ?? 0]))"
        )
        if picture == "people" {
          print("\(name) by \(set): \(tensors.count - wrong.count) tensors")
        }
      }
    }
  }

  /// The detection operator's boxes, classes and scores, of the uint8 network and of signed ones.
  @Test(arguments: networks.filter { $0.contains("_tf") || $0.contains("postprocess") || $0.contains("coco") })
  func detectionsAreTheReferences(name: String) throws {
    let model = try ModelLoader.model(at: try Self.path(name))
    let golden = try GoldenArrays(npz: TestData.shared("synth/tflite/golden/\(name).npz"))
    let order =
      name.hasSuffix("tf2") || name.hasSuffix("postprocess_regular")
      ? (boxes: 1, classes: 3, scores: 0, count: 2) : (boxes: 0, classes: 1, scores: 2, count: 3)
    let engine = try Engine(model.graph)
    for picture in LitePictures.names {
      var found = try detections(of: model, engine, picture)
      let (boxes, classes) = (
        try golden.floats("\(picture).out\(order.boxes)"), try golden.floats("\(picture).out\(order.classes)")
      )
      let scores = try golden.floats("\(picture).out\(order.scores)")
      let count = Int(try golden.floats("\(picture).out\(order.count)")[0]) * model.head.suppression.classesPerBox
      #expect(found.count == count, "\(picture)")
      for slot in 0..<min(count, scores.count) {
        let partner = found.firstIndex { detection in
          let rect = detection.rect
          return detection.classID - model.head.classNumbers.lowerBound == Int(classes[slot])
            && detection.score == scores[slot]
            && zip([rect.top, rect.left, rect.bottom, rect.right], boxes[4 * slot..<4 * slot + 4])
              .allSatisfy { abs($0 - Double($1)) <= 1e-6 }
        }
        #expect(partner != nil, "\(picture): class \(classes[slot]) score \(scores[slot])")
        if let partner { found.remove(at: partner) }
      }
    }
  }

  /// The same network with metadata, and a zip archive behind it, has its classes from its own list.
  @Test func theTwinWithMetadataFindsTheSame() throws {
    let folder = "models/tflite_coco_ssd_mobilenet_v1_1.0_quant_2018_06_29"
    let found = try ["detect", "ssd_mobilenet_v1_1_metadata_1"].map { file in
      let model = try ModelLoader.model(at: TestData.shared("\(folder)/\(file).tflite").path)
      let engine = try Engine(model.graph)
      return try LitePictures.names.map { picture in
        try detections(of: model, engine, picture).map { found in
          "\(model.labels.names[found.classID] ?? "class \(found.classID)") \(found.score) \(found.rect)"
        }
      }
    }
    #expect(found[0] == found[1])
    #expect(found[0][0].contains { $0.hasPrefix("person ") } && found[0].allSatisfy { $0.count == 10 })
  }

  // MARK: Runs

  /// Returns what `model` finds in a picture whose edges are 0 and 1.
  private func detections(of model: DetectionModel, _ engine: Engine, _ picture: String) throws -> [Detection] {
    var detector = try Detector(model: model, engine: engine, threads: 2)
    let bytes = try LitePictures.bytes(picture, width: model.input.width, height: model.input.height)
    let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
    fill(tensor, bytes.map { Float($0) * model.input.normalization.scale + model.input.normalization.offset })
    return detector.detect(tensor, width: 1, height: 1)
  }

  private struct Golden: Decodable {
    struct Step: Decodable {
      struct Output: Decodable {
        let tensor: Int
        let sha256: [String: String]
      }
      let out: [Output]
    }
    let operators: [Step]
  }

  private static func path(_ name: String) throws -> String {
    switch name {
    case "existing_coco_ssd_v1_uint8":
      TestData.shared("models/tflite_coco_ssd_mobilenet_v1_1.0_quant_2018_06_29/detect.tflite").path
    case "existing_stm32_st_ssd_int8":
      TestData.shared("models/stm32_st_ssd_mobilenet_v1/st_ssd_mobilenet_v1_025_256_int8.tflite").path
    default: try TestData.unpacked(TestData.shared("synth/tflite/models/\(name).tflite.xz")).path
    }
  }

  /// Returns the bytes of an array of 8-bit numbers as a network's input tensor takes them: signed ones moved by 128.
  private static func raw(_ arrays: GoldenArrays, _ name: String, _ type: ScalarType?) throws -> [UInt8] {
    type == .int8 ? try arrays.signedBytes(name).map { UInt8(bitPattern: $0) ^ 0x80 } : try arrays.bytes(name)
  }

  /// Returns the outputs of `graph`.
  private func run(_ graph: Graph, _ input: [Float], _ set: String) throws -> [[Float]] {
    let engine = try Engine(graph, kernels: try KernelSet.chosen(named: set))
    let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
    fill(tensor, input)
    var session = Session(engine, threads: 2)
    session.run(tensor)
    return graph.outputs.indices.map { session.withOutput($0) { Array(copying: $0) } }
  }

  private func fill(_ tensor: borrowing InputTensor, _ input: [Float]) {
    let row = tensor.layout.width * tensor.layout.channels
    for y in 0..<tensor.layout.height {
      for x in 0..<row { tensor.address(row: y)[x] = input[y * row + x] }
    }
  }
}
