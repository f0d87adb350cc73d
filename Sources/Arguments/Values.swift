/// What a command line asks for.
package enum Request: Sendable {
  /// To run a command with these values.
  case run(Values)
  /// To print this text, which ends with a line end: help, version, manual page or completions.
  case text(String)
}

/// The values of one command line, looked up by their declarations.
package struct Values: Sendable {
  /// The name of the command.
  package let command: String
  private let known: Set<String>
  private var found: [String: [any Sendable]] = [:]

  init(_ command: Command) {
    self.command = command.name
    known = Set(command.groups.flatMap(\.options).map(\.name) + command.arguments.map(\.name))
  }

  /// The answer of `option`.
  ///
  /// - Precondition: the command has this option.
  package subscript<Result>(option: Option<Result>) -> Result {
    precondition(known.contains(option.name), "\(command) has no option --\(option.name)")
    return option.result(found[option.name] ?? [])
  }

  /// The answer of `argument`.
  ///
  /// - Precondition: the command has this argument.
  package subscript<Result>(argument: Argument<Result>) -> Result {
    precondition(known.contains(argument.name), "\(command) has no argument \(argument.name)")
    return argument.result(found[argument.name] ?? [])
  }

  /// Whether an option or argument of this name was given.
  package func has(_ name: String) -> Bool { found[name] != nil }

  /// Adds a value that was given for `name`.
  mutating func add(_ value: any Sendable, to name: String) { found[name, default: []].append(value) }
}
