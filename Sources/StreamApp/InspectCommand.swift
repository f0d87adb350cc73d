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
    if values[Options.compare] != nil {
      try values.refuse([Options.labels] + Options.channelGroup, "has no effect with --compare, which is about layers")
    }
    let other = try values[Options.compare].map(description)
    let model = try description(of: values[Options.inspected] ?? environment.model ?? ModelLibrary.defaultName)
    let isJSON = values[Options.object]
    guard let other else {
      try Terminal.tell(isJSON ? model.json : model.text)
      return
    }
    let comparison = ModelComparison(other, model)
    try Terminal.tell(isJSON ? comparison.json : comparison.text)
  }

  /// Reads the model that `wanted` names, and tells what its file says and is not used, and where its labels do not fit.
  private func description(of wanted: String) throws -> ModelDescription {
    let path = try ModelLibrary(environment).path(of: wanted)
    let model = try ModelLoader.model(at: path, labels: values[Options.labels], settings: ModelSettings(values))
    for note in model.notes { Terminal.say("\(path): \(note)") }
    if let warning = model.labelWarning(path: path) { Terminal.say(warning) }
    return ModelDescription(model, path: path)
  }
}
