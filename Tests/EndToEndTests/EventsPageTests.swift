import Foundation
import TestData
import Testing

/// docs/EVENTS.md shows what is so: its commands are run on its logs, and its lines follow the schema.
@Suite struct EventsPageTests {
  private let folder: TemporaryFolder
  private let blocks: [Block]

  init() throws {
    folder = try TemporaryFolder()
    let page = TestData.checkout.appending(path: "docs/EVENTS.md")
    blocks = try Block.all(in: String(contentsOf: page, encoding: .utf8))
    for log in blocks where log.kind.hasPrefix("json ") {
      try Data(log.lines.map { "\($0)\n" }.joined().utf8).write(to: folder.url(String(log.kind.dropFirst(5))))
    }
  }

  @Test(.enabled("jq is not installed") { jq != nil }) func commandsPrintWhatThePageSays() throws {
    let examples = blocks.filter { $0.kind == "console" }.flatMap(\.examples)
    #expect(examples.count >= 7)
    for example in examples {
      let command = "cd '\(folder.url.path)' && \(example.command)"
      let ending = try Ended(URL(filePath: "/bin/sh"), ["-c", command])
      #expect(ending.status == 0, "\(example.command): \(ending.errors)")
      #expect(ending.lines == example.output, "\(example.command)")
    }
  }

  @Test func linesHaveTheSchemasFieldsInThePagesOrder() throws {
    let schema = TestData.checkout.appending(path: "docs/event-log.schema.json")
    let content = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: schema)) as? [String: Any])
    let properties = try #require(content["properties"] as? [String: Any])
    let required = try #require(content["required"] as? [String])
    let page = try String(contentsOf: TestData.checkout.appending(path: "docs/EVENTS.md"), encoding: .utf8)
    let fields = page.matches(of: #/\n\| (`\w+`(?:, `\w+`)*) \|/#).flatMap { row in
      row.1.matches(of: #/\w+/#).map { String($0.0) }
    }
    #expect(Set(fields) == Set(properties.keys))

    let lines = blocks.filter { $0.kind.hasPrefix("json ") }.flatMap(\.lines)
    #expect(lines.count > 4)
    for line in lines {
      let keys = line.prefix(upTo: line.range(of: #""objects":"#)?.upperBound ?? line.endIndex)
        .matches(of: #/"(\w+)":/#).map { String($0.1) }
      #expect(keys == fields.filter(keys.contains), "\(line)")
      #expect(Set(required).isSubset(of: keys), "\(line)")
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
  }

  private static let jq = ["/usr/bin/jq", "/usr/local/bin/jq"].first(where: FileManager.default.isExecutableFile)
}

/// A fenced block of a page.
private struct Block {
  /// What stands behind the opening fence.
  let kind: String
  let lines: [String]

  static func all(in page: String) -> [Block] {
    page.matches(of: #/\n```([^\n]*)\n(.*?)\n```/#.dotMatchesNewlines()).map { match in
      Block(
        kind: String(match.1), lines: match.2.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }
  }

  /// The commands of a block (`$ command`), each with the lines below it.
  var examples: [(command: String, output: [String])] {
    lines.reduce(into: []) { examples, line in
      if line.hasPrefix("$ ") {
        examples.append((String(line.dropFirst(2)), []))
      } else if !examples.isEmpty {
        examples[examples.count - 1].output.append(line)
      }
    }
  }
}
