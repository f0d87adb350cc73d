public import Posix

/// The bytes of a model's file, mapped.
public struct ModelFile: Sendable {
  public let path: String
  /// The content; constants may keep it alive.
  public let bytes: MappedFile

  /// - Throws: `PosixError` where the file cannot be opened or is no regular file.
  public init(path: String) throws(PosixError) {
    self.path = path
    bytes = try MappedFile(path: path)
  }
}
