internal import Arguments
internal import Inference
internal import Kernels
internal import Model
internal import ModelImport
internal import Posix

/// A model made ready to run: imported, planned for this processor's kernels.
struct LoadedModel: Sendable {
  let model: DetectionModel
  let engine: Engine
  let kernels: KernelSet
  /// How long it took to read the model from its file.
  let importTime: Duration
  /// How long it took to plan the network and pack its weights.
  let packingTime: Duration

  /// Finds, imports and plans the model that `wanted`, `$STREAM_MODEL` or the default names.
  ///
  /// - Parameter labels: the path of a file that names its classes; nil is what the model says itself.
  /// - Throws: `UsageError` for an unknown instruction set, else the error of the step that failed.
  init(_ wanted: String?, labels: String? = nil, _ environment: Environment) throws {
    do { kernels = try KernelSet.chosen(named: environment.instructionSet) } catch {
      throw UsageError.rule("STREAM_ISA: \(error)")
    }
    let path = try ModelLibrary(environment).path(of: wanted ?? environment.model ?? ModelLibrary.defaultName)
    let start = monotonicNow()
    model = try ModelLoader.model(at: path, labels: labels)
    let imported = monotonicNow()
    engine = try Engine(model.graph, kernels: kernels)
    (importTime, packingTime) = (imported - start, monotonicNow() - imported)
  }
}
