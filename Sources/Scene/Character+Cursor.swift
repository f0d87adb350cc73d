extension Character {
  /// Whether it moves the cursor instead of showing something, as line breaks do: in a name or a message, which stand on
  /// one line, it has no place.
  public var movesCursor: Bool { unicodeScalars.contains(where: \.movesCursor) }
}

extension Unicode.Scalar {
  /// Whether it moves the cursor: a control character, or Unicode's separators of lines and paragraphs.
  public var movesCursor: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
