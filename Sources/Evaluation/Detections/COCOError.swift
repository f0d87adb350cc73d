internal import JSON

/// What is wrong with a COCO file, and where.
package struct COCOError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The name of the file.
  package let file: String
  /// Where in it: `annotations[12]`, or a line and a column; empty for the file as a whole.
  package let place: String
  package let reason: String

  package init(file: String, place: String, reason: String) {
    (self.file, self.place, self.reason) = (file, place, reason)
  }

  /// The error of a file that is no JSON.
  init(file: String, _ error: JSONError) {
    self.init(file: file, place: "line \(error.line), column \(error.column)", reason: error.reason)
  }

  /// One line: file, place and reason.
  package var description: String { place.isEmpty ? "\(file): \(reason)" : "\(file): \(place): \(reason)" }
}
