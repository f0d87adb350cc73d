/// Text that people and logs get to see, without the secrets of the URLs in it.
package enum SecretFree {
  /// Returns `path` as it may be shown: of a URL neither the password nor the query, which may hold another one.
  ///
  /// Only the user's name is kept of what stands before the host; `?…` stands for the query. A file's name is as it is.
  package static func name(of path: String) -> String {
    guard !path.hasPrefix("file:"), path.contains("://") else { return path }
    return masked(path[...], isURL: true)
  }

  /// Returns what people call the input `path`: `-` in words, anything else by its `name`.
  package static func input(_ path: String) -> String { path == "-" ? "standard input" : name(of: path) }

  /// Returns `text`, a line for people, with each URL in it as `name` would show it.
  package static func line(_ text: String) -> String { text.contains("://") ? masked(text[...], isURL: false) : text }

  /// Masks the first URL of `text`, then what follows it: URLs may be nested (`concat:`) or stand in a sentence.
  ///
  /// - Parameter isURL: whether the text is nothing else, so that a query goes to its end.
  private static func masked(_ text: Substring, isURL: Bool) -> String {
    guard let scheme = text.firstRange(of: "://") else { return String(text) }
    let head = text[..<scheme.upperBound]
    var rest = text[scheme.upperBound...]
    let isFile = head.hasSuffix("file://")
    var user = ""
    if let end = isFile ? nil : userEnd(in: rest) {
      user = rest[..<end].prefix { $0 != ":" } + "@"
      rest = rest[rest.index(after: end)...]
    }
    let place = rest.prefix { !isQueryStart($0) && (isURL || !isBoundary($0)) }
    rest = rest[place.endIndex...]
    // The place may hold another URL's beginning, as that of a proxy does.
    let shown = place.contains("://") ? masked(place, isURL: isURL) : String(place)
    guard !isFile, rest.first.map(isQueryStart) == true else { return head + user + shown + masked(rest, isURL: isURL) }
    if !isURL { rest = rest.drop { !isBoundary($0) } }
    return head + user + shown + "?…" + (isURL ? "" : masked(rest, isURL: false))
  }

  /// Returns where the `@` stands that ends user and password at the start of `rest`; nil where there are none.
  ///
  /// A password may hold an `@`, and by mistake even a `/`, `?` or `#`: what stands behind a colon and is no port is
  /// taken for one up to the last `@`.
  private static func userEnd(in rest: Substring) -> Substring.Index? {
    let authority = rest.prefix { $0 != "/" && $0 != "\n" && !isQueryStart($0) }
    if let colon = authority.firstIndex(of: ":"), !authority.hasPrefix("[") {
      let port = authority[authority.index(after: colon)...]
      if !port.allSatisfy({ $0.isASCII && $0.isNumber }) || authority.endIndex < rest.endIndex && port.isEmpty {
        let line = rest.prefix { $0 != "\n" }
        // A URL further on has an @ of its own.
        let reach = line.firstRange(of: "://").map { line[..<$0.lowerBound] } ?? line
        return reach.lastIndex(of: "@")
      }
    }
    return authority.lastIndex(of: "@")
  }

  private static func isQueryStart(_ character: Character) -> Bool { character == "?" || character == "#" }

  /// Whether a URL in a sentence ends before it.
  private static func isBoundary(_ character: Character) -> Bool {
    character.isWhitespace || character == "'" || character == "\"" || character == "|"
  }
}
