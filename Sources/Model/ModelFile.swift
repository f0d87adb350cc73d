internal import Glibc
public import Posix

/// The bytes of a model's file.
public struct ModelFile: Sendable {
  /// Where it lies; of a member of an archive the archive's path, a colon and the member's.
  public let path: String
  /// What it is called within its folder.
  package let name: String
  /// The content; constants may keep it alive.
  public let bytes: MappedFile
  /// The content of the `pipeline.config` that lies beside it; nil where there is none.
  package var configuration: MappedFile?

  /// The files of the archive it lies in, by their paths from its folder; nil for a file on disk.
  package var companions: [String: ModelFile]?

  /// The other half of a model in two files; nil where there is none.
  package var partner: MappedPart?
  /// What is said of the model beside its file.
  package var settings = ModelSettings()
  /// The files that were opened for the model so far; those opened beside this one are noted there.
  package let opened: OpenedFiles

  /// - Throws: `PosixError` where the file cannot be opened or is no regular file.
  public init(path: String) throws(PosixError) { try self.init(path: path, noting: OpenedFiles()) }

  /// Opens the file at `path` and notes that in `opened`.
  ///
  /// - Throws: `PosixError` where it cannot be opened or is no regular file.
  package init(path: String, noting opened: OpenedFiles) throws(PosixError) {
    self.init(path: path, bytes: try MappedFile(path: path), noting: opened)
  }

  /// A file whose content is there already.
  ///
  /// - Parameters:
  ///   - name: what it is called within its folder, where that is not what stands behind the path's last slash.
  ///   - opened: where it is noted, with what is opened beside it.
  package init(path: String, bytes: MappedFile, name: String? = nil, noting opened: OpenedFiles = OpenedFiles()) {
    (self.path, self.bytes, self.opened) = (path, bytes, opened)
    self.name = name ?? PathParts(path).name
    opened.note(bytes)
  }

  /// Where its folder lies, with what stands between that and a name; empty for the current one.
  package var folder: String { String(path.dropLast(name.count)) }

  /// Returns the file `name`, a path from the folder that this file is in: on disk, or in the same archive.
  ///
  /// - Throws: `PosixError` where there is none or it cannot be opened.
  package func beside(_ name: String) throws(PosixError) -> ModelFile {
    guard let companions else { return try ModelFile(path: folder + name, noting: opened) }
    guard let file = companions[name] else { throw PosixError(call: "open", subject: folder + name, code: ENOENT) }
    return file
  }

  /// Returns the path `name`, which a file of the model gives, without points that stand for nothing; nil where it leads
  /// out of the model's folder, for who made a model has no say in what else is read.
  package static func inner(_ name: String) -> String? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).filter { $0 != "." }
    guard !parts.isEmpty, !parts.contains(".."), !parts.contains(""), !name.contains("\\"), !name.utf8.contains(0)
    else { return nil }
    return parts.joined(separator: "/")
  }
}

/// Which files were opened to read a model.
package final class OpenedFiles: Sendable {
  private let list = Guarded<Set<FileIdentity>>([])

  /// None yet.
  package init() {}

  /// All so far.
  package var identities: Set<FileIdentity> { list.withLock { $0 } }

  /// Adds `file`, where it is one on disk.
  package func note(_ file: MappedFile) {
    if let identity = file.identity { list.withLock { _ = $0.insert(identity) } }
  }
}

extension ModelFile {
  /// One half of a model in two files.
  package struct MappedPart: Sendable {
    /// Where it lies.
    package let path: String
    /// What it is called within its folder.
    package let name: String
    /// The content.
    package let bytes: MappedFile

    /// The half that is `file`.
    package init(_ file: ModelFile) { (path, name, bytes) = (file.path, file.name, file.bytes) }
  }
}
