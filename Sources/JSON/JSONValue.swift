/// A value of JSON, read strictly by RFC 8259.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number without point and exponent that an `Int` holds.
  case integer(Int)
  /// Any other number: the nearest double.
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// Members by key; the order is not kept.
  case object([String: JSONValue])

  /// Reads the one value that `bytes` (UTF-8, no byte order mark) hold.
  ///
  /// - Parameter leavingOut: keys of members, in objects at any depth, whose values are checked and stand as null
  ///   afterwards: what a large file holds and nobody wants costs no memory.
  /// - Throws: `JSONError` where the text is no JSON, a key occurs twice in one object (canonically equal keys are the same), a number is beyond all doubles,
  ///   or arrays and objects nest deeper than `depthLimit`.
  package init(parsing bytes: [UInt8], depthLimit: Int = 128, leavingOut: Set<String> = []) throws(JSONError) {
    var reader = JSONReader(bytes, depthLimit: depthLimit, leavingOut: leavingOut)
    self = try reader.document()
  }

  /// Reads the one value that `text` holds, as `init(parsing:depthLimit:)` of bytes does.
  package init(parsing text: String, depthLimit: Int = 128) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), depthLimit: depthLimit)
  }

  /// The member `key` of an object; nil where there is none, or this is no object.
  package subscript(key: String) -> JSONValue? { object?[key] }

  /// The element at `index` of an array; nil beyond its ends, or where this is no array.
  package subscript(index: Int) -> JSONValue? {
    guard let array, array.indices.contains(index) else { return nil }
    return array[index]
  }

  /// The truth value, if it is one.
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The whole number, if it was written as one.
  package var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  /// The number as a double, if it is one; whole numbers are rounded to the nearest.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
  /// The text, if it is one.
  package var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The elements, if it is an array.
  package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  /// The members, if it is an object.
  package var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }
}
