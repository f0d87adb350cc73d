import Foundation
import Testing

/// Every command tells how it is used, and what it tells is so.
@Suite struct CommandHelpTests {
  /// The help text of a command; the empty name is the program itself.
  private func help(_ command: String) throws -> String {
    let ending = try Program.run((command.isEmpty ? [] : [command]) + ["--help"])
    #expect(ending.status == 0 && ending.errors.isEmpty, "\(command): \(ending.errors)")
    return ending.output
  }

  /// The names of all commands.
  private func commands() throws -> [String] {
    let rows = try #require(try help("").firstMatch(of: #/\nCommands[^\n]*\n(.*?)\n\n/#.dotMatchesNewlines()))
    let names = "\n\(rows.1)".matches(of: #/\n  (\w+)/#).map { String($0.1) }
    try #require(names.contains("bench") && names.contains("manual"), "\(names)")
    return names
  }

  @Test func everyCommandHasUsageSummaryAndExample() throws {
    for command in try commands() {
      let text = try help(command)
      #expect(
        text.contains(
          try Regex(
            "^Usage: stream \(command)[^\\n]*(\\n +stream \(command)[^\\n]*)*\\n\\n\\w[^\\n]*(\\n[^\\n]+)*\\.\\n")),
        "\(text)")
      #expect(text.contains("\nExamples:\n"), "\(command)")
      let same = try Program.run(["help", command])
      #expect(same.status == 0 && same.output == text)
    }
    #expect(try Program.run(["help"]).output == help(""))
  }

  /// Whether the program takes each command line of the examples, up to a `--help` put behind it.
  @Test func examplesAreRightUsage() throws {
    var count = 0
    for command in try [""] + commands() {
      let text = try help(command)
      for line in text.matches(of: #/\n    ([^ \n][^\n]*)/#).map(\.1) where !line.contains("$(") {
        guard let call = line.firstMatch(of: #/(?:^|\| )stream ([^|>]*)/#) else { continue }
        let words = call.1.split(separator: " ").map { String($0.filter { $0 != "'" }) }
        let ending = try Program.run(words + ["--help"])
        #expect(ending.status == 0, "\(line): \(ending.errors)")
        count += 1
      }
    }
    #expect(count > 5)
  }

  @Test func aWordThatIsNoCommandIsRefused() throws {
    for words in [["bnech"], ["help", "bnech"]] {
      let ending = try Program.run(words)
      #expect(ending.status == 2)
      #expect(ending.errors.contains("did you mean 'bench'?"), "\(ending.errors)")
    }
  }
}
