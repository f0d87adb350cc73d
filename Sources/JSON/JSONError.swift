/// Why a text is not JSON, and where.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The line, from 1.
  package let line: Int
  /// The byte of the line, from 1.
  package let column: Int
  /// What is wrong there.
  package let reason: String

  package init(line: Int, column: Int, reason: String) {
    (self.line, self.column, self.reason) = (line, column, reason)
  }

  /// One line: place and reason.
  package var description: String { "line \(line), column \(column): \(reason)" }
}
