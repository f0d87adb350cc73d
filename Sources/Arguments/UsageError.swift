/// What is wrong with a command line.
package enum UsageError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No option is called so; the nearest name, if one is near.
  case unknownOption(String, nearest: String?)
  /// No command is called so; the nearest name, if one is near.
  case unknownCommand(String, nearest: String?)
  /// An option stands without its value.
  case missingValue(option: String, placeholder: String)
  /// A flag was given a value.
  case needlessValue(option: String)
  /// `text` is no value for `subject`; what it must be, and the nearest that it may be.
  case impossibleValue(subject: String, text: String, expected: String, nearest: String?)
  /// An option that counts once was given twice.
  case repeatedOption(String)
  /// An argument that must be there is not.
  case missingArgument(String)
  /// An argument more than the command takes.
  case unexpectedArgument(String)
  /// An argument of these bytes, which are no text.
  case illegible([UInt8])
  /// A rule of the program's own between options, in its words.
  case rule(String)

  /// One line that says what is wrong and what would be right.
  package var description: String {
    switch self {
    case .unknownOption(let name, let nearest): "unknown option \(shown(name))\(hint(nearest))"
    case .unknownCommand(let name, let nearest): "unknown command \(shown(name))\(hint(nearest))"
    case .missingValue(let option, let placeholder): "\(option) needs a value: \(option) \(placeholder)"
    case .needlessValue(let option): "\(option) takes no value"
    case .impossibleValue(let subject, let text, let expected, let nearest):
      "\(subject): \(text.isEmpty ? "an empty value" : shown(text)) is not \(expected)\(hint(nearest))"
    case .repeatedOption(let option): "\(option) was given twice"
    case .missingArgument(let name): "\(name) is missing"
    case .unexpectedArgument(let text): "unexpected argument \(shown(text))"
    case .illegible(let bytes): "argument \(shown(bytes)) is not UTF-8"
    case .rule(let text): text
    }
  }

  /// What was meant, perhaps.
  private func hint(_ nearest: String?) -> String { nearest.map { "; did you mean '\($0)'?" } ?? "" }
}

/// `text` in quotes and on one line, whatever a user typed.
private func shown(_ text: String) -> String { "'\(text.unicodeScalars.map(printable).joined())'" }

/// `bytes` as text in quotes and on one line, with those that are not UTF-8 as numbers: `'f\xFCr'`.
private func shown(_ bytes: [UInt8]) -> String {
  var (text, rest) = ("", bytes[...])
  while !rest.isEmpty {
    var (parser, input) = (Unicode.UTF8.ForwardParser(), rest.makeIterator())
    if case .valid(let scalar) = parser.parseScalar(from: &input) {
      text += printable(Unicode.UTF8.decode(scalar))
      rest.removeFirst(scalar.count)
    } else {
      // A byte that is no character alone is above 7F.
      text += "\\x\(String(rest.removeFirst(), radix: 16, uppercase: true))"
    }
  }
  return "'\(text)'"
}

/// `scalar`, or its number where it would end a line or do worse.
private func printable(_ scalar: Unicode.Scalar) -> String {
  scalar.properties.generalCategory == .control ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
}
