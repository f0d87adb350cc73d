/// Turns the files of one format into models.
public protocol ModelImporter {
  /// The format's name, for people: `TensorFlow frozen graph`.
  static var formatName: String { get }

  /// Whether the bytes look like this format; cheap, reads only the start.
  static func recognizes(_ file: ModelFile) -> Bool

  /// Reads the whole model.
  ///
  /// - Throws: `ImportError` naming the place in the file where it is damaged or says what is not supported.
  static func model(from file: ModelFile) throws(ImportError) -> DetectionModel
}

/// Why a file is no model, and where in it.
public struct ImportError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file's path.
  public let file: String
  /// From the outside in: `node BoxPredictor_0/Reshape`, `attribute strides`.
  public let place: [String]
  public let reason: String

  public init(file: String, place: [String] = [], reason: String) {
    (self.file, self.place, self.reason) = (file, place, reason)
  }

  /// One line: file, place and reason.
  public var description: String { ([file] + place + [reason]).joined(separator: ": ") }
}
