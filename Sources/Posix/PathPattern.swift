internal import Glibc

/// Patterns of paths, as a shell expands them: `*`, `?` and `[…]`.
public enum PathPattern {
  /// Whether `text` has a sign that stands for others.
  public static func isPattern(_ text: String) -> Bool { text.utf8.contains { "*?[".utf8.contains($0) } }

  /// Returns the paths that match `pattern`, sorted by their bytes; none where nothing does (glob(3)).
  ///
  /// - Throws: `PosixError` where there is no memory for them.
  public static func paths(matching pattern: String) throws(PosixError) -> [String] {
    var found = unsafe glob_t()
    let result = unsafe glob(pattern, 0, nil, &found)
    defer { unsafe globfree(&found) }
    guard result != GLOB_NOMATCH else { return [] }
    guard result == 0 else { throw PosixError(call: "glob", subject: pattern, code: ENOMEM) }
    return (0..<Int(unsafe found.gl_pathc)).compactMap { index in
      unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
    }
  }
}
