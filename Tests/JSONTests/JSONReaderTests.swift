import JSON
import Testing

@Suite struct JSONReaderTests {
  @Test func valuesOfEveryKindAreRead() throws {
    let value = try JSONValue(
      parsing: " {\"a\" : [1, -2.5e1, true, false, null, \"x\"],\r\n\t\"b\":{}, \"\":[] } ")
    #expect(
      value
        == .object([
          "a": .array([.integer(1), .number(-25), .bool(true), .bool(false), .null, .string("x")]),
          "b": .object([:]), "": .array([]),
        ]))
    #expect(value["a"]?[1]?.double == -25)
    #expect(value["a"]?[0]?.double == 1)
    #expect(value["a"]?[6] == nil && value["a"]?[-1] == nil && value["c"] == nil && value[0] == nil)
    #expect(value["a"]?[5]?.string == "x" && value["a"]?[2]?.bool == true && value["a"]?[1]?.integer == nil)
  }

  @Test(arguments: [
    ("0", JSONValue.integer(0)), ("-0", .number(-0.0)), ("9223372036854775807", .integer(.max)),
    ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(0x1p63)), ("1.0", .number(1)),
    ("1E2", .number(100)), ("1e+2", .number(100)), ("0.1", .number(0.1)), ("5e-324", .number(.leastNonzeroMagnitude)),
    ("1e-999", .number(0)),
  ])
  func numbersKeepTheirKind(text: String, value: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == value)
  }

  @Test(arguments: [
    ("\\u0041\\u00e9\\uD83D\\ude00\\/\\b\\f\\n\\r\\t\\\"\\\\", "Aé😀/\u{8}\u{c}\n\r\t\"\\"), ("é😀", "é😀"), ("", ""),
    ("a\\u0000b", "a\0b"),
  ])
  func stringsAreUnescaped(text: String, string: String) throws {
    #expect(try JSONValue(parsing: "\"\(text)\"") == .string(string))
  }

  @Test(arguments: [
    ("", 1, 1, "expected a value"), ("[1,\n 2 3]", 2, 4, "expected ',' or ']'"), ("[1,]", 1, 4, "expected a value"),
    ("{\"a\":1,}", 1, 8, "expected a key"), ("{\"a\" 1}", 1, 6, "expected ':'"),
    ("{\"a\":1", 1, 7, "expected ',' or '}'"),
    ("{1:2}", 1, 2, "expected a key"), ("01", 1, 2, "text after the value"), ("1.", 1, 3, "expected a digit"),
    ("-", 1, 2, "expected a digit"), (".5", 1, 1, "expected a value"), ("+1", 1, 1, "expected a value"),
    ("1e", 1, 3, "expected a digit"), ("1e999", 1, 1, "a number beyond all doubles"), ("tru", 1, 4, "expected 'true'"),
    ("nul]", 1, 4, "expected 'null'"), ("NaN", 1, 1, "expected a value"), ("'a'", 1, 1, "expected a value"),
    ("\"a", 1, 1, "a string without end"), ("\"a\\\"", 1, 1, "a string without end"),
    ("\"\\", 1, 1, "a string without end"),
    ("\"a\nb\"", 1, 3, "a control character in a string"), ("\"\\x\"", 1, 2, "an unknown escape"),
    ("\"\\u12g4\"", 1, 6, "expected four hexadecimal digits"), ("\"\\u12\"", 1, 6, "expected four hexadecimal digits"),
    ("\"\\ud800\"", 1, 2, "half a surrogate pair"), ("\"\\udc00\\ud800\"", 1, 2, "half a surrogate pair"),
    ("\"\\ud800\\u0041\"", 1, 2, "half a surrogate pair"), ("{\"a\":1,\n\"a\":2}", 2, 1, "a key that was there before"),
    ("1 2", 1, 3, "text after the value"), ("\u{feff}x", 1, 1, "expected a value"),
    ("\u{feff}1 x", 1, 3, "text after the value"), ("1\u{feff}", 1, 2, "text after the value"),
    ("\u{feff}", 1, 1, "expected a value"),
    ("[1] // no", 1, 5, "text after the value"),
  ])
  func whatIsNoJSONIsToldWithItsPlace(text: String, line: Int, column: Int, reason: String) {
    #expect(throws: JSONError(line: line, column: column, reason: reason)) { try JSONValue(parsing: text) }
  }

  @Test func aMarkOfUTF8IsPassedOver() throws {
    #expect(try JSONValue(parsing: "\u{feff}{\"a\":1}") == .object(["a": .integer(1)]))
  }

  @Test(arguments: [[0xFF, 0xFE, 0x31, 0], [0xFE, 0xFF, 0, 0x31], [0x31, 0], [0, 0x31]] as [[UInt8]])
  func textOfUTF16IsCalledSo(bytes: [UInt8]) {
    let error = JSONError(line: 1, column: 1, reason: "the text is UTF-16; save it as UTF-8")
    #expect(throws: error) { try JSONValue(parsing: bytes) }
  }

  @Test func invalidUTF8IsRefused() {
    for bytes: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf5, 0x80, 0x80, 0x80]] {
      #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22] + bytes + [0x22]) }
    }
  }

  @Test func whatIsLeftOutIsCheckedAndStandsAsNull() throws {
    let text = #"{"keep":[1,{"drop":{"a":[2]}}],"drop":[3]}"#
    let kept = JSONValue.object(["keep": .array([.integer(1), .object(["drop": .null])]), "drop": .null])
    #expect(try JSONValue(parsing: Array(text.utf8), leavingOut: ["drop"]) == kept)
    for broken in [#"{"drop":[}"#, #"{"drop":1,"drop":2}"#] {
      #expect(throws: JSONError.self) { try JSONValue(parsing: Array(broken.utf8), leavingOut: ["drop"]) }
    }
  }

  @Test func depthIsLimited() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONValue(parsing: nested(128))
    #expect(throws: JSONError(line: 1, column: 129, reason: "nested deeper than 128 levels")) {
      try JSONValue(parsing: nested(100_000))
    }
    #expect(throws: JSONError.self) { try JSONValue(parsing: "{\"a\":[]}", depthLimit: 1) }
  }

  /// Whatever is damaged is read or refused with a place in the text.
  @Test func damagedTextsDoNotTrap() throws {
    var random = SystemRandomNumberGenerator()
    let text = Array(
      #"{"frame":12,"time":1.2e-3,"objects":[{"label":"p\u00e9\ud83d\ude00\n","box":[0,-1,true,null]}]}"#.utf8)
    _ = try JSONValue(parsing: text)
    for _ in 0..<20_000 {
      var damaged = text
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<damaged.count, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: damaged[place] = .random(in: 0...255, using: &random)
        case 1: damaged.removeSubrange(place...)
        default: damaged.insert(text.randomElement(using: &random) ?? 0, at: place)
        }
        if damaged.isEmpty { break }
      }
      do throws(JSONError) { _ = try JSONValue(parsing: damaged) } catch {
        #expect(error.line >= 1 && error.column >= 1 && error.column <= damaged.count + 1)
      }
    }
  }
}
