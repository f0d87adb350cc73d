internal import CFFmpeg

/// Reads the pictures of a live multipart stream from the bytes of the container that FFmpeg has opened.
@safe
final class MultipartReader {
  private let bytes: UnsafeMutablePointer<AVIOContext>
  private var pictures = MultipartPictures()
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)

  /// A reader of `bytes`, which stand at the first boundary and outlive it.
  init(_ bytes: UnsafeMutablePointer<AVIOContext>) { unsafe self.bytes = unsafe bytes }

  /// Reads the next picture into the empty `packet`, as it was sent; returns FFmpeg's answer, negative at the end.
  ///
  /// - Throws: `MediaError` iff there is no memory, or the picture is larger than pictures are.
  func read(into packet: UnsafeMutablePointer<AVPacket>) throws(MediaError) -> Int32 {
    while true {
      if let picture = try pictures.next() {
        try check(unsafe av_new_packet(packet, Int32(clamping: picture.count)), "reading")
        let target = unsafe UnsafeMutableRawBufferPointer(start: packet.pointee.data, count: picture.count)
        unsafe target.copyBytes(from: picture)
        unsafe packet.pointee.flags |= AV_PKT_FLAG_KEY
        return 0
      }
      let count = unsafe avio_read_partial(bytes, &buffer, Int32(buffer.count))
      guard count > 0 else { return count == 0 ? stream_error_end : count }
      unsafe buffer.withUnsafeBytes { unsafe pictures.add(UnsafeRawBufferPointer(rebasing: $0[..<Int(count)])) }
    }
  }
}
