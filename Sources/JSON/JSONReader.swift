/// A reader of one JSON text by recursive descent.
struct JSONReader {
  private let bytes: [UInt8]
  private let depthLimit: Int
  /// Keys whose values are read and not kept.
  private let leavingOut: Set<String>
  private var position = 0
  private var depth = 0

  init(_ bytes: [UInt8], depthLimit: Int, leavingOut: Set<String>) {
    (self.bytes, self.depthLimit, self.leavingOut) = (bytes, depthLimit, leavingOut)
  }

  /// Reads the one value of the text; a mark of UTF-8 before it is passed over, as RFC 8259, section 8.1, allows.
  mutating func document() throws(JSONError) -> JSONValue {
    guard !ByteOrderMark.isUTF16(bytes) else { throw error(ByteOrderMark.complaint) }
    position = textStart
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw error("text after the value") }
    return value
  }

  /// Reads one value of any kind, and the white space before it.
  private mutating func value() throws(JSONError) -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try nested { reader throws(JSONError) in .object(try reader.members()) }
    case UInt8(ascii: "["): return try nested { reader throws(JSONError) in .array(try reader.elements()) }
    case UInt8(ascii: "\""): return .string(try string())
    case .some(UInt8(ascii: "0")...UInt8(ascii: "9")), UInt8(ascii: "-"): return try number()
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw error("expected a value")
    }
  }

  /// Reads what `body` reads, one level deeper.
  private mutating func nested(_ body: (inout JSONReader) throws(JSONError) -> JSONValue) throws(JSONError) -> JSONValue
  {
    guard depth < depthLimit else { throw error("nested deeper than \(depthLimit) levels") }
    depth += 1
    position += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  /// Reads an array from behind its opening bracket.
  private mutating func elements() throws(JSONError) -> [JSONValue] {
    var elements: [JSONValue] = []
    skipSpace()
    if skip("]") { return elements }
    repeat {
      elements.append(try value())
      skipSpace()
    } while skip(",")
    guard skip("]") else { throw error("expected ',' or ']'") }
    return elements
  }

  /// Reads an object from behind its opening brace.
  private mutating func members() throws(JSONError) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    skipSpace()
    if skip("}") { return members }
    repeat {
      skipSpace()
      let start = position
      guard next == UInt8(ascii: "\"") else { throw error("expected a key") }
      let key = try string()
      skipSpace()
      guard skip(":") else { throw error("expected ':'") }
      var value = try value()
      if leavingOut.contains(key) { value = .null }
      guard members.updateValue(value, forKey: key) == nil else {
        throw error("a key that was there before", at: start)
      }
      skipSpace()
    } while skip(",")
    guard skip("}") else { throw error("expected ',' or '}'") }
    return members
  }

  /// Reads the letters of `text` and returns the `value` they stand for.
  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    for byte in text.description.utf8 {
      guard next == byte else { throw error("expected '\(text)'") }
      position += 1
    }
    return value
  }

  /// Reads a number by the grammar of RFC 8259, section 6.
  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    let isNegative = skip("-")
    if !skip("0") { try digits() }
    var isWhole = true
    if skip(".") {
      isWhole = false
      try digits()
    }
    if skip("e") || skip("E") {
      isWhole = false
      if !skip("+") { _ = skip("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let integer = Int(text), !(isNegative && integer == 0) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else { throw error("a number beyond all doubles", at: start) }
    return .number(number)
  }

  /// Skips decimal digits, one at least.
  private mutating func digits() throws(JSONError) {
    let start = position
    while let digit = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) { position += 1 }
    guard position > start else { throw error("expected a digit") }
  }

  /// Reads a string from its opening quote to behind its closing one.
  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    var isPlain = true
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw error("a control character in a string") }
      if byte == UInt8(ascii: "\\") {
        isPlain = false
        position += 1  // the escaped character cannot end the string
      }
      position += 1
    }
    guard next == UInt8(ascii: "\"") else { throw error("a string without end", at: start - 1) }
    let end = position
    defer { position = end + 1 }
    guard isPlain else {
      position = start
      return try unescaped(upTo: end)
    }
    return try text(start..<end)
  }

  /// Reads a string with escapes from its first character up to `end`.
  private mutating func unescaped(upTo end: Int) throws(JSONError) -> String {
    var result = ""
    var start = position
    while position < end {
      guard bytes[position] == UInt8(ascii: "\\") else {
        position += 1
        continue
      }
      result += try text(start..<position)
      position += 1
      result.unicodeScalars.append(try escapedScalar())
      start = position
    }
    return result + (try text(start..<end))
  }

  /// Reads what follows a backslash.
  private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
    let letter = next
    position += 1
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let start = position - 2
      let unit = try codeUnit()
      if let scalar = Unicode.Scalar(unit) { return scalar }
      guard unit < 0xDC00, skip("\\"), skip("u") else { throw error("half a surrogate pair", at: start) }
      let low = try codeUnit()
      guard (0xDC00..<0xE000).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + UInt32(low) - 0xDC00)
      else { throw error("half a surrogate pair", at: start) }
      return scalar
    default: throw error("an unknown escape", at: position - 2)
    }
  }

  /// Reads the four hexadecimal digits of a UTF-16 code unit.
  private mutating func codeUnit() throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("expected four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  /// Returns the text of bytes that must be UTF-8.
  private func text(_ range: Range<Int>) throws(JSONError) -> String {
    guard let text = String(validating: bytes[range], as: UTF8.self) else {
      throw error("invalid UTF-8", at: range.lowerBound)
    }
    return text
  }

  /// Where the text begins, behind a mark.
  private var textStart: Int { ByteOrderMark.count(in: bytes) }

  /// The byte at the position; nil at the end.
  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Skips `character` if it is next, and says whether it was.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// Skips what RFC 8259, section 2, calls white space.
  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  /// Returns the error that says `reason` of a place, the present one where none is given.
  private func error(_ reason: String, at place: Int? = nil) -> JSONError {
    let before = bytes[..<min(place ?? position, bytes.count)]
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? min(textStart, before.count)
    let line = before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
    return JSONError(line: line, column: before.count - lineStart + 1, reason: reason)
  }
}
