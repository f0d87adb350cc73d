/// A positional argument of a command; `Result` is what a lookup answers.
package struct Argument<Result>: ArgumentDeclaration {
  package let name: String
  package let help: String
  package let isRequired: Bool
  package let isRepeatable: Bool
  package let expected: String
  package let completion: Completion
  package let read: @Sendable (String) -> (any Sendable)?
  let result: @Sendable ([any Sendable]) -> Result

  /// An argument that must be there.
  package init(_ name: String, _ kind: ValueKind<Result>, help: String) where Result: Sendable {
    self.init(name, kind, help, isRequired: true, isRepeatable: false) { values in
      guard let value = values.first as? Result else { preconditionFailure("\(name) was not parsed") }
      return value
    }
  }

  /// An argument that may be left out; a lookup then answers nil. `otherwise` is what that means, for the help text.
  package init<Value>(
    optional name: String, _ kind: ValueKind<Value>, help: String, otherwise: String? = nil
  ) where Result == Value? {
    self.init(name, kind, help.telling(default: otherwise), isRequired: false, isRepeatable: false) {
      $0.first as? Value
    }
  }

  /// The last argument, one or more times.
  package init<Value>(repeated name: String, _ kind: ValueKind<Value>, help: String) where Result == [Value] {
    self.init(name, kind, help, isRequired: true, isRepeatable: true) { $0.compactMap { $0 as? Value } }
  }

  private init<Value>(
    _ name: String, _ kind: ValueKind<Value>, _ help: String, isRequired: Bool, isRepeatable: Bool,
    result: @escaping @Sendable ([any Sendable]) -> Result
  ) {
    (self.name, self.help, self.isRequired, self.isRepeatable) = (name, help, isRequired, isRepeatable)
    (expected, completion, self.result) = (kind.expected, kind.completion, result)
    read = { kind.read($0) }
  }
}

/// What the parser, the help text and the completions know of a positional argument, whatever its type.
package protocol ArgumentDeclaration: Sendable {
  /// What stands for it in texts, in capitals: `IMAGE`.
  var name: String { get }
  /// What it is, as a sentence.
  var help: String { get }
  var isRequired: Bool { get }
  /// Whether it takes all arguments that are left.
  var isRepeatable: Bool { get }
  /// What a value must be (`ValueKind.expected`).
  var expected: String { get }
  var completion: Completion { get }
  var read: @Sendable (String) -> (any Sendable)? { get }
}
