internal import Glibc

/// The file that a path leads to, also where writing to it would only make it: two paths with equal places write to one
/// file.
package enum FilePlace: Sendable, Hashable {
  /// What is there.
  case file(FileIdentity)
  /// Nothing yet, in this folder, by this name.
  case new(folder: FileIdentity, name: String)

  /// Follows symbolic links, also those that lead to nothing; nil where no folder is there to hold it.
  package init?(path: String) {
    var path = path
    // As many links as the system follows.
    for _ in 0..<40 {
      if let identity = FileIdentity(path: path) {
        self = .file(identity)
        return
      }
      let name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
      let folder = String(path.dropLast(name.count))
      if let target = Self.target(ofLink: path) {
        path = target.hasPrefix("/") ? target : folder + target
        continue
      }
      guard !name.isEmpty, let identity = FileIdentity(path: folder.isEmpty ? "." : folder) else { return nil }
      self = .new(folder: identity, name: name)
      return
    }
    return nil
  }

  /// Returns what the symbolic link at `path` says; nil where there is none.
  private static func target(ofLink path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink(path, &bytes, Int(PATH_MAX))
    return count > 0 ? String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }
}
