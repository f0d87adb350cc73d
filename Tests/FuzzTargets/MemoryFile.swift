import Glibc

/// A file without a name that lies in memory: readers that map files need one, and disks are slow.
final class MemoryFile {
  private let descriptor: Int32
  /// Leads to the file as long as this is held.
  var path: String { "/proc/self/fd/\(descriptor)" }

  init(_ bytes: UnsafeRawBufferPointer) {
    var name = Array("/dev/shm/stream-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    precondition(descriptor >= 0, "No file in memory: error \(errno)")
    unlink(name)
    precondition(pwrite(descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count, "It cannot be filled.")
  }

  deinit { close(descriptor) }
}
