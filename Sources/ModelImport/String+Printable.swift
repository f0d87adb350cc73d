extension String {
  /// Returns its first `most` characters for a line of text, with `?` for each that is not printable ASCII.
  func printable(most: Int = 256) -> String {
    String(unicodeScalars.prefix(most).map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" })
  }
}
