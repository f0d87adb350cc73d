/// Writes JSON (RFC 8259) without white space into a buffer that it keeps: a steady writer allocates nothing.
///
/// Commas are its own business; that keys stand in objects only, and each before one value, is the caller's.
package struct JSONWriter: ~Copyable {
  /// What was written since the last `removeAll`, UTF-8.
  package private(set) var bytes: [UInt8] = []
  /// Whether a further member or element needs a comma before it.
  private var followsValue = false

  /// Makes a writer whose buffer holds `capacity` bytes before it must grow.
  package init(capacity: Int = 1024) { bytes.reserveCapacity(capacity) }

  /// Forgets what was written and keeps the buffer.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    followsValue = false
  }

  /// Ends a line of JSON Lines: the value before it is whole.
  package mutating func endLine() {
    bytes.append(UInt8(ascii: "\n"))
    followsValue = false
  }

  /// Writes an object whose members `body` writes.
  package mutating func object<Failure: Error>(_ body: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
    open(UInt8(ascii: "{"))
    try body(&self)
    close(UInt8(ascii: "}"))
  }

  /// Writes an array whose elements `body` writes.
  package mutating func array<Failure: Error>(_ body: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
    open(UInt8(ascii: "["))
    try body(&self)
    close(UInt8(ascii: "]"))
  }

  /// Writes a member's key; its value comes next.
  package mutating func key(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    followsValue = false
  }

  /// Writes a string; quotes, backslashes and control characters are escaped, all else stands as it is.
  package mutating func string(_ text: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 { append(escaping: byte) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes a string that is not held as a `String`, escaped the same way.
  ///
  /// - Precondition: `utf8` is valid UTF-8.
  package mutating func string(utf8: Span<UInt8>) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    for index in utf8.indices { append(escaping: utf8[index]) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Writes a whole number.
  package mutating func integer(_ value: Int) {
    separate()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    append(digitsOf: UInt64(value.magnitude))
  }

  /// Writes `value` at `decimals` decimals at most, in the shortest form.
  ///
  /// The double's exact value is rounded half to even; there is no exponent, no trailing zero or point, and −0 is 0.
  ///
  /// - Precondition: `value` is finite, `decimals` in 0…18.
  package mutating func number(_ value: Double, decimals: Int) {
    precondition(value.isFinite, "JSON has no infinities and no NaN")
    guard value.magnitude < 0x1p64 else { return huge(value) }
    let rounded = RoundedDecimal(rounding: value.magnitude, decimals: decimals)
    separate()
    if value < 0, rounded.whole | rounded.fraction != 0 { bytes.append(UInt8(ascii: "-")) }
    append(digitsOf: rounded.whole)
    append(fraction: rounded.fraction, decimals: decimals)
  }

  /// Writes `units` × 10^−`decimals` in the shortest form.
  ///
  /// - Precondition: `decimals` is in 0…18.
  package mutating func number(units: Int, decimals: Int) {
    let (whole, fraction) = UInt64(units.magnitude).quotientAndRemainder(dividingBy: RoundedDecimal.power(decimals))
    separate()
    if units < 0 { bytes.append(UInt8(ascii: "-")) }
    append(digitsOf: whole)
    append(fraction: fraction, decimals: decimals)
  }

  /// Writes `true` or `false`.
  package mutating func bool(_ value: Bool) {
    separate()
    bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
  }

  /// Writes `null`.
  package mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  /// Puts the comma between two values, and notes that one more begins.
  private mutating func separate() {
    if followsValue { bytes.append(UInt8(ascii: ",")) }
    followsValue = true
  }

  /// Writes the bracket that opens an object or array.
  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    followsValue = false
  }

  /// Writes the bracket that closes an object or array.
  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    followsValue = true
  }

  /// Appends one byte of a string's UTF-8, escaped where RFC 8259, section 7, demands it.
  private mutating func append(escaping byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
    case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
    case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
    case 0..<0x20:
      bytes.append(contentsOf: "\\u00".utf8)
      bytes.append(UInt8(ascii: "0") + byte >> 4)
      let low = byte & 15
      bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
    default: bytes.append(byte)
    }
  }

  /// Appends the decimal digits of `value`, `width` of them at least.
  private mutating func append(digitsOf value: UInt64, width: Int = 1) {
    var digits = 1
    var rest = value / 10
    while rest > 0 || digits < width {
      digits += 1
      rest /= 10
    }
    let end = bytes.count + digits
    for _ in 0..<digits { bytes.append(UInt8(ascii: "0")) }
    rest = value
    var place = end
    while rest > 0 {
      place -= 1
      bytes[place] += UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  /// Appends a point and the digits of `fraction` up to the last that is not zero.
  private mutating func append(fraction: UInt64, decimals: Int) {
    guard fraction > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    append(digitsOf: fraction, width: decimals)
    while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
  }

  /// Writes a number of 2^64 or more, which is a whole one, with all its digits.
  private mutating func huge(_ value: Double) {
    separate()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    let start = bytes.count
    let shift = Int(value.exponent) - Double.significandBitCount
    append(digitsOf: value.significandBitPattern | 1 << UInt64(Double.significandBitCount))
    bytes[start...].reverse()
    for _ in 0..<shift {
      var carry: UInt8 = 0
      for index in start..<bytes.count {
        let doubled = 2 * (bytes[index] - UInt8(ascii: "0")) + carry
        (carry, bytes[index]) = (doubled / 10, UInt8(ascii: "0") + doubled % 10)
      }
      if carry > 0 { bytes.append(UInt8(ascii: "0") + carry) }
    }
    bytes[start...].reverse()
  }
}
