internal import Arguments
internal import Output
internal import Posix

/// What a command's outputs must leave alone: the files that it reads, and each other. Asked before any is opened, for
/// opening may empty a file.
struct OutputCheck {
  /// What each file that is read is, by which errors call it.
  private var inputs: [FileIdentity: String] = [:]
  /// What outputs are for, by their paths, and by where these lead if it is a regular file, or is none yet.
  private var roles: [String: String] = [:]
  private var rolesOfFiles: [FilePlace: String] = [:]

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
    var isFile = place != nil
    if case .file(let identity)? = place {
      if let what = inputs[identity] { throw OutputError(output: path, reason: "is \(what)") }
      // A terminal or a pipe may have two names, and who uses both means it.
      isFile = identity.kind == .regular
    }
    let file = isFile ? place : nil
    if let other = roles[path] ?? file.flatMap({ rolesOfFiles[$0] }) {
      throw UsageError.rule("\(path): is \(other == role ? "the place of two \(role)s" : "both \(other) and \(role)")")
    }
    roles[path] = role
    if let file { rolesOfFiles[file] = role }
  }
}
