internal import Model

/// Why bytes are not of their format, and where.
package struct ByteError: Error, Equatable, CustomStringConvertible {
  /// From the start of the lent memory.
  package let offset: Int
  /// What is wrong there.
  package let reason: String

  /// A `reason` at `offset`.
  package init(offset: Int, reason: String) { (self.offset, self.reason) = (offset, reason) }

  /// One line: place and reason.
  package var description: String { "byte \(offset): \(reason)" }
}

extension ImportError {
  /// The error of bytes of `file`, in its part `place`.
  init(file: String, place: [String] = [], _ error: ByteError) {
    self.init(file: file, place: place + ["byte \(error.offset)"], reason: error.reason)
  }
}
