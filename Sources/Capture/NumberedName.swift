/// A file's name with a place for a number, as FFmpeg writes it: `frame_%04d.png`, `%d.jpg`, `100%%_%d.png`.
package struct NumberedName: Sendable, Equatable {
  /// What stands before and behind the number.
  package let prefix: String
  package let suffix: String
  /// The least number of digits; zeros fill them up.
  let leastDigits: Int

  /// Nil where `name` has no place for a number, more than one, or asks for more than 18 digits.
  package init?(_ name: String) {
    var parts = [""]
    var digits = 0
    var rest = name[...]
    while let character = rest.popFirst() {
      guard character == "%" else {
        parts[parts.count - 1].append(character)
        continue
      }
      if rest.first == "%" {
        rest.removeFirst()
        parts[parts.count - 1].append("%")
        continue
      }
      let width = rest.prefix { ("0"..."9").contains($0) }
      rest = rest.dropFirst(width.count)
      guard rest.popFirst() == "d", parts.count == 1, width.isEmpty || width.hasPrefix("0") else { return nil }
      guard let count = width.isEmpty ? 0 : Int(width), count <= 18 else { return nil }
      digits = count
      parts.append("")
    }
    guard parts.count == 2 else { return nil }
    (prefix, suffix, leastDigits) = (parts[0], parts[1], max(digits, 1))
  }

  /// Returns the number of the file `name`; nil where it is none of this sequence.
  package func number(of name: String) -> Int? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.count > prefix.count + suffix.count else { return nil }
    let digits = name.dropFirst(prefix.count).dropLast(suffix.count)
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), digits.count <= 18,
      digits.count >= leastDigits, digits.count == leastDigits || !digits.hasPrefix("0")
    else { return nil }
    return Int(digits)
  }
}
