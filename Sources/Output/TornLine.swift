internal import Glibc
internal import JSON

/// What stands behind the last line's end of a file of JSON lines.
enum TornLine {
  /// A line that only lacks its end, or what was never a line of JSON.
  case unended
  /// Half a line, `count` bytes from `start` on: its writer, or the machine, died within it.
  case half(start: Int, count: Int)

  /// How far back a line's end is looked for: what is longer is no line of ours.
  private static let longest = 1 << 20

  /// Looks at the end of the file at `path`; nil where it is empty, ends with a line's end, or cannot be read.
  ///
  /// What a file system makes of bytes that never reached the disk, zeros, counts as half a line too.
  init?(path: String) {
    let file = unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { Glibc.close(file) }
    let size = lseek(file, 0, SEEK_END)
    var last: UInt8 = 0
    guard size > 0, unsafe pread(file, &last, 1, size - 1) == 1, last != UInt8(ascii: "\n") else { return nil }
    let reach = min(size, Self.longest)
    var bytes = [UInt8](repeating: 0, count: reach)
    guard unsafe pread(file, &bytes, reach, size - reach) == reach else { return nil }
    let end = bytes.lastIndex(of: UInt8(ascii: "\n"))
    let line = Array(bytes[(end.map { $0 + 1 } ?? 0)...])
    let isLine = (try? JSONValue(parsing: line)) != nil
    guard end != nil || reach == size, !isLine, let first = line.first, first == UInt8(ascii: "{") || first == 0 else {
      self = .unended
      return
    }
    self = .half(start: size - line.count, count: line.count)
  }
}
