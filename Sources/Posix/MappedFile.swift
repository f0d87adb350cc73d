internal import CPosix
internal import Glibc

/// A regular file, mapped for reading as long as it is held, or the content of one that lies in memory alone.
@safe
public final class MappedFile: Sendable {
  public let count: Int
  nonisolated(unsafe) private let start: UnsafeRawPointer?
  /// Whether the system mapped it; else it was allocated.
  private let isMapped: Bool
  /// What the file is; nil where it lies in memory alone.
  package let identity: FileIdentity?

  /// - Throws: `PosixError` where `path` cannot be opened or mapped, or is not a regular file (EISDIR, EINVAL).
  public init(path: String) throws(PosixError) {
    // A FIFO would wait for its writer before it can be told that it is none of ours.
    let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw PosixError(call: "open", subject: path) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw PosixError(call: "stat", subject: path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw PosixError(call: "map", subject: path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
    }
    count = Int(status.st_size)
    (isMapped, identity) = (true, FileIdentity(status))
    if count == 0 {
      unsafe start = nil
      return
    }
    let mapped = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let mapped = unsafe mapped, unsafe mapped != UnsafeMutableRawPointer(bitPattern: -1) else {
      throw PosixError(call: "map", subject: path)
    }
    unsafe start = UnsafeRawPointer(mapped)
  }

  /// What was gathered, as if it were a file's.
  package init(_ gathered: consuming GatheredBytes) {
    (count, isMapped, identity) = (gathered.count, false, nil)
    unsafe start = UnsafeRawPointer(gathered.released())
  }

  deinit {
    guard let start = unsafe start else { return }
    let memory = unsafe UnsafeMutableRawPointer(mutating: start)
    if isMapped { unsafe munmap(memory, count) } else { unsafe free(memory) }
  }

  /// The bytes; valid as long as the file is held. A file that is cut while it is mapped ends the process on access, as
  /// with every mapping.
  package var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: start, count: count) }

  /// Returns a copy of the first `most` bytes, or of all where there are fewer.
  package func prefix(_ most: Int) -> [UInt8] { unsafe Array(bytes.prefix(most)) }

  /// Lends the content.
  public func withBytes<Result: ~Copyable, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure)
    -> Result
  {
    try body(unsafe RawSpan(_unsafeBytes: bytes))
  }
}
