import Foundation
import Inference
import Kernels
import Model
import ModelImport
import TestData
import Testing

/// The default model's raw heads against those of its reference runtime, on every instruction set.
@Suite struct GoldenHeadsTests {
  static let pictures = ["pbc_t10", "pedsurv_t3"]

  @Test(.enabled(if: TestData.hasShared), arguments: KernelSet.all.filter(\.isSupported).map(\.name), pictures)
  func headsAreTheReferences(isa: String, picture: String) throws {
    let golden = try GoldenArrays(npz: TestData.shared("golden/tf_pedestrian/raw_\(picture).png.npz"))
    let input = try golden.floats("Preprocessor__sub")
    let kernels = try #require(KernelSet.all.first { $0.name == isa })
    let model = try ModelLoader.model(at: TestData.model.path)
    let engine = try Engine(model.graph, kernels: kernels)
    let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
    for row in 0..<300 {
      for index in 0..<900 { tensor.address(row: row)[index] = input[row * 900 + index] }
    }
    var session = Session(engine, threads: 2)
    let (boxes, classes) = session.run(tensor) { boxes, classes in
      (Array(copying: boxes), Array(copying: classes))
    }
    let (boxError, classError) = (
      worst(boxes, try golden.floats("concat")), worst(classes, try golden.floats("concat_1"))
    )
    print("\(isa), \(picture): largest difference of boxes \(boxError), of classes \(classError)")
    #expect(boxError <= 2e-3 && classError <= 2e-3)
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
