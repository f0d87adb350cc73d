/// `stream models`: the models that are found by name, one a line, the default marked.
struct ModelsCommand {
  private let library: ModelLibrary

  init(_ environment: Environment) { library = ModelLibrary(environment) }

  func run() throws {
    let entries = library.entries()
    for entry in entries {
      let mark = entry.name == ModelLibrary.defaultName ? " (default)" : ""
      try Terminal.tell("\(entry.name)\(mark)\t\(entry.path)")
    }
    if entries.isEmpty { Terminal.say("no models in \(library.folders.joined(separator: ", "))") }
  }
}
