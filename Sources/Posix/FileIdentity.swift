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
