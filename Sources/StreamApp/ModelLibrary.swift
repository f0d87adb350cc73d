internal import ModelImport
internal import Posix

/// Where models are looked for, and what is found there.
///
/// A model is a folder, named like the model, with the model's file in it, or such a file or archive itself. Looked
/// through in this order: the user's data folder (`$XDG_DATA_HOME/stream/models`), `/usr/local/share/stream/models`,
/// `/usr/share/stream/models`, and `models` in the current folder (the checkout).
struct ModelLibrary {
  /// The model that set-up fetches.
  static let defaultName = "pedestrian-ssdlite-mobilenet-v2"

  /// One model that is there.
  struct Entry: Equatable {
    let name: String
    /// The folder or file to give to the importer.
    let path: String
  }

  let folders: [String]

  init(_ environment: Environment) { folders = Self.folders(dataHome: environment.dataHome) }

  /// The folders of models, for a user whose data folder is `dataHome`.
  static func folders(dataHome: String) -> [String] {
    ["\(dataHome)/stream/models", "/usr/local/share/stream/models", "/usr/share/stream/models", "models"]
  }

  /// Returns the path that `wanted` means: a path that exists, or the first model of that name, which may leave out the
  /// ending of an archive.
  ///
  /// - Throws: `AppError` that says where was looked.
  func path(of wanted: String) throws(AppError) -> String {
    if FileIdentity(path: wanted) != nil { return wanted }
    if !wanted.contains("/") {
      let found = candidates()
      let entry =
        found.first { $0.name == wanted }
        ?? found.first { ModelLoader.nameWithoutPacking(of: $0.name) == wanted }
      if let entry { return entry.path }
    }
    if wanted.contains("/") || wanted.contains(".") { throw AppError("\(wanted): no such file or directory") }
    let hint = wanted == Self.defaultName ? "; `make setup` fetches it" : "; `stream models` lists what there is"
    throw AppError("no model '\(wanted)' in \(folders.joined(separator: ", "))\(hint)")
  }

  /// Returns all models, the first of each name; what lies beside them, such as labels, is none.
  func entries() -> [Entry] { candidates().filter { ModelLoader.mayBeModel(at: $0.path) } }

  /// Returns all that may be a model by its place, the first of each name.
  private func candidates() -> [Entry] {
    var seen: Set<String> = []
    return folders.flatMap { folder in
      ((try? Directory.entries(of: folder)) ?? []).sorted().filter { !$0.hasPrefix(".") }.map {
        Entry(name: $0, path: "\(folder)/\($0)")
      }
    }.filter { seen.insert($0.name).inserted }
  }
}
