/// A key and its value in one word.
extension JSONWriter {
  /// Writes a member that is a string.
  package mutating func member(_ name: String, _ text: String) {
    key(name)
    string(text)
  }

  /// Writes a member that is a whole number.
  package mutating func member(_ name: String, _ number: Int) {
    key(name)
    integer(number)
  }

  /// Writes a member that is a number at `decimals` decimals at most (0…18), null where it is infinite or none.
  package mutating func member(_ name: String, _ number: Double, decimals: Int) {
    key(name)
    if number.isFinite { self.number(number, decimals: decimals) } else { null() }
  }

  /// Writes a member that is `true` or `false`.
  package mutating func member(_ name: String, _ flag: Bool) {
    key(name)
    bool(flag)
  }

  /// Writes a member that is an object whose members `body` writes.
  package mutating func member<Failure: Error>(
    _ name: String, object body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    key(name)
    try object(body)
  }

  /// Writes a member that is an array, each element as `write` does it.
  package mutating func member<Element>(
    _ name: String, each elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void
  ) {
    key(name)
    array { for element in elements { write(&$0, element) } }
  }

  /// Returns the text of one object whose members `body` writes, without the end of the line.
  package static func text(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    writer.object(body)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
