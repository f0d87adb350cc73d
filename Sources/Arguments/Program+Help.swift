extension Program {
  /// Columns of a help text.
  static let width = 80
  /// The column at which the words about an option begin.
  static let column = 28

  /// Returns the help text of `command`, which ends with a line end.
  package func helpText(for command: Command) -> String {
    let isMain = command.name == main.name
    var text = ""
    for (index, way) in ways(to: command).enumerated() { text += (index == 0 ? "Usage: " : "       ") + way + "\n" }
    text += "\n" + lines(of: command.summary, indent: 0)
    if isMain {
      let rows = commands.map { ("  " + $0.name, $0.summary) }
      text += section("Commands (\(name) COMMAND --help tells more)", rows)
    }
    text += section("Arguments", command.arguments.map { ("  " + $0.name, $0.help) })
    for group in groups(of: command) { text += section(group.title, group.options.map { (term($0), $0.help) }) }
    if !command.examples.isEmpty {
      text += "\nExamples:\n"
      for example in command.examples {
        text += lines(of: example.purpose, indent: 2) + "    \(example.line)\n"
      }
    }
    for topic in isMain ? topics : [] { text += section(topic.title, topic.rows.map { ("  " + $0.term, $0.meaning) }) }
    for note in command.notes { text += "\n" + lines(of: note, indent: 0) }
    return text
  }

  /// A heading with its rows; nothing where there are none.
  private func section(_ title: String, _ rows: [(term: String, help: String)]) -> String {
    guard !rows.isEmpty else { return "" }
    return rows.reduce("\n\(title):\n") { $0 + row($1.term, $1.help) }
  }

  /// One term with its explanation beside it, or below where the term is long.
  private func row(_ term: String, _ help: String) -> String {
    let explanation = lines(of: help, indent: Self.column)
    guard term.count <= Self.column - 2 else { return term + "\n" + explanation }
    return term + String(repeating: " ", count: Self.column - term.count) + explanation.dropFirst(Self.column)
  }

  /// How an option stands in its row: `  -i, --input FILE`.
  private func term(_ option: any Declaration) -> String {
    let names = (option.letter.map { "-\($0), " } ?? "    ") + "--\(option.name)"
    return "  " + names + (option.placeholder.map { " \($0)" } ?? "")
  }

  /// `text` broken between words to lines of 80 columns, each `indent` columns in.
  private func lines(of text: String, indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    return text.wrapped(to: Self.width - indent).map { "\(margin)\($0)\n" }.joined()
  }
}

extension String {
  /// Its words in lines of `width` columns at most; a longer word stands alone.
  func wrapped(to width: Int) -> [String] {
    var lines: [String] = []
    for word in split(separator: " ") {
      if let line = lines.last, line.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
