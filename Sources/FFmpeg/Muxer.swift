internal import CFFmpeg
internal import Pixels
internal import Posix
internal import Scene

/// A container that is being written: one video stream.
@safe
struct Muxer: ~Copyable {
  private let context: UnsafeMutablePointer<AVFormatContext>
  private let stream: UnsafeMutablePointer<AVStream>
  private let file: FileWriter
  private let isLive: Bool
  private var hasBegun = false
  /// How many bytes the file has up to the end of its last whole part.
  private var wholeCount = 0

  /// Creates `path` for what `encoder` makes; one that `isNew` must not be there yet.
  ///
  /// - Throws: `MediaError` iff the file cannot be written.
  init(
    path: String, isNew: Bool, _ container: VideoContainer, _ encoder: borrowing EncoderContext, isLive: Bool,
    interrupt: Interrupt?
  ) throws(MediaError) {
    let file = try FileWriter(path: path, isNew: isNew, interrupt: interrupt)
    guard container != .mp4 || file.isSeekable else {
      throw MediaError(reason: "mp4 cannot be written to a pipe or a device (mkv can)")
    }
    var opening: UnsafeMutablePointer<AVFormatContext>?
    try check(unsafe avformat_alloc_output_context2(&opening, nil, container.muxer, nil), "opening the container")
    guard let context = unsafe opening else { throw MediaError("", code: stream_error_no_memory) }
    let stream: UnsafeMutablePointer<AVStream>
    do throws(MediaError) {
      unsafe context.pointee.pb = unsafe file.context
      unsafe stream = unsafe try allocated(avformat_new_stream(context, nil))
      try check(
        unsafe avcodec_parameters_from_context(stream.pointee.codecpar, encoder.context), "describing the video")
      unsafe stream.pointee.time_base = unsafe encoder.context.pointee.time_base
      unsafe stream.pointee.avg_frame_rate = unsafe encoder.context.pointee.framerate
      unsafe stream.pointee.sample_aspect_ratio = unsafe encoder.context.pointee.sample_aspect_ratio
      for (key, value) in container.options(isLive: isLive) {
        // An option that this build of the muxer does not know is no loss.
        _ = unsafe av_opt_set(context, key, value, AV_OPT_SEARCH_CHILDREN)
      }
    } catch {
      unsafe avformat_free_context(context)
      throw error
    }
    unsafe (self.context, self.stream) = unsafe (context, stream)
    (self.file, self.isLive) = (file, isLive)
  }

  deinit { unsafe avformat_free_context(context) }

  /// How many bytes were written so far: it grows when a fragment or cluster is complete.
  var byteCount: Int { file.byteCount }

  /// Writes the container's header, once, before all packets.
  ///
  /// - Parameter start: when the first picture was taken, since 1970-01-01T00:00:00Z; nil where that is not known.
  /// - Throws: `MediaError` iff it cannot be written.
  mutating func begin(at start: Duration?) throws(MediaError) {
    guard !hasBegun else { return }
    if let start {
      let text = UTCText(sinceEpoch: start).text
      // MP4 has whole seconds as its time of creation: `date` says it to the microsecond.
      for key in ["creation_time", "date"] { _ = unsafe av_dict_set(&context.pointee.metadata, key, text, 0) }
    }
    let written = unsafe avformat_write_header(context, nil)
    hasBegun = written >= 0
    // What the file says is nearer to the cause than what the muxer makes of it.
    unsafe avio_flush(file.context)
    try note(file.failure)
    try check(written, "writing the header")
  }

  /// Writes a packet whose times are in ticks of `timeBase`, and empties it.
  ///
  /// Live, a fragment or cluster that cannot be written whole is taken away again.
  ///
  /// - Throws: `MediaError` iff it cannot be written.
  mutating func write(_ packet: UnsafeMutablePointer<AVPacket>, timeBase: AVRational) throws(MediaError) {
    unsafe av_packet_rescale_ts(packet, timeBase, stream.pointee.time_base)
    unsafe packet.pointee.stream_index = unsafe stream.pointee.index
    let written = unsafe av_interleaved_write_frame(context, packet)
    try note(file.failure)
    try check(written, "writing a picture")
  }

  /// Writes what the container holds at its end; once, and nothing where it was not begun.
  ///
  /// - Throws: `MediaError` iff it cannot be written.
  mutating func finish() throws(MediaError) {
    guard hasBegun else { return }
    let written = unsafe av_write_trailer(context)
    unsafe avio_flush(file.context)
    try note(file.failure)
    try check(written, "writing the end of the file")
  }

  /// Remembers where the file is whole, or goes back there.
  private mutating func note(_ failure: MediaError?) throws(MediaError) {
    guard let failure else {
      wholeCount = file.byteCount
      return
    }
    if isLive { file.cut(to: wholeCount) }
    throw failure
  }
}
