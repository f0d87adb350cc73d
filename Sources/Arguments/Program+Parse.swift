extension Program {
  /// Reads a command line, the program's name left out.
  ///
  /// The first word names the command unless it begins with a dash. Options stand anywhere before `--`, as `--name
  /// VALUE`, `--name=VALUE`, `-n VALUE` or `-nVALUE`; letters of flags may be joined. A value that begins with two
  /// dashes must be joined by `=`.
  ///
  /// - Throws: `UsageError` for the first thing that is wrong.
  package func parse(_ words: [String]) throws(UsageError) -> Request {
    var words = words[...]
    var command = main
    if let first = words.first, !first.hasPrefix("-") {
      if let named = commands.first(where: { $0.name == first }) {
        command = named
        words.removeFirst()
      } else if main.arguments.isEmpty {
        throw .unknownCommand(first, nearest: nearest(to: first, in: commands.map(\.name)))
      }
    }
    var parser = Parser(command, options: groups(of: command).flatMap(\.options))
    switch try parser.parse(words) {
    case .help: return .text(helpText(for: command))
    case .version: return .text(versionLine)
    case .run: return text(askedBy: parser.values).map(Request.text) ?? .run(parser.values)
    }
  }
}

/// The state of reading one command's words.
private struct Parser {
  /// What the words ask for.
  enum Outcome { case run, help, version }

  private let command: Command
  private let options: [any Declaration]
  private var positional: [String] = []
  private(set) var values: Values

  init(_ command: Command, options: [any Declaration]) {
    (self.command, self.options) = (command, options)
    values = Values(command)
  }

  /// Reads all words, or up to the one that asks for a text.
  mutating func parse(_ words: ArraySlice<String>) throws(UsageError) -> Outcome {
    var rest = words
    while let word = rest.popFirst() {
      if word == "--" {
        positional += rest
        break
      }
      let outcome: Outcome
      if word.hasPrefix("--") {
        outcome = try long(word, &rest)
      } else if word.hasPrefix("-"), word != "-" {
        outcome = try letters(word, &rest)
      } else {
        positional.append(word)
        continue
      }
      guard case .run = outcome else { return outcome }
    }
    try assignArguments()
    return .run
  }

  /// Reads an option by its long name, and its value.
  private mutating func long(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) -> Outcome {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0].dropFirst(2))
    guard let option = options.first(where: { $0.name == name }) else {
      // An argument is given without its name.
      let argument = command.arguments.first { $0.name.lowercased() == name.lowercased() }
      let near = argument?.name ?? nearest(to: name, in: options.map(\.name)).map { "--\($0)" }
      throw .unknownOption("--\(name)", nearest: near)
    }
    return try take(option, called: "--\(name)", joined: parts.count > 1 ? String(parts[1]) : nil, &rest)
  }

  /// Reads one or more options by their letters; the last may have a value.
  private mutating func letters(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) -> Outcome {
    var letters = word.dropFirst()
    while let letter = letters.popFirst() {
      guard let option = options.first(where: { $0.letter == letter }) else {
        throw .unknownOption("-\(letter)", nearest: nil)
      }
      var joined: String?
      if option.placeholder != nil, !letters.isEmpty {
        joined = String(letters)
        letters = ""
      }
      let outcome = try take(option, called: "-\(letter)", joined: joined, &rest)
      guard case .run = outcome else { return outcome }
    }
    return .run
  }

  /// Notes `option` with its value: the one that is joined to it, or the next word.
  private mutating func take(
    _ option: any Declaration, called name: String, joined: String?, _ rest: inout ArraySlice<String>
  ) throws(UsageError) -> Outcome {
    if option.name == Command.help.name { return .help }
    if option.name == Command.version.name { return .version }
    if values.has(option.name), !option.isRepeatable { throw .repeatedOption(name) }
    guard let placeholder = option.placeholder else {
      guard joined == nil else { throw .needlessValue(option: name) }
      values.add(true, to: option.name)
      return .run
    }
    var text = joined
    if text == nil, let next = rest.first, !next.hasPrefix("--") { text = rest.removeFirst() }
    guard let text else { throw .missingValue(option: name, placeholder: placeholder) }
    values.add(try value(text, of: name, option.expected, option.completion, option.read), to: option.name)
    return .run
  }

  /// Gives the words that are no options to the arguments, in order.
  private mutating func assignArguments() throws(UsageError) {
    var rest = positional[...]
    for argument in command.arguments {
      if rest.isEmpty, argument.isRequired { throw .missingArgument(argument.name) }
      repeat {
        guard let text = rest.popFirst() else { break }
        let value = try value(text, of: argument.name, argument.expected, argument.completion, argument.read)
        values.add(value, to: argument.name)
      } while argument.isRepeatable
    }
    if let text = rest.first { throw .unexpectedArgument(text) }
  }

  /// Returns the value that `text` stands for.
  private func value(
    _ text: String, of subject: String, _ expected: String, _ completion: Completion,
    _ read: (String) -> (any Sendable)?
  ) throws(UsageError) -> any Sendable {
    if let value = read(text) { return value }
    let words: [String] = if case .words(let words) = completion { words } else { [] }
    throw .impossibleValue(subject: subject, text: text, expected: expected, nearest: nearest(to: text, in: words))
  }
}
