/// An option of a command; `Result` is what a lookup answers.
///
///     static let threshold = Option("threshold", .decimal(0...1), default: 0.5, placeholder: "SCORE", help: "…")
///     static let quiet = Option(flag: "quiet", help: "…")
///     …
///     let threshold: Double = values[Options.threshold]
package struct Option<Result>: Declaration {
  package let name: String
  package let letter: Character?
  package let placeholder: String?
  package let help: String
  package let isRepeatable: Bool
  package let expected: String
  package let completion: Completion
  package let read: @Sendable (String) -> (any Sendable)?
  let result: @Sendable ([any Sendable]) -> Result

  /// An option with a value that may be left out; a lookup then answers nil. `otherwise` is what that means, for the help
  /// text.
  package init<Value>(
    _ name: String, letter: Character? = nil, _ kind: ValueKind<Value>, placeholder: String, help: String,
    otherwise: String? = nil
  ) where Result == Value? {
    self.init(name, letter, kind, placeholder, help.telling(default: otherwise)) { $0.first as? Value }
  }

  /// An option with a value that is `standard` where it is left out; the help text says so.
  package init(
    _ name: String, letter: Character? = nil, _ kind: ValueKind<Result>, default standard: Result, placeholder: String,
    help: String
  ) where Result: Sendable {
    self.init(name, letter, kind, placeholder, help.telling(default: spelled(standard))) {
      $0.first as? Result ?? standard
    }
  }

  /// An option with a value that may be given any number of times.
  package init<Value>(
    repeated name: String, letter: Character? = nil, _ kind: ValueKind<Value>, placeholder: String, help: String
  ) where Result == [Value] {
    self.init(name, letter, kind, placeholder, help, isRepeatable: true) { $0.compactMap { $0 as? Value } }
  }

  /// An option without a value; a lookup tells whether it was given.
  package init(flag name: String, letter: Character? = nil, help: String) where Result == Bool {
    self.init(name, letter, ValueKind<Bool>(expected: "") { _ in true }, nil, help) { !$0.isEmpty }
  }

  private init<Value>(
    _ name: String, _ letter: Character?, _ kind: ValueKind<Value>, _ placeholder: String?, _ help: String,
    isRepeatable: Bool = false, result: @escaping @Sendable ([any Sendable]) -> Result
  ) {
    (self.name, self.letter, self.placeholder, self.help) = (name, letter, placeholder, help)
    (self.isRepeatable, expected, completion, self.result) = (isRepeatable, kind.expected, kind.completion, result)
    read = { kind.read($0) }
  }
}

/// What the parser, the help text and the completions know of an option, whatever its type.
package protocol Declaration: Sendable {
  /// The long name, without dashes.
  var name: String { get }
  /// The short name, if there is one.
  var letter: Character? { get }
  /// What stands for the value in texts, `FILE`; nil where the option takes none.
  var placeholder: String? { get }
  /// What it does, as a sentence.
  var help: String { get }
  var isRepeatable: Bool { get }
  /// What a value must be (`ValueKind.expected`).
  var expected: String { get }
  var completion: Completion { get }
  var read: @Sendable (String) -> (any Sendable)? { get }
}

/// Options that belong together, under one heading of the help text.
package struct OptionGroup: Sendable {
  package let title: String
  package let options: [any Declaration]

  package init(_ title: String, _ options: [any Declaration]) { (self.title, self.options) = (title, options) }
}

extension String {
  /// This help text with what counts where nothing is given, at the end of its last sentence.
  func telling(default standard: String?) -> String {
    guard let standard else { return self }
    let stop = hasSuffix(".") ? "." : ""
    return "\(dropLast(stop.count)) (default: \(standard))\(stop)"
  }
}

/// How a default value stands in a help text.
private func spelled<Value>(_ value: Value) -> String {
  if let number = value as? Double, let whole = Int(exactly: number) { return String(whole) }
  if let choice = value as? any RawRepresentable<String> { return choice.rawValue }
  if let size = value as? PictureSize { return "\(size.width)x\(size.height)" }
  return "\(value)"
}
