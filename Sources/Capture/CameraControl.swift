/// A property of a camera that can be turned while it runs: brightness, exposure, focus.
public struct CameraControl: Sendable, Equatable {
  /// What values it takes.
  public enum Kind: String, Sendable {
    case integer, boolean, menu, button, bitmask
    /// One of a list of numbers.
    case integerMenu = "integer menu"
    /// A value that we list but do not set: 64-bit numbers, strings, arrays.
    case other
  }

  /// One entry of a menu.
  public struct Choice: Sendable, Equatable {
    public let value: Int
    /// What the driver calls it; for an integer menu the number.
    public let name: String
  }

  /// As options name it, and as v4l2-ctl does: the label in small letters with `_` between words.
  public let name: String
  /// What the driver calls it.
  public let label: String
  public let kind: Kind
  public let minimum: Int
  public let maximum: Int
  /// Between values; 1 where the driver leaves it open.
  public let step: Int
  public let usual: Int
  /// Its value now; nil where it has none that can be read.
  public let value: Int?
  /// Of a menu, else empty.
  public let choices: [Choice]
  public let isReadOnly: Bool
  /// Whether another control holds it: exposure time while exposure is automatic.
  public let isInactive: Bool
  /// The driver's number for it.
  let identifier: UInt32

  /// Returns the name that options use for what a driver calls `label`.
  static func name(of label: String) -> String {
    label.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "_")
  }

  /// Returns the number that `text` stands for: of a boolean also `on` and `off`, of a menu also an entry's name.
  ///
  /// - Throws: `Refusal` where this control does not take it.
  func number(from text: String) throws(Refusal) -> Int32 {
    if isReadOnly { throw Refusal(reason: "control \(name) can only be read") }
    guard let number = Int32(exactly: try value(from: text)) else { throw Refusal(reason: expectation(text)) }
    return number
  }

  /// Why a value cannot be set.
  struct Refusal: Error { let reason: String }

  private func value(from text: String) throws(Refusal) -> Int {
    let word = text.lowercased()
    let number = Int(text)
    switch kind {
    case .boolean:
      if ["1", "on", "true", "yes"].contains(word) { return 1 }
      if ["0", "off", "false", "no"].contains(word) { return 0 }
    case .menu, .integerMenu:
      // The number of an entry counts before its name: entries of an integer menu are numbers, too.
      if let choice = choices.first(where: { $0.value == number })
        ?? choices.first(where: { $0.name.lowercased() == word })
      {
        return choice.value
      }
    case .integer, .bitmask:
      if let number, minimum <= number, number <= maximum { return number }
    case .button: return 1
    case .other: throw Refusal(reason: "control \(name) is of a kind that cannot be set from here")
    }
    throw Refusal(reason: expectation(text))
  }

  /// Returns why `text` is no value of this control.
  private func expectation(_ text: String) -> String {
    let values =
      switch kind {
      case .boolean: "on or off"
      case .menu, .integerMenu: choices.map { "\($0.value) (\($0.name))" }.joined(separator: ", ")
      default: "a whole number from \(minimum) to \(maximum)"
      }
    return "control \(name) takes \(values), not '\(text)'"
  }
}
