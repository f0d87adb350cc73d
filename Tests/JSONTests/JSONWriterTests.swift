import JSON
import Testing

/// What the writer writes for `body`.
func written(_ body: (inout JSONWriter) -> Void) -> String {
  var writer = JSONWriter()
  body(&writer)
  return String(decoding: writer.bytes, as: UTF8.self)
}

@Suite struct JSONWriterTests {
  @Test func objectsAndArraysNestWithoutSpace() {
    let text = written { json in
      json.object { json in
        json.key("a")
        json.array { json in
          json.integer(1)
          json.array { _ in }
          json.object { _ in }
          json.null()
          json.bool(true)
        }
        json.key("b")
        json.bool(false)
      }
    }
    #expect(text == #"{"a":[1,[],{},null,true],"b":false}"#)
  }

  @Test func wholeNumbersReachBothEnds() {
    #expect(written { $0.integer(.min) } == String(Int.min))
    #expect(written { $0.integer(.max) } == String(Int.max))
    #expect(written { $0.integer(0) } == "0")
  }

  @Test func stringsAreEscapedWhereTheyMustBe() {
    #expect(
      written { $0.string("a\"b\\c\n\r\t\u{0}\u{1f}\u{7f}é€😀/") } == #""a\"b\\c\n\r\t\u0000\u001f"# + "\u{7f}é€😀/\"")
    let bytes = Array("b\"ü".utf8)
    #expect(written { $0.string(utf8: bytes.span) } == #""b\"ü""#)
  }

  @Test func everyStringReadsAsItWas() throws {
    for scalar in (0...0x3000).compactMap(Unicode.Scalar.init) {
      let text = "<\(Character(scalar))>"
      #expect(try JSONValue(parsing: written { $0.string(text) }) == .string(text))
    }
  }

  @Test func linesFollowOneAnother() {
    var writer = JSONWriter()
    writer.integer(1)
    writer.endLine()
    writer.array { $0.integer(2) }
    writer.endLine()
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "1\n[2]\n")
    writer.removeAll()
    writer.integer(3)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "3")
  }
}
