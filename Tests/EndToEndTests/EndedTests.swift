import Foundation
import TestData
import Testing

/// What tests hear of the programs that they start.
@Suite struct EndedTests {
  /// As when a sanitizer reports before the program's own output: `timeout` ends a program that waits for its reader.
  @Test func errorsThatFillAPipeAreReadBeforeTheOutputEnds() throws {
    func letters(_ letter: String) -> String { "head -c 300000 /dev/zero | tr '\\0' \(letter)" }
    let ended = try Ended(
      URL(filePath: "/usr/bin/timeout"),
      ["30", "/bin/sh", "-c", "\(letters("e")) >&2; \(letters("o")); \(letters("e")) >&2; exit 3"])
    #expect(ended.status == 3)
    #expect(ended.output == String(repeating: "o", count: 300_000))
    #expect(ended.errors == String(repeating: "e", count: 600_000))
  }
}
