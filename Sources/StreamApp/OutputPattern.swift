/// Where outputs go: a path, or one path for each source, with `%s` for its name.
package struct OutputPattern: Sendable, Equatable {
  /// As the user gave it.
  let text: String

  /// Whether each source has a path of its own.
  package var isForEachSource: Bool { text.contains("%s") }

  /// Returns the path of the source that is called `name`.
  package func path(of name: String) -> String { text.replacing("%s", with: name) }
}
