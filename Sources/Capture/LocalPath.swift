internal import Posix

/// Paths of this machine's files as users write them.
package enum LocalPath {
  /// Returns the path that a `file:` URL means; anything else, and what exists under just that name, as it is.
  ///
  /// Percent signs of `file://` URLs (RFC 8089) are resolved, unless a file has them in its name.
  package static func of(_ path: String) -> String {
    guard path.hasPrefix("file:"), FileIdentity(path: path) == nil else { return path }
    var rest = path.dropFirst("file:".count)
    guard rest.hasPrefix("//") else { return String(rest) }
    rest = rest.dropFirst(2)
    if rest.hasPrefix("localhost/") { rest = rest.dropFirst("localhost".count) }
    let plain = String(rest)
    return FileIdentity(path: plain) == nil ? withoutPercents(plain) : plain
  }

  /// Returns `text` with each `%` and two hexadecimal digits as the byte that they stand for.
  private static func withoutPercents(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy({ $0 != UInt8(ascii: "+") }),
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16), value != 0
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
