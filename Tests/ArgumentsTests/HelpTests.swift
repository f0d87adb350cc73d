import Arguments
import Foundation
import Testing

@Suite struct HelpTests {
  @Test func helpComesFromTheTable() throws {
    guard case .help(let text) = try Example.program.parse(["--help"]) else {
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

      Source:
        -i, --input FOOTAGE       Read FOOTAGE.
            --size WIDTHxHEIGHT   Ask the camera for this size.

      Other:
            --threshold SCORE     Report objects whose score is above SCORE. (default:
                                  0.5)
            --threads N           Use N threads.
            --patience TIME       Wait so long.
            --track HOW           Follow objects. (default: sort)
            --classes NAME,...    Only these classes: names [or numbers].
        -q, --quiet               Say nothing but errors; it's quieter.
        -s, --stats               Tell what every stage did.

      Help:
        -h, --help                Print this text and exit.
            --version             Print the version and exit.

      Examples:
        What is in the footage:
          watch --input a.mp4

      The exit status is 0 where all went well.

      """
    #expect(text == expected)
  }

  @Test func everyCommandHasHelpOfItsOwn() throws {
    guard case .help(let text) = try Example.program.parse(["inspect", "-h"]) else {
      Issue.record("no help")
      return
    }
    #expect(text.hasPrefix("Usage: watch inspect [OPTION]... MODEL [OUTPUT]\n\nTells about a model.\n"))
    #expect(text.contains("  MODEL                     A model.\n"))
    #expect(!text.contains("--version"))
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
    guard case .version(let text) = try Example.program.parse(["--version"]) else {
      Issue.record("no version")
      return
    }
    #expect(text == "watch 1.2")
  }

  @Test(arguments: [
    ("watch --th", "--threshold --threads"), ("watch --track ", "sort none"), ("watch --track s", "sort"),
    ("watch de", "detect"), ("watch detect --", "--quiet --help"), ("watch --input ", ""), ("watch -i ", ""),
  ])
  func bashCompletes(line: String, offers: String) throws {
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map { "'\($0)'" }
    let script = """
      compopt() { :; }
      \(Example.program.completions(for: .bash))
      COMP_WORDS=(\(words.joined(separator: " "))) COMP_CWORD=\(words.count - 1)
      _watch
      echo "${COMPREPLY[*]}"
      """
    let bash = Process()
    let output = Pipe()
    bash.executableURL = URL(filePath: "/bin/bash")
    bash.arguments = ["-c", script]
    bash.standardOutput = output
    try bash.run()
    bash.waitUntilExit()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    #expect(bash.terminationStatus == 0)
    #expect(text == offers + "\n")
  }

  @Test func zshSpecificationsAreQuoted() {
    let script = Example.program.completions(for: .zsh)
    #expect(script.hasPrefix("#compdef watch\n"))
    #expect(script.contains(#"'--quiet[Say nothing but errors; it'\''s quieter.]'"#))
    #expect(script.contains(#"'*--classes=[Only these classes\: names \[or numbers\].]:NAME,...: '"#))
    #expect(script.contains("'--input=[Read FOOTAGE.]:FOOTAGE:_files'"))
    #expect(script.contains("'*:IMAGE:_files'"))
  }
}
