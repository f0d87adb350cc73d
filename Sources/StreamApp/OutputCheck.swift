internal import Arguments
internal import Output
internal import Posix

/// What a command's outputs must leave alone: the files that it reads, and each other. Asked before any is opened, for
/// opening may empty a file.
struct OutputCheck {
  /// What each file that is read is, by which errors call it.
  private var inputs: [FileIdentity: String] = [:]
  private var outputs: [(path: String, place: FilePlace?, role: String)] = []

  /// Protects `files`; `what` says what they are: `the input`.
  mutating func protect(_ files: some Sequence<FileIdentity>, as what: String) {
    for file in files where file.kind == .regular { inputs[file] = inputs[file] ?? what }
  }

  /// Protects the files that `model` was read from.
  mutating func protect(_ model: LoadedModel) { protect(model.files, as: "a file of the model") }

  /// Takes `path` for one more output; `role` says what for: `event log`.
  ///
  /// - Throws: `OutputError` where it is a file that is read; `UsageError` where it is another output's.
  mutating func add(_ path: String, as role: String) throws {
    let place = FilePlace(path: path)
    var isFile = true
    if case .file(let identity)? = place {
      if let what = inputs[identity] { throw OutputError(output: path, reason: "is \(what)") }
      // Who names a terminal or a pipe twice means it.
      isFile = identity.kind == .regular
    }
    let other = outputs.first { $0.path == path || isFile && place != nil && place == $0.place }
    if let other {
      let roles = other.role == role ? "the place of two \(role)s" : "both \(other.role) and \(role)"
      throw UsageError.rule("\(path): is \(roles)")
    }
    outputs.append((path, place, role))
  }
}
