internal import CFFmpeg

/// One packet, used again and again.
@safe
struct Packet: ~Copyable {
  let packet: UnsafeMutablePointer<AVPacket>

  /// - Throws: `MediaError` iff there is no memory.
  init() throws(MediaError) { unsafe packet = unsafe try allocated(av_packet_alloc()) }

  deinit {
    var last: UnsafeMutablePointer<AVPacket>? = unsafe packet
    unsafe av_packet_free(&last)
  }
}
