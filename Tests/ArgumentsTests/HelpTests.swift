import Arguments
import Foundation
import Testing

@Suite struct HelpTests {
  @Test func helpComesFromTheTable() throws {
    guard case .text(let text) = try Example.program.parse(["--help"]) else {
      Issue.record("no help")
      return
    }
    let expected = """
      Usage: watch --input FOOTAGE [OPTION]...
             watch COMMAND ...

      Watches footage.

      Commands (watch COMMAND --help tells more):
        detect                    Looks at pictures.
        inspect                   Tells about a model.
        help                      Prints the help text of the program or of a command.
        completions               Prints a script that completes command lines in a
                                  shell.
        manual                    Prints the manual page, in man's own markup.

      Source:
        -i, --input FOOTAGE       Read FOOTAGE.
            --size WIDTHxHEIGHT   Ask the camera for this size.

      Other:
            --threshold SCORE     Report objects whose score is above SCORE (default:
                                  0.5).
            --threads N           Use N threads (default: one for each core).
            --patience TIME       Wait so long.
            --track HOW           Follow objects (default: sort).
            --classes NAME,...    Only these classes: names [or numbers].
        -q, --quiet               Say nothing but errors; it's quieter.
        -s, --stats               Tell what every stage did.

      Help:
        -h, --help                Print this text and exit.
            --version             Print the version and exit.

      Examples:
        What is in the footage:
          watch --input a.mp4

      Environment:
        WATCH_HOME                Where 'footage' lies.

      The exit status is 0 where all went well.

      """
    #expect(text == expected)
  }

  @Test func everyCommandHasHelpOfItsOwn() throws {
    guard case .text(let text) = try Example.program.parse(["inspect", "-h"]) else {
      Issue.record("no help")
      return
    }
    #expect(text.hasPrefix("Usage: watch inspect MODEL [OUTPUT]\n\nTells about a model.\n"))
    #expect(text.contains("  MODEL                     A model.\n"))
    #expect(!text.contains("--version"))
  }

  @Test func helpOfACommandIsTheSameByBothWays() throws {
    for command in Example.program.commands.map(\.name) {
      guard case .text(let one) = try Example.program.parse(["help", command]),
        case .text(let other) = try Example.program.parse([command, "--help"])
      else {
        Issue.record("no help")
        continue
      }
      #expect(one == other)
      #expect(one.hasPrefix("Usage: watch \(command)"))
    }
    guard case .text(let one) = try Example.program.parse(["help"]),
      case .text(let other) = try Example.program.parse(["--help"])
    else {
      Issue.record("no help")
      return
    }
    #expect(one == other)
  }

  @Test func helpKnowsNoOtherCommands() {
    let known = ["detect", "inspect", "help", "completions", "manual"]
    #expect(
      Example.error("help", "detct")
        == .impossibleValue(
          subject: "COMMAND", text: "detct", expected: "one of \(known.joined(separator: ", "))", nearest: "detect"))
  }

  @Test func linesEndAtColumn80() throws {
    let long = String(repeating: "words that go on ", count: 40)
    let option = Option(flag: "an-option-with-a-very-long-name", help: long)
    let program = Program(
      name: "p", version: "1", main: Command("p", summary: long, groups: [OptionGroup("O", [option])], notes: [long]))
    let lines = program.helpText(for: program.main).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines.contains { $0.count > 70 })
  }

  @Test func versionNamesTheProgram() throws {
    guard case .text(let text) = try Example.program.parse(["--version"]) else {
      Issue.record("no version")
      return
    }
    #expect(text == "watch 1.2 (for tests)\n")
  }
}
