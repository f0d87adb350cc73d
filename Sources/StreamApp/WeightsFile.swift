internal import FFmpeg
internal import Posix

/// The file by which people know a model again: the one that was named or, in a folder, the largest that was read.
struct WeightsFile {
  let path: String
  /// As `sha256sum` prints it.
  let hash: String

  /// That of the model at `path`, which was read from `files`; nil where there is none, or it cannot be read now.
  init?(of path: String, _ files: Set<FileIdentity>) {
    let file = FileIdentity(path: path)?.kind == .directory ? Self.largest(in: path, files, depth: 3)?.path : path
    guard let file, let hash = SHA256.ofFile(file) else { return nil }
    (self.path, self.hash) = (file, hash)
  }

  /// The file that holds the weights of the model at `path`, a file, where that is another one, of `files` the largest
  /// beside it or in its `variables`: of a Caffe model by its text, a SavedModel, ONNX with external data beside it; nil elsewhere.
  init?(beside path: String, _ files: Set<FileIdentity>) {
    guard files.count > 1, FileIdentity(path: path)?.kind == .regular, let own = FileIdentity.size(of: path) else {
      return nil
    }
    let folder = PathParts(path).folder
    let found = [folder, PathParts(folder).prefix + "variables"].compactMap { Self.largest(in: $0, files, depth: 1) }
    guard let file = found.max(by: { $0.size < $1.size }), file.size > own,
      !Self.texts.contains(PathParts(file.path).ending), let hash = SHA256.ofFile(file.path)
    else { return nil }
    (self.path, self.hash) = (file.path, hash)
  }

  /// Endings of what is read beside a model and holds no weights, however long it is.
  private static let texts: Set = [".txt", ".json", ".config", ".pbtxt"]

  /// Returns the largest of `files` that lies in `folder`, or so deep in folders of it; nil where none does.
  private static func largest(
    in folder: String, _ files: Set<FileIdentity>, depth: Int
  ) -> (path: String, size: Int64)? {
    var found: (path: String, size: Int64)?
    let prefix = PathParts(folder).prefix
    for name in ((try? Directory.entries(of: folder)) ?? []).sorted() {
      let path = prefix + name
      guard let identity = FileIdentity(path: path) else { continue }
      var inner: (path: String, size: Int64)?
      if identity.kind == .directory, depth > 1 {
        inner = largest(in: path, files, depth: depth - 1)
      } else if files.contains(identity) {
        inner = FileIdentity.size(of: path).map { (path, $0) }
      }
      if let inner, inner.size > found?.size ?? -1 { found = inner }
    }
    return found
  }
}
