/// The commands that every program has: they print texts that are made of its table.
extension Program {
  /// The commands that print the help texts, the completions and the manual of `program` with its `commands`.
  static func textCommands(of program: String, besides commands: [Command]) -> [Command] {
    [
      Command(
        "help", summary: "Prints the help text of the program or of a command.", arguments: [subject(of: commands)],
        examples: [.init("\(program) help completions", "what a command takes")]),
      Command(
        "completions", summary: "Prints a script that completes command lines in a shell.", arguments: [shell],
        examples: [.init("source <(\(program) completions bash)", "completions in this shell")]),
      Command(
        "manual", summary: "Prints the manual page, in man's own markup.",
        examples: [.init("\(program) manual | man -l -", "the manual page, without installing it")]),
    ]
  }

  /// What `help` is asked about.
  private static func subject(of commands: [Command]) -> Argument<String?> {
    Argument(
      optional: "COMMAND", .word(of: commands.map(\.name) + ["help", "completions", "manual"]),
      help: "The command to tell about.")
  }

  private static let shell = Argument("SHELL", ValueKind<Shell>.choice, help: "The shell: bash or zsh.")

  /// The text that `values` ask for; nil where they are those of a command of the program's own.
  func text(askedBy values: Values) -> String? {
    switch values.command {
    case "help":
      // A lookup goes by the argument's name.
      let subject = values[Self.subject(of: commands)]
      return helpText(for: commands.first { $0.name == subject } ?? main)
    case "completions": return completions(for: values[Self.shell])
    case "manual": return manual
    default: return nil
    }
  }

  /// Name, number and build of this version, on one line.
  var versionLine: String { "\(name) \(version)\(build.map { " (\($0()))" } ?? "")\n" }
}
