package import Arguments
internal import Posix
internal import Scene

/// A file that holds what `--input` is to be, so that no argument shows the password of a URL.
package enum InputFile {
  /// Of a URL with a token, and much more.
  private static let largest = 1 << 16

  /// Returns `input` or, of `@FILE`, the one line of the file.
  ///
  /// - Throws: `UsageError` where the file cannot be read or is not one line of text; its content is not told.
  package static func resolved(_ input: String) throws(UsageError) -> String {
    guard input.hasPrefix("@") else { return input }
    let path = String(input.dropFirst())
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch { throw .rule("--input @\(path): \(error.reason)") }
    guard file.count <= largest, let text = unsafe String(validating: file.bytes, as: UTF8.self) else {
      throw .rule("--input @\(path): is no text, or too long for a URL")
    }
    let lines = text.split(whereSeparator: \.isNewline).map(\.trimmed).filter { !$0.isEmpty }
    guard lines.count == 1, !lines[0].contains("\0") else {
      throw .rule("--input @\(path): holds \(lines.isEmpty ? "nothing" : "more than one line"), where one URL is meant")
    }
    return String(lines[0])
  }
}
