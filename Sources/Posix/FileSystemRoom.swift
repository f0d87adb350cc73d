internal import Glibc

/// How much room a file system has, in bytes.
package struct FileSystemRoom: Sendable, Equatable {
  /// What anybody may still write.
  package let free: UInt64
  /// Its size.
  package let total: UInt64

  /// The room of the file system that `folder` is on; nil where that cannot be asked.
  package init?(folder: String) {
    var status = statvfs()
    guard unsafe statvfs(folder, &status) == 0 else { return nil }
    let (block, available, blocks) = (UInt64(status.f_frsize), UInt64(status.f_bavail), UInt64(status.f_blocks))
    free = available.multipliedReportingOverflow(by: block).partialValue
    total = blocks.multipliedReportingOverflow(by: block).partialValue
  }

  package init(free: UInt64, total: UInt64) { (self.free, self.total) = (free, total) }
}
