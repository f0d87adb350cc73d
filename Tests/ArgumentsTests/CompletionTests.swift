import Arguments
import Foundation
import TestData
import Testing

@Suite struct CompletionTests {
  @Test(arguments: [
    ("watch --th", "--threshold --threads"), ("watch --track ", "sort none"), ("watch --track s", "sort"),
    ("watch --track = s", "sort"), ("watch --track =", "sort none"), ("watch de", "detect"), ("watch detect", "detect"),
    ("watch detect --", "--quiet --help"), ("watch detect -q ", ""), ("watch --input ", ""), ("watch -i ", ""),
    ("watch --threads ", ""), ("watch help in", "inspect"), ("watch completions ", "bash zsh --help"),
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
    let ending = try Ended(URL(filePath: "/bin/bash"), ["-c", script])
    #expect(ending.status == 0)
    #expect(ending.output == offers + "\n")
  }

  @Test func zshSpecificationsAreQuoted() {
    let script = Example.program.completions(for: .zsh)
    #expect(script.hasPrefix("#compdef watch\n"))
    #expect(script.contains(#"'(-q --quiet)-q[Say nothing but errors; it'\''s quieter.]'"#))
    #expect(script.contains(#"'(-q --quiet)--quiet[Say nothing but errors; it'\''s quieter.]'"#))
    #expect(script.contains(#"'*--classes=[Only these classes\: names \[or numbers\].]:NAME,...: '"#))
    #expect(script.contains("'(-i --input)--input=[Read FOOTAGE.]:FOOTAGE:_files'"))
    #expect(script.contains("'*:IMAGE:_files'"))
    #expect(script.contains("'detect:Looks at pictures.'"))
  }
}
