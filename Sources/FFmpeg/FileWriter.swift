internal import CFFmpeg
internal import Glibc
internal import Posix

/// The file that a muxer writes, and the first thing that went wrong with it.
///
/// Ours rather than FFmpeg's `file:`, because muxers pass over errors of their output, and because opening a FIFO that
/// nobody reads would block.
@safe
final class FileWriter {
  private let descriptor: Int32
  private let interrupt: Interrupt?
  nonisolated(unsafe) private(set) var context: UnsafeMutablePointer<AVIOContext>?
  /// The first failure; nothing is written after it.
  private(set) var failure: MediaError?
  /// How many bytes were written so far, those that replaced others included.
  private(set) var byteCount = 0

  /// Creates or empties the file `path`; one that `isNew` must not be there yet.
  ///
  /// A pipe's reader that takes nothing is waited for; once `interrupt` is requested, `ReaderPatience` ends that.
  ///
  /// - Throws: `MediaError` iff it cannot be opened, or another run writes it; for a FIFO that nobody reads too.
  init(path: String, isNew: Bool, interrupt: Interrupt?) throws(MediaError) {
    self.interrupt = interrupt
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | (isNew ? O_EXCL : 0) | O_NONBLOCK | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      let error = PosixError(call: "write", subject: path)
      throw error.code == ENXIO ? MediaError(reason: error.reason) : MediaError("", code: -error.code)
    }
    // Emptied only when it is ours alone.
    guard FileClaim.take(descriptor) else { throw MediaError(reason: FileClaim.refusal) }
    if !isNew, isRegularFile(descriptor), ftruncate(descriptor, 0) != 0 { throw MediaError("", code: -errno) }
    let size: Int32 = 65536
    let buffer = unsafe av_malloc(Int(size))
    unsafe context = unsafe avio_alloc_context(
      buffer?.assumingMemoryBound(to: UInt8.self), size, 1, Unmanaged.passUnretained(self).toOpaque(), nil,
      { opaque, bytes, count in
        guard let opaque = unsafe opaque, let bytes = unsafe bytes else { return stream_error_invalid }
        return unsafe Unmanaged<FileWriter>.fromOpaque(opaque).takeUnretainedValue().write(bytes, count: Int(count))
      },
      isRegularFile(descriptor)
        ? { opaque, offset, whence in
          guard let opaque = unsafe opaque else { return Int64(stream_error_invalid) }
          return seek(
            unsafe Unmanaged<FileWriter>.fromOpaque(opaque).takeUnretainedValue().descriptor, offset, whence)
        } : nil)
    guard unsafe context != nil else {
      unsafe av_free(buffer)
      throw MediaError("", code: stream_error_no_memory)
    }
  }

  deinit {
    unsafe av_free(context?.pointee.buffer)
    unsafe avio_context_free(&context)
    if descriptor >= 0 { close(descriptor) }
  }

  /// Whether the muxer may go back and correct what it wrote.
  var isSeekable: Bool { unsafe context?.pointee.seekable != 0 }

  /// Cuts a regular file off behind its first `size` bytes, as far as that can be done.
  func cut(to size: Int) { if isSeekable { _ = ftruncate(descriptor, size) } }

  private func write(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int32 {
    var done = 0
    var patience = ReaderPatience(interrupt)
    while done < count {
      if let failure { return failure.code < 0 ? failure.code : stream_error_invalid }
      let written = unsafe Glibc.write(descriptor, bytes + done, count - done)
      if written > 0 {
        done += written
        byteCount += written
      } else if written < 0, errno == EAGAIN {
        if !patience.waitForRoom(in: descriptor) { failure = MediaError(reason: ReaderPatience.exhaustion) }
      } else if written == 0 || errno != EINTR {
        failure = MediaError("", code: written == 0 ? -ENOSPC : -errno)
      }
    }
    return Int32(truncatingIfNeeded: count)
  }
}
