internal import CFFmpeg
internal import Glibc
internal import Posix

/// Returns whether `descriptor` is open on a regular file.
func isRegularFile(_ descriptor: Int32) -> Bool { FileIdentity(descriptor: descriptor)?.kind == .regular }

/// Answers FFmpeg's seek on a regular file: its size where `whence` asks for it, else the new place, or the system's
/// error as a negative number.
func seek(_ descriptor: Int32, _ offset: Int64, _ whence: Int32) -> Int64 {
  if whence & AVSEEK_SIZE != 0 {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? Int64(status.st_size) : Int64(-errno)
  }
  let place = lseek(descriptor, Int(offset), whence & ~AVSEEK_FORCE)
  return place >= 0 ? Int64(place) : Int64(-errno)
}
