internal import CPosix
internal import Glibc

/// What makes a file itself, whatever path leads to it: two paths with equal identities are the same file.
public struct FileIdentity: Sendable, Hashable {
  /// What kind of thing a path names.
  public enum Kind: Sendable { case regular, directory, fifo, socket, characterDevice, other }

  public let device: UInt64
  public let inode: UInt64
  public let kind: Kind

  /// Follows symbolic links; nil where nothing is there or it cannot be looked at.
  public init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The identity of an open file; nil for a descriptor that is not open.
  public init?(descriptor: Int32) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Returns how many bytes the file at `path` has; nil where nothing is there or it cannot be looked at.
  package static func size(of path: String) -> Int64? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int64(status.st_size) : nil
  }

  /// What stat(2) said.
  init(_ status: stat) {
    (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFIFO: .fifo
      case S_IFSOCK: .socket
      case S_IFCHR: .characterDevice
      default: .other
      }
  }
}
