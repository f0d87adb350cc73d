internal import CFFmpeg
internal import Posix

/// A copy in memory of what can be read once only, for a format that FFmpeg reads to and fro.
enum WholeCopy {
  /// What is longer is not copied.
  private static let mostBytes = 256 << 20

  /// Whether `context`, a container called `name`, cannot be read to its end without one: a GIF, of which FFmpeg goes
  /// back to the beginning of each picture, from a server that tells its length but gives no parts.
  static func isNeeded(for context: UnsafePointer<AVFormatContext>, called name: String) -> Bool {
    guard name == "gif", let bytes = unsafe context.pointee.pb else { return false }
    return unsafe bytes.pointee.seekable == 0 && avio_size(bytes) > 0
  }

  /// Returns all that `context` gives from its beginning on; nil where that has passed.
  ///
  /// - Throws: `MediaError`, `isInterrupt` where the interrupt ended the wait; else it is too long, or there is no memory.
  static func make(of context: UnsafePointer<AVFormatContext>) throws(MediaError) -> MemoryFile? {
    guard let bytes = unsafe context.pointee.pb, unsafe avio_seek(bytes, 0, SEEK_SET) == 0 else { return nil }
    var (part, count) = ([UInt8](repeating: 0, count: 1 << 16), 0)
    let copy: MemoryFile
    do { copy = try MemoryFile() } catch { throw MediaError("reading", reason: error.reason) }
    while true {
      let got = unsafe part.withUnsafeMutableBufferPointer {
        unsafe avio_read_partial(bytes, $0.baseAddress, Int32($0.count))
      }
      if got == stream_error_exit { throw MediaError("", code: got) }
      // Where the server breaks off, what there is can be read.
      if got <= 0 { return copy }
      guard count + Int(got) <= mostBytes else {
        throw MediaError(reason: "is longer than 256 MB, and the server gives whole files only; download it")
      }
      do { try copy.append(part.prefix(Int(got))) } catch { throw MediaError("reading", reason: error.reason) }
      count += Int(got)
    }
  }
}
