internal import Arguments
internal import JSON
internal import Model
internal import ModelImport

/// `stream inspect`: what a model's file holds, as tables or as one JSON object.
struct InspectCommand {
  private let values: Values
  private let environment: Environment

  init(_ values: Values, _ environment: Environment) { (self.values, self.environment) = (values, environment) }

  /// Prints the description of the model that the arguments, `$STREAM_MODEL` or the default name.
  ///
  /// - Throws: `AppError` or `ImportError` where there is no such model or it cannot be read.
  func run() throws {
    let wanted = values[Options.inspected] ?? environment.model ?? ModelLibrary.defaultName
    let path = try ModelLibrary(environment).path(of: wanted)
    let description = ModelDescription(try ModelLoader.model(at: path, labels: values[Options.labels]), path: path)
    Terminal.tell(values[Options.object] ? description.json : description.text)
  }
}
