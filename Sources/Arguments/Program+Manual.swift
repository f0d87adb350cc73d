extension Program {
  /// The manual page, section 1, in the `man` macros of roff.
  package var manual: String {
    var page = ManualPage(
      title: name, section: 1, date: date, source: "\(name) \(version)", manual: "User Commands")
    page.heading("Name")
    page.text("\(name) - \(asPhrase(main.summary))")
    page.heading("Synopsis")
    page.calls(ways(to: main))
    page.heading("Description")
    page.text(main.summary)
    for note in main.notes { page.text(note) }
    page.heading("Options")
    for group in groups(of: main) { write(group.options, under: group.title, to: &page) }
    page.heading("Commands")
    for command in commands { write(command, to: &page) }
    for topic in topics {
      page.heading(topic.title)
      for row in topic.rows { page.item(row.term, row.meaning) }
    }
    if !main.examples.isEmpty {
      page.heading("Examples")
      for example in main.examples { page.example(example.line, for: example.purpose) }
    }
    return page.source
  }

  /// Writes what one command does, and how it is called.
  private func write(_ command: Command, to page: inout ManualPage) {
    page.subheading("\(name) \(command.name)")
    page.calls(ways(to: command))
    page.text(command.summary)
    for argument in command.arguments { page.item(argument.name, argument.help) }
    let common = Set(main.groups.flatMap(\.options).map { "\($0.name) \($0.help)" })
    let options = command.groups.flatMap(\.options)
    for option in options where !common.contains("\(option.name) \(option.help)") { write(option, to: &page) }
    let shared = options.filter { common.contains("\($0.name) \($0.help)") }.map { "--\($0.name)" }
    if !shared.isEmpty { page.text("As without a command: \(shared.joined(separator: ", ")).") }
    for example in command.examples { page.example(example.line, for: example.purpose) }
    for note in command.notes { page.text(note) }
  }

  /// Writes options under a heading of their own.
  private func write(_ options: [any Declaration], under title: String, to page: inout ManualPage) {
    page.subheading(title)
    for option in options { write(option, to: &page) }
  }

  /// Writes one option with what it does.
  private func write(_ option: any Declaration, to page: inout ManualPage) {
    let names = (option.letter.map { "-\($0), " } ?? "") + "--\(option.name)"
    page.item(names + (option.placeholder.map { " \($0)" } ?? ""), option.help)
  }

  /// `sentence` without its stop and its capital, as man's list of pages wants it.
  private func asPhrase(_ sentence: String) -> String {
    let phrase = sentence.prefix(1).lowercased() + sentence.dropFirst()
    return phrase.hasSuffix(".") ? String(phrase.dropLast()) : phrase
  }
}
