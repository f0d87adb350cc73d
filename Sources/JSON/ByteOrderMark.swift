/// The mark that some editors put before a text, which tells how its characters are laid in bytes.
package enum ByteOrderMark {
  /// UTF-8's, which says nothing and is no part of the text.
  package static let utf8: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Returns how many bytes `text` begins with that are UTF-8's mark: 3 or 0.
  package static func count(in text: some Sequence<UInt8>) -> Int { text.starts(with: utf8) ? utf8.count : 0 }

  /// Whether `text` is UTF-16 by its mark, or by a zero byte among its first two, of which UTF-8 has none.
  package static func isUTF16(_ text: some Sequence<UInt8>) -> Bool {
    let first = Array(text.prefix(2))
    return first == [0xFF, 0xFE] || first == [0xFE, 0xFF] || first.count == 2 && first.contains(0)
  }

  /// What is wrong with a text of UTF-16, for people.
  package static let complaint = "the text is UTF-16; save it as UTF-8"
}
