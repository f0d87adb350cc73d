internal import JSON

/// A reader of protobuf's text form, as far as label maps and configurations need it: names, numbers, quoted strings,
/// nested messages and lists.
package enum TextProto {
  /// What a field holds.
  package indirect enum Value: Equatable {
    /// A number, a word or a string, as its text.
    case scalar(String)
    case message([Field])
  }

  /// A field's name and what it holds, in the order of the text; a list is as many fields of one name.
  package struct Field: Equatable {
    package let name: String
    package let value: Value
  }

  /// Messages within messages, at most.
  private static let deepest = 64

  /// Returns the fields of the outermost message.
  ///
  /// - Throws: `TextProtoError` iff the text is damaged.
  package static func fields(of text: String) throws(TextProtoError) -> [Field] {
    var scanner = Scanner(text)
    return try fields(&scanner, until: nil, depth: 0)
  }

  /// Returns the word with which a text begins, behind comments and blanks; nil where it begins with none, or the bytes
  /// end in it.
  static func firstWord(of bytes: [UInt8]) -> String? {
    var (word, isComment) = ("", false)
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): isComment = false
      case _ where isComment: continue
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
        word.unicodeScalars.append(Unicode.Scalar(byte))
        continue
      case UInt8(ascii: "#") where word.isEmpty: isComment = true
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "{"), UInt8(ascii: ":"), UInt8(ascii: "<"): break
      default: return nil
      }
      if !word.isEmpty { return word }
    }
    return nil
  }

  /// Reads fields up to the mark that ends the open message, or to the end of the text.
  private static func fields(
    _ scanner: inout Scanner, until end: UInt8?, depth: Int
  ) throws(TextProtoError) -> [Field] {
    guard depth < deepest else { throw scanner.error("messages are nested too deep") }
    var fields: [Field] = []
    while let token = try scanner.next() {
      switch token {
      case .word(let name):
        for value in try values(&scanner, depth: depth) { fields.append(Field(name: name, value: value)) }
      case .mark(let mark) where mark == end: return fields
      case .mark(UInt8(ascii: ",")), .mark(UInt8(ascii: ";")): continue
      case .mark, .string: throw scanner.error("a field's name is missing")
      }
    }
    guard depth == 0 else { throw scanner.error("the text ends within a message") }
    return fields
  }

  /// Reads what stands behind a field's name.
  private static func values(_ scanner: inout Scanner, depth: Int) throws(TextProtoError) -> [Value] {
    var token = try scanner.next()
    if token == .mark(UInt8(ascii: ":")) { token = try scanner.next() }
    guard token == .mark(UInt8(ascii: "[")) else { return [try value(token, &scanner, depth: depth)] }
    var values: [Value] = []
    token = try scanner.next()
    while token != .mark(UInt8(ascii: "]")) {
      values.append(try value(token, &scanner, depth: depth))
      token = try scanner.next()
      guard token == .mark(UInt8(ascii: ",")) else { continue }
      token = try scanner.next()
    }
    return values
  }

  /// Returns the one value that begins with `token`.
  private static func value(
    _ token: Token?, _ scanner: inout Scanner, depth: Int
  ) throws(TextProtoError) -> Value {
    switch token {
    case .word(let text), .string(let text): .scalar(text)
    case .mark(UInt8(ascii: "{")): .message(try fields(&scanner, until: UInt8(ascii: "}"), depth: depth + 1))
    case .mark(UInt8(ascii: "<")): .message(try fields(&scanner, until: UInt8(ascii: ">"), depth: depth + 1))
    case .mark, nil: throw scanner.error("a field's value is missing")
    }
  }

  /// What the text is made of.
  private enum Token: Equatable {
    case word(String)
    case string(String)
    case mark(UInt8)
  }

  /// Cuts text into tokens and counts its lines.
  private struct Scanner {
    private let text: [UInt8]
    private var place = 0
    private var line = 1

    /// At the text's first token, behind a mark of UTF-8.
    init(_ text: String) {
      self.text = Array(text.utf8)
      place = ByteOrderMark.count(in: self.text)
    }

    func error(_ reason: String) -> TextProtoError { TextProtoError(line: line, reason: reason) }

    /// Returns the next token; nil at the end.
    mutating func next() throws(TextProtoError) -> Token? {
      skipBlanks()
      guard place < text.count else { return nil }
      let first = text[place]
      if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") { return .string(try joined()) }
      let start = place
      while place < text.count, Self.isWord(text[place]) { place += 1 }
      if place > start { return .word(String(decoding: text[start..<place], as: UTF8.self)) }
      place += 1
      return .mark(first)
    }

    /// Reads strings one behind the other, which are one.
    private mutating func joined() throws(TextProtoError) -> String {
      var text = ""
      while place < self.text.count, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(self.text[place]) {
        text += try quoted(by: self.text[place])
        skipBlanks()
      }
      return text
    }

    private mutating func skipBlanks() {
      while place < text.count {
        switch text[place] {
        case UInt8(ascii: "\n"): line += 1
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
        case UInt8(ascii: "#"):
          while place + 1 < text.count, text[place + 1] != UInt8(ascii: "\n") { place += 1 }
        default: return
        }
        place += 1
      }
    }

    /// Reads to the closing quote; a backslash keeps the character behind it.
    private mutating func quoted(by quote: UInt8) throws(TextProtoError) -> String {
      var bytes: [UInt8] = []
      place += 1
      while place < text.count, text[place] != quote, text[place] != UInt8(ascii: "\n") {
        if text[place] == UInt8(ascii: "\\"), place + 1 < text.count { place += 1 }
        bytes.append(text[place])
        place += 1
      }
      guard place < text.count, text[place] == quote else { throw error("a string does not end") }
      place += 1
      return String(decoding: bytes, as: UTF8.self)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"):
        true
      default: false
      }
    }
  }
}

/// Why a text is no protobuf text, and where.
package struct TextProtoError: Error, Equatable {
  /// From 1; 0 where it is about the whole text.
  package let line: Int
  /// What is wrong.
  package let reason: String
}
