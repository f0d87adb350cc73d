/// The parts of a path as its text has them: the system is not asked.
package struct PathParts: Sendable {
  private let path: String

  package init(_ path: String) { self.path = path }

  /// What the file is called within its folder; slashes behind it do not count.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// The name without its extension.
  package var stem: String { String(name.dropLast(ending.count)) }

  /// The name's extension with its dot; empty where it has none.
  package var ending: String {
    // A dot at its beginning makes a name hidden, and no extension.
    let rest = name.dropFirst()
    return rest.lastIndex(of: ".").map { String(rest[$0...]) } ?? ""
  }

  /// The folder that the file is in; `.` where the path names none.
  package var folder: String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// What stands before the names of files where the path is that of their folder.
  package var prefix: String { path.hasSuffix("/") ? path : "\(path)/" }
}
