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

/// A Caffe network made ready, and the goldens' tensor as its input.
struct CaffeRun {
  let graph: Graph
  let engine: Engine

  init(_ graph: Graph, isa: String? = nil) throws {
    self.graph = graph
    engine = try Engine(graph, kernels: try KernelSet.chosen(named: isa))
  }

  /// Returns the file of a network and that of its weights as one model.
  static func file(_ text: URL, _ weights: URL?) throws -> ModelFile {
    var file = try ModelFile(path: text.path)
    file.partner = try weights.map { ModelFile.MappedPart(try ModelFile(path: $0.path)) }
    return file
  }

  /// Returns a tensor with the goldens' formula.
  func formula() -> InputTensor {
    let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
    for y in 0..<engine.inputLayout.height {
      let row = tensor.address(row: y)
      for x in 0..<engine.inputLayout.width {
        for channel in 0..<3 {
          row[3 * x + channel] = (Float((y * 31 + x * 17 + channel * 7) % 256) - 127.5) / 127.5
        }
      }
    }
    return tensor
  }

  /// Returns all outputs for `tensor`, maps in Caffe's order: channels, rows, columns.
  func outputs(_ tensor: borrowing InputTensor) -> [[Float]] {
    var session = Session(engine, threads: 2)
    session.run(tensor)
    return graph.outputs.indices.map { index in
      let values = session.withOutput(index) { Array(copying: $0) }
      guard let map = graph.shape(of: graph.outputs[index]).map else { return values }
      return (0..<map.channels).flatMap { channel in
        (0..<map.height * map.width).map { values[$0 * map.channels + channel] }
      }
    }
  }
}

/// The largest difference, in parts of what is allowed: 2e-3, or a thousandth of the value where that is more.
func excess(_ found: [Float], _ expected: [Float]) -> Float {
  guard found.count == expected.count, found.allSatisfy(\.isFinite) else { return .infinity }
  return zip(found, expected).map { abs($0 - $1) / max(2e-3, 1e-3 * abs($1)) }.max() ?? .infinity
}

/// A detection of a golden file: label, score, and corners in fractions of the picture.
struct CaffeDetection: Decodable {
  let label: Int
  let score: Double
  let box: [Double]

  var item: GoldenDetections.Item {
    GoldenDetections.Item(
      rect: PixelRect(left: box[0], top: box[1], right: box[2], bottom: box[3]), score: score, classID: label)
  }
}
