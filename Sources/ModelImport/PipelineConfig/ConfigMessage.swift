internal import Model

/// One message of a configuration, whose fields are taken by name; those that nobody asks for are named.
///
/// Of a field that stands there twice the last one counts, as protobuf has it.
struct ConfigMessage {
  /// Where errors are.
  let file: String
  /// The names of the messages around it, and its own.
  let path: [String]
  private var fields: [TextProto.Field]

  init(_ fields: [TextProto.Field], path: [String], file: String) {
    (self.fields, self.path, self.file) = (fields, path, file)
  }

  /// The fields that were not asked for, from the outermost message on: `model.ssd.freeze_batchnorm`.
  var rest: [String] {
    var (names, known) = ([String](), Set<String>())
    for field in fields where known.insert(field.name).inserted {
      names.append((path + [field.name]).joined(separator: "."))
    }
    return names
  }

  /// The name of the first field; nil where there is none.
  var firstName: String? { fields.first?.name }

  /// Returns an error about field `name`.
  func error(_ name: String, _ reason: String) -> ImportError {
    // A string may hold a line break; an error is one line.
    let line = String(reason.map { $0.isNewline ? " " : $0 })
    return ImportError(file: file, place: [(path + [name]).joined(separator: ".")], reason: line)
  }

  /// Takes fields that say nothing about the network as it is used.
  mutating func pass(_ names: String...) { fields.removeAll { names.contains($0.name) } }

  /// Takes the message `name`; an empty one where there is none.
  ///
  /// - Throws: `ImportError` iff it is no message.
  mutating func message(_ name: String) throws(ImportError) -> ConfigMessage {
    try optionalMessage(name) ?? ConfigMessage([], path: path + [name], file: file)
  }

  /// Takes the message `name`; nil where there is none.
  ///
  /// - Throws: `ImportError` iff it is no message.
  mutating func optionalMessage(_ name: String) throws(ImportError) -> ConfigMessage? {
    // Parts of one message that stand apart are merged.
    var parts: [TextProto.Field]?
    for value in take(name) {
      guard case .message(let fields) = value else { throw error(name, "is no message") }
      if parts == nil { parts = fields } else { parts?.append(contentsOf: fields) }
    }
    return parts.map { ConfigMessage($0, path: path + [name], file: file) }
  }

  /// Takes the text `name`; nil where there is none.
  ///
  /// - Throws: `ImportError` iff it is a message.
  mutating func text(_ name: String) throws(ImportError) -> String? {
    guard let value = take(name).last else { return nil }
    guard case .scalar(let text) = value else { throw error(name, "is a message") }
    return text
  }

  /// Takes the number `name`, a finite one within `range`; `standard` where there is none.
  ///
  /// - Throws: `ImportError` iff it is none.
  mutating func number(
    _ name: String, _ standard: Double, in range: ClosedRange<Double>
  ) throws(ImportError) -> Double {
    try text(name).map { (text) throws(ImportError) in try number(name, text, range) } ?? standard
  }

  /// Takes all numbers `name`.
  ///
  /// - Throws: `ImportError` iff one is no number within `range`, or there are more than `most`.
  mutating func numbers(
    _ name: String, in range: ClosedRange<Double>, most: Int
  ) throws(ImportError) -> [Double] {
    var numbers: [Double] = []
    for value in take(name) {
      guard case .scalar(let text) = value else { throw error(name, "is a message") }
      numbers.append(try number(name, text, range))
    }
    guard numbers.count <= most else { throw error(name, "\(numbers.count) are too many; \(most) are the most") }
    return numbers
  }

  /// Takes the whole number `name` within `range`; `standard` where there is none.
  ///
  /// - Throws: `ImportError` iff it is none.
  mutating func integer(_ name: String, _ standard: Int, in range: ClosedRange<Int>) throws(ImportError) -> Int {
    guard let text = try text(name) else { return standard }
    guard let number = Self.wholeNumber(text), range.contains(number) else {
      throw error(name, "\(text) is no whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Takes the truth value `name`; `standard` where there is none.
  ///
  /// - Throws: `ImportError` iff it is none.
  mutating func flag(_ name: String, _ standard: Bool) throws(ImportError) -> Bool {
    guard let text = try text(name) else { return standard }
    if ["true", "True", "t", "1"].contains(text) { return true }
    if ["false", "False", "f", "0"].contains(text) { return false }
    throw error(name, "\(text) is neither true nor false")
  }

  /// Returns the whole number that `text` writes in decimal, with 0x in hexadecimal or with 0 in octal digits.
  private static func wholeNumber(_ text: String) -> Int? {
    if text.hasPrefix("0x") || text.hasPrefix("0X") { return Int(text.dropFirst(2), radix: 16) }
    return text.hasPrefix("0") && text.count > 1 ? Int(text, radix: 8) : Int(text)
  }

  private func number(
    _ name: String, _ text: String, _ range: ClosedRange<Double>
  ) throws(ImportError) -> Double {
    // The text form allows an f behind a number.
    let plain = text.hasSuffix("f") && !text.hasPrefix("0x") ? String(text.dropLast()) : text
    guard let number = Self.wholeNumber(text).map(Double.init) ?? Double(plain), range.contains(number) else {
      throw error(name, "\(text) is no number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Removes the fields `name` and returns what they hold.
  private mutating func take(_ name: String) -> [TextProto.Value] {
    let found = fields.filter { $0.name == name }.map(\.value)
    fields.removeAll { $0.name == name }
    return found
  }
}
