internal import CPosix
internal import Glibc

/// A file in memory without a name, which goes when it is dropped: for what must be read from a pipe, yet to and fro.
package struct MemoryFile: ~Copyable {
  private let file: Descriptor

  /// The path by which this process can open it while it is held.
  package var path: String { "/proc/self/fd/\(file.number)" }

  /// An empty one.
  ///
  /// - Throws: `PosixError` where it cannot be made.
  package init() throws(PosixError) { file = try Self.made() }

  /// A file of all that `source` gives up to its end, or of its first `limit` bytes; nil where `interrupt` ended the
  /// wait for it.
  ///
  /// - Throws: `PosixError` where it cannot be read, or there is no memory for it.
  package init?(copying source: Int32, limit: Int, interrupt: Interrupt) throws(PosixError) {
    let file = try Self.made()
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var count = 0
    while count < limit {
      guard interrupt.waitUntilReadable(source) else { return nil }
      let got = unsafe read(source, &bytes, min(bytes.count, limit - count))
      if got == 0 { break }
      if got > 0 {
        try Self.append(bytes.prefix(got), to: file)
        count += got
      } else if errno != EINTR && errno != EAGAIN {
        throw PosixError(call: "read")
      }
    }
    self.file = file
  }

  /// Writes `bytes` behind what it holds.
  ///
  /// - Throws: `PosixError` where there is no memory for them.
  package func append(_ bytes: ArraySlice<UInt8>) throws(PosixError) { try Self.append(bytes, to: file) }

  private static func made() throws(PosixError) -> Descriptor {
    let descriptor = unsafe memfd_create("picture", stream_memory_file_flags)
    guard descriptor >= 0 else { throw PosixError(call: "make") }
    return Descriptor(owning: descriptor)
  }

  private static func append(_ bytes: ArraySlice<UInt8>, to file: borrowing Descriptor) throws(PosixError) {
    var rest = bytes
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes { unsafe write(file.number, $0.baseAddress, $0.count) }
      if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { throw PosixError(call: "write") }
    }
  }
}
