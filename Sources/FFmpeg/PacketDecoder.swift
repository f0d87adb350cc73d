internal import CFFmpeg
package import Pixels
internal import Scene

/// Decodes what a camera compressed: packets without a container in, upright frames out.
@safe
package struct PacketDecoder: ~Copyable {
  /// How the packets are coded.
  package enum Codec: Sendable, Equatable { case jpeg, h264 }

  /// What became of a packet.
  package struct Decoded: ~Copyable {
    /// The newest picture that it made whole, and the ticket of the packet that it came in.
    package var frame: Frame?
    package fileprivate(set) var ticket: Int?
    /// Whether the decoder can make nothing of the packet.
    package fileprivate(set) var isUndecodable = false
  }

  private let decoder: Decoder
  private let packet: Packet
  private let shelf = PictureShelf()
  private var maker: FrameMaker

  /// - Throws: `MediaError` iff FFmpeg has no such decoder.
  package init(_ codec: Codec) throws(MediaError) {
    try MediaLibraries.openCodecs()
    let packet = try Packet()
    let decoder = try Decoder(immediate: codec == .jpeg ? AV_CODEC_ID_MJPEG : AV_CODEC_ID_H264)
    maker = FrameMaker(shelf, orientation: .upright)
    self.packet = packet
    self.decoder = decoder
  }

  /// Decodes one packet, which is copied; `ticket` is a number by which its picture can be known. Stamps are the
  /// caller's to set.
  ///
  /// Pictures that the decoder knows to be damaged, or made of others that are missing, are left out.
  /// - Throws: `MediaError` iff there is no memory, or the picture is of a format that cannot be read.
  package mutating func decode(_ bytes: UnsafeRawBufferPointer, ticket: Int) throws(MediaError) -> Decoded {
    var decoded = Decoded()
    guard let start = bytes.baseAddress, let count = Int32(exactly: bytes.count), count > 0 else {
      decoded.isUndecodable = true
      return decoded
    }
    try check(unsafe av_new_packet(packet.packet, count), "decoding")
    defer { unsafe av_packet_unref(packet.packet) }
    unsafe UnsafeMutableRawPointer(packet.packet.pointee.data).copyMemory(from: start, byteCount: bytes.count)
    unsafe packet.packet.pointee.pts = Int64(ticket)
    if case .damaged = unsafe try decoder.send(packet.packet) { decoded.isUndecodable = true }
    // A packet makes a picture or two; the bound is for a decoder that would never be hungry.
    for _ in 0..<64 {
      let (picture, place) = unsafe try shelf.take()
      let answer: Decoder.Answer
      do throws(MediaError) { answer = unsafe try decoder.receive(into: picture) } catch {
        shelf.takeBack(place)
        throw error
      }
      guard case .picture = answer else {
        shelf.takeBack(place)
        if case .damaged = answer { decoded.isUndecodable = true }
        break
      }
      let ticket = unsafe Int(picture.pointee.pts)
      if let frame = unsafe try frame(of: picture, at: place) {
        decoded.frame = consume frame
        decoded.ticket = ticket
      }
    }
    return decoded
  }

  /// Forgets what came before, after packets were lost: no picture is made of what is missing.
  package func flush() { decoder.flush() }

  /// Makes a frame of the decoded `picture`, whose place goes with it or back to the shelf; nil where it is damaged.
  private mutating func frame(of picture: UnsafeMutablePointer<AVFrame>, at place: Int) throws(MediaError) -> Frame? {
    let isDamaged = unsafe picture.isDamaged
    let shape: PictureShape
    let form: (format: PixelFormat, isOwn: Bool)
    let hasTicket = unsafe picture.pointee.pts != stream_no_time
    do throws(MediaError) {
      shape = unsafe try PictureShape(of: picture)
      form = try shape.frameFormat()
    } catch {
      shelf.takeBack(place)
      throw error
    }
    guard !isDamaged, hasTicket else {
      shelf.takeBack(place)
      return nil
    }
    let stamp = FrameStamp(number: 0, time: FrameTime(sinceFirst: .zero))
    return unsafe try maker.frame(of: picture, at: place, shape, form, stamp)
  }
}
