internal import CFFmpeg
internal import Glibc
internal import Posix

/// The hash that `sha256sum` prints (FIPS 180-4), by which people tell one file from another.
package enum SHA256 {
  /// Returns the hash of the file at `path` in hexadecimal digits; nil for what is no file or cannot be read.
  package static func ofFile(_ path: String) -> String? {
    guard FileIdentity(path: path)?.kind == .regular,
      let file = try? Descriptor(opening: path, flags: O_RDONLY | O_NOCTTY | O_NONBLOCK),
      let context = unsafe av_sha_alloc()
    else { return nil }
    defer { unsafe av_free(UnsafeMutableRawPointer(context)) }
    unsafe av_sha_init(context, 256)
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = unsafe read(file.number, &bytes, bytes.count)
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { return nil }
      if got == 0 { break }
      unsafe av_sha_update(context, bytes, got)
    }
    var digest = [UInt8](repeating: 0, count: 32)
    unsafe av_sha_final(context, &digest)
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
