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
}
