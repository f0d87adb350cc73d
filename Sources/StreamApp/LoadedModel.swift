internal import Arguments
internal import Inference
internal import Kernels
internal import Model
internal import ModelImport

/// A model made ready to run: imported, planned for this processor's kernels.
struct LoadedModel: Sendable {
  let model: DetectionModel
  let engine: Engine
  let kernels: KernelSet

  /// Finds, imports and plans the model that `wanted`, `$STREAM_MODEL` or the default names.
  ///
  /// - Throws: `UsageError` for an unknown instruction set, else the error of the step that failed.
  init(_ wanted: String?, _ environment: Environment) throws {
    do { kernels = try KernelSet.chosen(named: environment.instructionSet) } catch {
      throw UsageError.rule("STREAM_ISA: \(error)")
    }
    let path = try ModelLibrary(environment).path(of: wanted ?? environment.model ?? ModelLibrary.defaultName)
    model = try ModelLoader.model(at: path)
    do { engine = try Engine(model.graph, kernels: kernels) } catch {
      throw ImportError(file: path, place: [error.node], reason: error.reason)
    }
  }
}
