internal import CFFmpeg
internal import Posix

/// A demuxer of footage each of whose waits ends with an interrupt, also those in which FFmpeg does not ask for it.
///
/// - Invariant: it is used by its holder, or by the errand that the holder waits for; after one that was left to itself
///   it is not used again.
@safe
final class FootageInput: @unchecked Sendable {
  let demuxer: Demuxer
  /// What the demuxer looks at.
  private let own: Interrupt
  /// What an errand reads into, which may go on when the caller is gone.
  private let packet: Packet
  private var isLeft = false

  /// Opens `path` as `Demuxer` does.
  ///
  /// - Throws: `MediaError`, `isInterrupt` where `interrupt` ended the wait.
  static func opened(_ path: String, _ interrupt: Interrupt) throws(MediaError) -> FootageInput {
    let opened = try Errand.run(interrupt) { () throws(MediaError) in
      FootageInput(try Demuxer(path: path, interrupt: interrupt), interrupt: interrupt, try Packet())
    }
    guard let opened else { throw MediaError("", code: stream_error_exit) }
    return opened
  }

  /// The input of a `demuxer` that was opened with `interrupt`.
  init(_ demuxer: consuming Demuxer, interrupt: Interrupt, _ packet: consuming Packet) {
    self.demuxer = demuxer
    self.packet = packet
    own = interrupt
  }

  /// Reads the next packet of the video stream into the empty `target`, until `interrupt` is requested, be it the one of
  /// the opening or not; false at the end.
  ///
  /// - Throws: `MediaError`, `isInterrupt` where the interrupt ended the wait.
  func read(into target: UnsafeMutablePointer<AVPacket>, _ interrupt: Interrupt) throws(MediaError) -> Bool {
    guard demuxer.readsElsewhere else { return unsafe try demuxer.read(into: target) }
    guard !isLeft else { throw MediaError("", code: stream_error_exit) }
    let isPacket = try Errand.run(interrupt, inner: own) { () throws(MediaError) in
      unsafe try self.demuxer.read(into: self.packet.packet)
    }
    guard let isPacket else {
      isLeft = true
      throw MediaError("", code: stream_error_exit)
    }
    if isPacket { unsafe av_packet_move_ref(target, packet.packet) }
    return isPacket
  }
}
