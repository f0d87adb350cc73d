internal import CFFmpeg
internal import Glibc
internal import Posix

/// Reads a FIFO, a character device or standard input for FFmpeg so that an interrupt ends a wait.
///
/// FFmpeg's own `file:` and `pipe:` block in open(2) and read(2) and do not ask the interrupt callback there.
@safe
final class PipeReader {
  private let descriptor: Int32
  private let ownsDescriptor: Bool
  private let interrupt: Interrupt
  /// Whether it has given nothing yet.
  private(set) var isEmpty = true
  /// Whether its first bytes are those of an MP4.
  private var isMovie = false
  nonisolated(unsafe) private(set) var context: UnsafeMutablePointer<AVIOContext>?

  /// Whether FFmpeg may go back to what it has read or passed over.
  var isSeekable: Bool { unsafe context?.pointee.seekable != 0 }

  /// What is wrong with it where it is an MP4's file; nil for anything else.
  var flaw: String? {
    if isRegularFile(descriptor) { return MovieBoxes.flaw(of: descriptor) }
    return isMovie ? "lacks the index (moov) without which an MP4 cannot be read, or its end" : nil
  }

  /// A reader of `path`, or of standard input for `-`.
  ///
  /// - Throws: `MediaError` iff `path` cannot be opened.
  init(path: String, interrupt: Interrupt) throws(MediaError) {
    self.interrupt = interrupt
    ownsDescriptor = path != "-"
    // Standard input keeps its flags, which it shares with other processes: poll(2) before read(2) is enough there.
    descriptor = ownsDescriptor ? unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : STDIN_FILENO
    guard descriptor >= 0 else { throw MediaError("", code: -errno) }
    let size: Int32 = 32768
    let buffer = unsafe av_malloc(Int(size))
    unsafe context = unsafe avio_alloc_context(
      buffer?.assumingMemoryBound(to: UInt8.self), size, 0, Unmanaged.passUnretained(self).toOpaque(),
      { opaque, bytes, count in
        guard let opaque = unsafe opaque, let bytes = unsafe bytes else { return stream_error_invalid }
        return unsafe Unmanaged<PipeReader>.fromOpaque(opaque).takeUnretainedValue().read(
          into: bytes, count: Int(count))
      }, nil,
      // Standard input may be a file; then footage whose index stands at its end can be read too.
      isRegularFile(descriptor)
        ? { opaque, offset, whence in
          guard let opaque = unsafe opaque else { return Int64(stream_error_invalid) }
          return seek(
            unsafe Unmanaged<PipeReader>.fromOpaque(opaque).takeUnretainedValue().descriptor, offset, whence)
        } : nil)
    guard unsafe context != nil else {
      unsafe av_free(buffer)
      throw MediaError("", code: stream_error_no_memory)
    }
  }

  deinit {
    unsafe av_free(context?.pointee.buffer)
    unsafe avio_context_free(&context)
    if ownsDescriptor, descriptor >= 0 { close(descriptor) }
  }

  private func read(into bytes: UnsafeMutablePointer<UInt8>, count: Int) -> Int32 {
    while true {
      guard interrupt.waitUntilReadable(descriptor) else { return stream_error_exit }
      let got = unsafe Glibc.read(descriptor, bytes, count)
      if got > 0 {
        if isEmpty, got >= 8 {
          isMovie = unsafe UnsafeBufferPointer(start: bytes, count: 8)[4...].elementsEqual("ftyp".utf8)
        }
        isEmpty = false
        return Int32(truncatingIfNeeded: got)
      }
      if got == 0 { return stream_error_end }
      if errno != EAGAIN && errno != EINTR { return -errno }
    }
  }
}
