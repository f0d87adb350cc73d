/// A program: what it does without a command word, and its commands.
package struct Program: Sendable {
  package let name: String
  /// The number of this version, `1.0.2`.
  package let version: String
  /// Returns what its version line adds in parentheses, what it was built with; asked for that line alone.
  package let build: (@Sendable () -> String)?
  /// The day of this version, `2026-11-25`, as the manual page tells it.
  package let date: String
  /// What it does where the first argument names no command.
  package let main: Command
  /// All its commands; the last three are those that every program has (`Program+Texts.swift`).
  package let commands: [Command]
  /// What stands outside its command line: files, environment, exit status.
  package let topics: [Topic]

  /// Things with a meaning under one heading, in the help text of the program and in its manual page.
  package struct Topic: Sendable {
    package let title: String
    /// Each thing with what it means, as a sentence.
    package let rows: [(term: String, meaning: String)]

    package init(_ title: String, _ rows: [(term: String, meaning: String)]) { (self.title, self.rows) = (title, rows) }
  }

  /// - Precondition: no two commands share a name, and none is called `help`, `completions` or `manual`.
  package init(
    name: String, version: String, build: (@Sendable () -> String)? = nil, date: String = "", main: Command,
    commands: [Command] = [], topics: [Topic] = []
  ) {
    (self.name, self.version, self.build, self.date) = (name, version, build, date)
    (self.main, self.topics) = (main, topics)
    self.commands = commands + Self.textCommands(of: name, besides: commands)
    precondition(Set(self.commands.map(\.name)).count == self.commands.count, "a command is there twice")
  }

  /// The groups of `command`, those that every command has included.
  func groups(of command: Command) -> [OptionGroup] {
    let isMain = command.name == main.name
    return command.groups + [OptionGroup("Help", isMain ? [Command.help, Command.version] : [Command.help])]
  }

  /// The ways to call `command`, the program's name included.
  func ways(to command: Command) -> [String] {
    let isMain = command.name == main.name
    let call = isMain ? name : "\(name) \(command.name)"
    let ways = command.usage.map { $0.isEmpty ? call : "\(call) \($0)" }
    return isMain ? ways + ["\(name) COMMAND ..."] : ways
  }
}
