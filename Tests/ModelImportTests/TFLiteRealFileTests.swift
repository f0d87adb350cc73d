import Foundation
import Model
import ModelImport
import Scene
import TestData
import Testing

/// What is read out of published and reference files.
@Suite(.enabled(if: TestData.hasShared)) struct TFLiteRealFileTests {
  static let coco = "models/tflite_coco_ssd_mobilenet_v1_1.0_quant_2018_06_29"

  /// The entry of one network of one operator in the manifest of the reference data.
  private struct Entry: Decodable {
    let file: String
    let op: String
    let inputs: Int
    let outputs: Int
  }

  private struct Manifest: Decodable { let zoo: [Entry] }

  @Test func everyNetworkOfOneOperatorIsRead() throws {
    let folder = TestData.shared("synth/tflite")
    let text = try Data(contentsOf: folder.appending(path: "manifest.json"))
    let entries = try JSONDecoder().decode(Manifest.self, from: text).zoo
    for entry in entries {
      let model = try TFLiteModel(try ModelFile(path: folder.appending(path: entry.file).path))
      let name = entry.op.replacingOccurrences(of: ":", with: " ")
      #expect(model.operators.map(\.code.name) == [name], "\(entry.file)")
      #expect(model.inputs.count == entry.inputs && model.outputs.count == entry.outputs, "\(entry.file)")
    }
    #expect(entries.count == 276)
  }

  /// The plain form of a resize against the reference, to the last bits of its sums.
  @Test func resizesAreTheReferences() throws {
    let folder = TestData.shared("synth/tflite/zoo")
    let arrays = try GoldenArrays(npz: folder.appending(path: "zoo.npz"), named: "tflite-zoo")
    let ways: [(String, Resize.Places)] = [("plain", .corners), ("half_pixel", .centers), ("align_corners", .ends)]
    for method in [Resize.Method.bilinear, .nearest] {
      for (way, places) in ways {
        for number in 0..<4 {
          let name = "resize_\(method)_\(way)_\(number)_float32"
          let model = try TFLiteModel(try ModelFile(path: folder.appending(path: "\(name).tflite").path))
          let (input, output) = (model.tensors[model.inputs[0]].extents, model.tensors[model.outputs[0]].extents)
          let found = resized(
            try arrays.floats("\(name).in0"), input,
            Resize(method, places, to: Extent(height: output[1], width: output[2])))
          let expected = try arrays.floats("\(name).out0")
          #expect(found.count == expected.count, "\(name)")
          #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * max(abs($1), 1) }, "\(name)")
        }
      }
    }
  }

  private func resized(_ values: [Float], _ shape: [Int], _ resize: Resize) -> [Float] {
    let columns = resize.taps(of: shape[2], to: resize.size.width)
    return resize.taps(of: shape[1], to: resize.size.height).flatMap { y in
      columns.flatMap { x in
        (0..<shape[3]).map { channel in
          func value(_ row: Int, _ column: Int) -> Float { values[(row * shape[2] + column) * shape[3] + channel] }
          let above: Float = value(y.low, x.low) * (1 - x.share) + value(y.low, x.high) * x.share
          let below: Float = value(y.high, x.low) * (1 - x.share) + value(y.high, x.high) * x.share
          return above * (1 - y.share) + below * y.share
        }
      }
    }
  }

  @Test func theCocoDetectorIsInspectedTruly() throws {
    let path = TestData.shared("\(Self.coco)/detect.tflite").path
    let model = try ModelLoader.model(at: path)
    #expect(model.graph.arithmetic == .integer8)
    // As the float graph of the same network, each batch norm's two numbers a channel made one.
    #expect(GraphStatistics(model.graph).total == .init(parameters: 4_101_231, multiplyAdds: 728_036_496))
    #expect(model.head.anchors.count == 1917 && model.head.suppression.total == 10)
    #expect(model.input.normalization == Normalization(scale: 1, offset: 0, order: .afterResize))
    let named = try ModelLoader.model(at: path, labels: TestData.shared("\(Self.coco)/labelmap.txt").path)
    for model in [model, named] {
      #expect(
        model.head.classNumbers == 1..<91 && model.labels.names[1] == "person" && model.labels.names[90] == "toothbrush"
      )
    }
  }

  @Test func labelsOfTheMetadataAreRead() throws {
    let model = try ModelLoader.model(at: TestData.shared("\(Self.coco)/ssd_mobilenet_v1_1_metadata_1.tflite").path)
    #expect(model.labelOrigin == .model && model.head.classNumbers == 0..<90 && model.labelDoubt == nil)
    #expect(
      model.labels.names[0] == "person" && model.labels.names[89] == "toothbrush" && model.labels.names.count == 80)
  }

  /// Shapes computed by operators, explicit padding, a feature pyramid, and anchors that are an output.
  @Test func theSTMModelIsInspectedTruly() throws {
    let model = try ModelLoader.model(
      at: TestData.shared("models/stm32_st_ssd_mobilenet_v1/st_ssd_mobilenet_v1_025_256_int8.tflite").path)
    let golden = try GoldenArrays(npz: TestData.shared("synth/tflite/golden/existing_stm32_st_ssd_int8.npz"))
    let anchors = model.head.anchors.flatMap { [$0.xMin, $0.yMin, $0.xMax, $0.yMax] }
    #expect(try anchors == golden.floats("people.out2"))
    #expect(model.graph.arithmetic == .integer8 && model.head.scores == .identity && model.head.coder.order == .xyxy)
    #expect(model.graph.outputs.map { model.graph.shape(of: $0).extents } == [[1, 6825, 4], [1, 6825, 2]])
    let resizes = model.graph.nodes.filter { if case .integer(.resize) = $0.operation { true } else { false } }
    #expect(resizes.count == 5)
  }

  /// The anchors that are laid where a file has none are those which the same network's file with the operator has.
  @Test func standardAnchorsAreThoseOfTheFileThatHasThem() throws {
    func anchors(_ name: String) throws -> [Box] {
      let path = try TestData.unpacked(TestData.shared("synth/tflite/models/\(name).tflite.xz")).path
      return try ModelLoader.model(at: path).head.anchors
    }
    let (laid, own) = (try anchors("pedestrian_int8"), try anchors("pedestrian_int8_postprocess_fast"))
    #expect(laid.count == own.count)
    for (left, right) in zip(laid, own) {
      let differences = [
        left.yMin - right.yMin, left.xMin - right.xMin, left.yMax - right.yMax, left.xMax - right.xMax,
      ]
      #expect(differences.allSatisfy { abs($0) < 1e-4 })
    }
  }
}
