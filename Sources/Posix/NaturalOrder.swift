/// The order in which people count: `picture2` before `picture10`.
public enum NaturalOrder {
  /// Whether `one` stands before `other`: runs of digits are compared as numbers of any length, all else byte by byte.
  /// Of equal names the one with fewer leading zeros is first.
  public static func precedes(_ one: String, _ other: String) -> Bool {
    var (left, right) = (Array(one.utf8)[...], Array(other.utf8)[...])
    while let a = left.first, let b = right.first {
      guard isDigit(a), isDigit(b) else {
        if a != b { return a < b }
        left.removeFirst()
        right.removeFirst()
        continue
      }
      let (first, second) = (number(&left), number(&right))
      if first.count != second.count { return first.count < second.count }
      if first != second { return first.lexicographicallyPrecedes(second) }
    }
    if left.isEmpty != right.isEmpty { return left.isEmpty }
    let (first, second) = (one.utf8, other.utf8)
    return first.count != second.count ? first.count < second.count : first.lexicographicallyPrecedes(second)
  }

  /// Removes the digits at the beginning of `bytes` and returns them without leading zeros.
  private static func number(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let digits = bytes.prefix(while: isDigit)
    bytes = bytes.dropFirst(digits.count)
    return digits.drop { $0 == UInt8(ascii: "0") }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
