public import Posix

/// The bytes of a model's file.
public struct ModelFile: Sendable {
  /// Where it lies; of a member of an archive the archive's path, a colon and the member's.
  public let path: String
  /// The content; constants may keep it alive.
  public let bytes: MappedFile
  /// The content of the `pipeline.config` that lies beside it; nil where there is none.
  package var configuration: MappedFile?

  /// - Throws: `PosixError` where the file cannot be opened or is no regular file.
  public init(path: String) throws(PosixError) { self.init(path: path, bytes: try MappedFile(path: path)) }

  /// A file whose content is there already.
  package init(path: String, bytes: MappedFile) { (self.path, self.bytes) = (path, bytes) }
}
