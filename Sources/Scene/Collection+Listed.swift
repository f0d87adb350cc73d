extension Collection<String> {
  /// Returns the first `most` of these with commas between them, and how many more there are: `a, b and 3 more`.
  package func listed(most: Int) -> String {
    let rest = count - most
    return prefix(most).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}
