internal import Posix

/// `stream models`: the models that are found by name, one a line, the default marked.
struct ModelsCommand {
  private let library: ModelLibrary
  /// What names the model where `--model` does not.
  private let wanted: String

  init(_ environment: Environment) {
    (library, wanted) = (ModelLibrary(environment), environment.model ?? ModelLibrary.defaultName)
  }

  func run() throws {
    let entries = library.entries()
    let place = try? library.path(of: wanted)
    let identity = place.flatMap { FileIdentity(path: $0) }
    // A path may lead to one of them in other words; of two names for one file, the one that is given counts.
    let preferred =
      entries.first { $0.path == place } ?? entries.first { identity != nil && FileIdentity(path: $0.path) == identity }
    for entry in entries {
      try Terminal.tell("\(entry.name)\(entry == preferred ? " (default)" : "")\t\(entry.path)")
    }
    if entries.isEmpty { Terminal.say("no models in \(library.folders.joined(separator: ", "))") }
  }
}
