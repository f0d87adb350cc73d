import Detecting
import Inference
import Model
import ModelImport
import Scene

/// Takes bytes for a model's file, as `stream --model` does, and runs the model that comes out on a black picture.
enum GraphReading {
  /// Multiply-adds up to which a model is run, and floats up to which its picture is.
  private static let most = (multiplyAdds: 2_000_000, input: 100_000)

  static func outcome(of bytes: UnsafeRawBufferPointer) -> Outcome {
    let file = MemoryFile(bytes)
    let model: DetectionModel
    do { model = try ModelLoader.model(at: file.path) } catch { return .refused(because: error) }
    do {
      let engine = try Engine(model.graph)
      guard GraphStatistics(model.graph).total.multiplyAdds <= most.multiplyAdds,
        engine.inputLayout.count <= most.input
      else { return .slow }
      var detector = try Detector(model: model, engine: engine, threads: 1)
      let pool = TensorPool(layout: engine.inputLayout, capacity: 1)
      let detections = detector.detect(pool.take(), width: 640, height: 480)
      // A file that gives scores itself may give negative ones.
      precondition(detections.allSatisfy { !$0.score.isNaN }, "A score is not a number.")
      return .whole
    } catch {
      _ = Outcome.refused(because: error)
      return .unsupported
    }
  }
}
