internal import CFFmpeg
internal import Pixels

/// A decoder of libavcodec: packets in, pictures out.
@safe
struct Decoder: ~Copyable {
  private let context: UnsafeMutablePointer<AVCodecContext>
  /// How often the decoder missed pictures that others refer to; it counts them itself.
  private let losses: UnsafeMutablePointer<Int32>
  /// EXIF's number of the orientation that the last packet told, 0 where it told none.
  private let orientation: UnsafeMutablePointer<UInt8>
  private let codec: AVCodecID
  private var isJPEG: Bool { codec == AV_CODEC_ID_MJPEG }

  /// What a decoder answers.
  enum Answer {
    /// The picture was filled.
    case picture
    /// It needs another packet first.
    case hungry
    /// All pictures have come.
    case end
    /// What it was given is damaged; it can go on.
    case damaged(MediaError)
  }

  /// The largest picture that is decoded, in pixels: a damaged header may ask for more than there is memory.
  static let mostPixels = Int64(PictureError.longestSide * PictureError.longestSide)

  /// A decoder for the stream of `demuxer` that works on `threads` threads.
  ///
  /// - Throws: `MediaError` iff libavcodec refuses.
  init(_ demuxer: borrowing Demuxer, threads: Int) throws(MediaError) {
    let stream = unsafe demuxer.stream
    try unsafe self.init(demuxer.codec) { (context) throws(MediaError) in
      try check(unsafe avcodec_parameters_to_context(context, stream.pointee.codecpar), "reading the codec's settings")
      unsafe context.pointee.pkt_timebase = unsafe stream.pointee.time_base
      unsafe context.pointee.thread_count = Int32(clamping: max(threads, 1))
    }
  }

  /// A decoder for packets that come without a container and are to become pictures at once: on one thread, because
  /// several would each hold a picture back, and strict, so that damage is told.
  ///
  /// - Throws: `MediaError` iff FFmpeg has no such decoder.
  init(immediate codec: AVCodecID) throws(MediaError) {
    guard let found = unsafe avcodec_find_decoder(codec) else {
      let name = unsafe String(cString: avcodec_get_name(codec))
      throw MediaError(reason: "FFmpeg has no decoder for \(name)")
    }
    try unsafe self.init(found) { (context) throws(MediaError) in
      unsafe context.pointee.thread_count = 1
      unsafe context.pointee.flags |= AV_CODEC_FLAG_LOW_DELAY
      unsafe context.pointee.err_recognition |= AV_EF_EXPLODE
    }
  }

  /// A decoder for the one packet of a still picture.
  ///
  /// - Throws: `MediaError` iff FFmpeg has no such decoder.
  init(still codec: AVCodecID) throws(MediaError) {
    try unsafe self.init(avcodec_find_decoder(codec)) { (context) throws(MediaError) in
      unsafe context.pointee.thread_count = 1
    }
  }

  /// A decoder of `codec` with the settings that `set` makes.
  private init(
    _ codec: UnsafePointer<AVCodec>?, set: (UnsafeMutablePointer<AVCodecContext>) throws(MediaError) -> Void
  ) throws(MediaError) {
    var opening: UnsafeMutablePointer<AVCodecContext>? = unsafe try allocated(avcodec_alloc_context3(codec))
    guard let context = unsafe opening else { throw MediaError("", code: stream_error_no_memory) }
    let losses = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    unsafe losses.initialize(to: 0)
    unsafe context.pointee.opaque = UnsafeMutableRawPointer(losses)
    unsafe context.pointee.max_pixels = Decoder.mostPixels
    let orientation = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    unsafe orientation.initialize(to: 0)
    let id = unsafe context.pointee.codec_id
    // What is missing of a JPEG picture the decoder does not conceal, as others do: it leaves what the memory held, of an
    // older picture or of none, and calls it sound. So a scan that breaks off is an error. An end marker that is missing
    // behind whole scans is none.
    if id == AV_CODEC_ID_MJPEG { unsafe context.pointee.err_recognition |= AV_EF_EXPLODE }
    do throws(MediaError) {
      try unsafe set(context)
      try check(unsafe avcodec_open2(context, codec, nil), "opening the decoder")
    } catch {
      unsafe avcodec_free_context(&opening)
      unsafe losses.deallocate()
      unsafe orientation.deallocate()
      throw error
    }
    unsafe self.context = unsafe context
    unsafe self.losses = unsafe losses
    unsafe self.orientation = unsafe orientation
    self.codec = id
  }

  /// Forgets what came before: the next picture refers to none of it.
  func flush() { unsafe avcodec_flush_buffers(context) }

  deinit {
    var last: UnsafeMutablePointer<AVCodecContext>? = unsafe context
    unsafe avcodec_free_context(&last)
    unsafe losses.deallocate()
    unsafe orientation.deallocate()
  }

  /// Whether it missed pictures, since it was asked last, that what it decodes refers to.
  func missesReferences() -> Bool { unsafe stream_take_count(losses) > 0 }

  /// Gives the decoder a packet, or nil for the end; it must be hungry.
  ///
  /// Returns `.hungry` where all is well. A JPEG picture that is not all there is damaged.
  func send(_ packet: UnsafeMutablePointer<AVPacket>?) throws(MediaError) -> Answer {
    if let packet = unsafe packet {
      let bytes = unsafe UnsafeRawBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size))
      if isJPEG, unsafe JPEGScans.areMissing(in: bytes) { return .damaged(.damagedJPEG) }
      unsafe orientation.pointee = unsafe StoredOrientation.number(in: bytes, codec) ?? 0
    }
    return try answer(unsafe avcodec_send_packet(context, packet), well: .hungry)
  }

  /// Whether `packet` is a WebP file of several pictures, of which this FFmpeg may decode none.
  func isAnimatedWebP(_ packet: UnsafePointer<AVPacket>) -> Bool {
    guard codec == AV_CODEC_ID_WEBP, unsafe packet.pointee.size > 20, let bytes = unsafe packet.pointee.data else {
      return false
    }
    // The flag of the extended header (RFC 9649, 2.7).
    return unsafe UnsafeBufferPointer(start: bytes + 12, count: 4).elementsEqual("VP8X".utf8) && bytes[20] & 2 != 0
  }

  /// Asks for the next picture; what its bytes tell of its orientation is among its metadata.
  func receive(into picture: UnsafeMutablePointer<AVFrame>) throws(MediaError) -> Answer {
    let answer = try answer(unsafe avcodec_receive_frame(context, picture), well: .picture)
    if case .picture = answer, unsafe orientation.pointee > 0 {
      unsafe av_dict_set(&picture.pointee.metadata, "Orientation", String(orientation.pointee), 0)
    }
    return answer
  }

  /// Whether each picture stands for itself, so that the loss of one does not harm the others.
  var isIntraOnly: Bool {
    guard let descriptor = unsafe avcodec_descriptor_get(context.pointee.codec_id) else { return false }
    return unsafe descriptor.pointee.props & AV_CODEC_PROP_INTRA_ONLY != 0
  }

  private func answer(_ result: Int32, well: Answer) throws(MediaError) -> Answer {
    switch result {
    case 0...: well
    case stream_error_again: .hungry
    case stream_error_end: .end
    case stream_error_no_memory: throw MediaError("decoding", code: result)
    case stream_error_bad_data where isJPEG: .damaged(.damagedJPEG)
    default: .damaged(MediaError("decoding", code: result))
    }
  }
}
