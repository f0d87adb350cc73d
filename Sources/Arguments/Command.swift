/// What a program can be told to do: one row of its table, from which parser, help and completions are made.
package struct Command: Sendable {
  /// The word that names it; for a program's own command the program's name.
  package let name: String
  /// What it does, as a sentence.
  package let summary: String
  /// Ways to call it, without its name: `--input FILE [OPTION]...`.
  package let usage: [String]
  package let groups: [OptionGroup]
  package let arguments: [any ArgumentDeclaration]
  package let examples: [Example]
  /// Paragraphs at the end of its help.
  package let notes: [String]

  /// A call of a command and what it is for.
  package struct Example: Sendable {
    package let line: String
    package let purpose: String

    package init(_ line: String, _ purpose: String) { (self.line, self.purpose) = (line, purpose) }
  }

  /// - Parameter usage: the ways to call it; made from the arguments where it is left out.
  /// - Precondition: no two options or arguments share a name or letter, none is called `help` or `version`, and only
  ///   the last argument repeats.
  package init(
    _ name: String, summary: String, usage: [String]? = nil, groups: [OptionGroup] = [],
    arguments: [any ArgumentDeclaration] = [], examples: [Example] = [], notes: [String] = []
  ) {
    let options = groups.flatMap(\.options)
    let names = options.map(\.name) + arguments.map(\.name) + [Self.help.name, Self.version.name]
    let letters = options.compactMap(\.letter) + ["h"]
    precondition(Set(names).count == names.count && Set(letters).count == letters.count, "a name is there twice")
    precondition(arguments.dropLast().allSatisfy { !$0.isRepeatable && $0.isRequired }, "only the last may vary")
    self.usage =
      usage ?? [((options.isEmpty ? [] : ["[OPTION]..."]) + arguments.map(Self.usage)).joined(separator: " ")]
    (self.name, self.summary, self.groups, self.arguments) = (name, summary, groups, arguments)
    (self.examples, self.notes) = (examples, notes)
  }

  static let help = Option(flag: "help", letter: "h", help: "Print this text and exit.")
  static let version = Option(flag: "version", help: "Print the version and exit.")

  /// How an argument stands in a usage line: `[NAME...]`.
  private static func usage(of argument: any ArgumentDeclaration) -> String {
    let name = argument.name + (argument.isRepeatable ? "..." : "")
    return argument.isRequired ? name : "[\(name)]"
  }
}
