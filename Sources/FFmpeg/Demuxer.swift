internal import CFFmpeg
internal import Glibc
internal import Pixels
internal import Posix

/// An opened container: gives the packets of its best video stream, one after the other.
@safe
struct Demuxer: ~Copyable {
  private let context: UnsafeMutablePointer<AVFormatContext>
  /// The best video stream; belongs to `context`.
  let stream: UnsafeMutablePointer<AVStream>
  /// The decoder that libavcodec offers for it.
  let codec: UnsafePointer<AVCodec>
  private let pipe: PipeReader?
  /// Reads a live multipart stream; nil for all that FFmpeg itself reads.
  private let parts: MultipartReader?
  private let place: Place
  /// Whether its bytes come from a web server.
  private let isWeb: Bool
  /// Whether all was read when it was opened, as far as an index at its end.
  private let isReadToEnd: Bool
  /// Held because FFmpeg holds a plain pointer to it.
  private let interrupt: Interrupt
  /// How long it is by what the container says; nil where it does not, or guesses.
  let statedLength: StatedLength?
  private let reach = PacketReach()

  /// Opens `path`, a file, a FIFO, a character device, a URL or `-`, and looks for its best video stream.
  ///
  /// - Parameters:
  ///   - options: FFmpeg's own, for container and protocol; one that they do not have is passed over.
  ///   - isLive: whether the first picture shall not wait for later ones that would only tell a rate.
  /// - Throws: `MediaError` with a reason that completes the sentence `PATH: …`; `isInterrupt` where `interrupt` ended
  ///   the wait.
  init(
    path: String, interrupt: Interrupt, options extra: [(String, String)] = [], isLive: Bool = false
  ) throws(MediaError) {
    try MediaLibraries.openContainers()
    let place = try Place(path)
    let pipe = place == .pipe ? try PipeReader(path: path, interrupt: interrupt) : nil
    let isWeb = place == .other && Demuxer.isWeb(path)
    // A file's name may hold a colon, which without the prefix would name a protocol. Of a picture's file whose name
    // holds a %, which would number a sequence, the name is meant as it is.
    let url = place == .file ? "file:\(path)" : path
    let options = extra + (place == .file ? [("pattern_type", "none")] : [])
    var (opened, opening) = unsafe try Demuxer.opened(url, nil, pipe, interrupt, options)
    if isWeb, let context = unsafe opening, unsafe Demuxer.isUncounted(context) {
      unsafe avformat_close_input(&opening)
      let format = unsafe av_find_input_format("image2pipe")
      unsafe (opened, opening) = unsafe try Demuxer.opened(url, format, pipe, interrupt, options)
    }
    if isWeb, let context = unsafe opening, unsafe WholeCopy.isNeeded(for: context, called: Demuxer.formatName(context))
    {
      let copy: MemoryFile?
      do throws(MediaError) { copy = unsafe try WholeCopy.make(of: context) } catch {
        unsafe avformat_close_input(&opening)
        throw error
      }
      // What has opened it by its path keeps it.
      if let copy {
        unsafe avformat_close_input(&opening)
        unsafe (opened, opening) = unsafe try Demuxer.opened("file:\(copy.path)", nil, nil, interrupt, options)
      }
    }
    guard opened >= 0, let context = unsafe opening else {
      let flaw = pipe.map(\.flaw) ?? (place == .file ? MovieBoxes.flaw(ofFile: path) : nil)
      if opened == stream_error_bad_data, let flaw { throw MediaError(reason: flaw) }
      // What is raw by the name of its file is of a size that nobody has said.
      if opened == stream_error_invalid, place == .file {
        throw MediaError(reason: "does not say how large its pictures are")
      }
      throw Demuxer.reason(opened, pipe, interrupt, isWeb)
    }
    let size = unsafe context.pointee.pb.map { unsafe avio_size($0) } ?? 0
    let isReadToEnd = unsafe size > 0 && context.pointee.pb.pointee.pos >= size
    let parts = isLive ? unsafe Demuxer.parts(of: context) : nil
    do throws(MediaError) {
      // Of a picture the name or its first bytes tell all: to probe it would be to decode it twice.
      if parts == nil, unsafe !Demuxer.isPicture(context) {
        // Several pictures tell the rate by their times, but not where FFmpeg makes these up.
        if isLive, unsafe !Demuxer.hasTimestamps(context) { unsafe av_opt_set(context, "fpsprobesize", "0", 0) }
        let probed = unsafe avformat_find_stream_info(context, nil)
        guard probed >= 0 else { throw Demuxer.reason(probed, pipe, interrupt, isWeb) }
      }
      unsafe (stream, codec) = try unsafe Demuxer.bestVideo(of: context)
    } catch {
      unsafe avformat_close_input(&opening)
      throw error
    }
    unsafe self.context = unsafe context
    self.isReadToEnd = isReadToEnd
    (self.interrupt, self.pipe, self.parts, self.place, self.isWeb) = (interrupt, pipe, parts, place, isWeb)
    statedLength = unsafe StatedLength(of: stream, in: context, called: Demuxer.formatName(context))
    // Where the length is that of all streams together, any of them may be the one that reaches it.
    guard statedLength?.isOfAll != true else { return }
    for index in 0..<Int(unsafe context.pointee.nb_streams) where unsafe context.pointee.streams[index] != stream {
      unsafe context.pointee.streams[index]?.pointee.discard = AVDISCARD_ALL
    }
  }

  deinit {
    var last: UnsafeMutablePointer<AVFormatContext>? = unsafe context
    unsafe avformat_close_input(&last)
  }

  /// Reads the next packet of the video stream; false at the end.
  ///
  /// - Throws: `MediaError`, `isInterrupt` where the interrupt ended the wait.
  func read(into packet: UnsafeMutablePointer<AVPacket>) throws(MediaError) -> Bool {
    while true {
      if interrupt.isRequested { throw MediaError("", code: stream_error_exit) }
      let result = unsafe try parts?.read(into: packet) ?? av_read_frame(context, packet)
      if result == stream_error_end { return false }
      if result == stream_error_again {
        // A protocol with nothing to give for now; the interrupt's own descriptor never becomes readable without it.
        _ = interrupt.waitUntilReadable(-1, timeout: 5)
        continue
      }
      // A list is read from many connections, and its error may be that of a later one.
      if result == stream_error_io, isWeb, !isList { throw MediaError(reason: "the server closed the connection") }
      try check(result, "reading")
      unsafe reach.note(packet, of: context)
      if unsafe packet.pointee.stream_index == stream.pointee.index { return true }
      unsafe av_packet_unref(packet)
    }
  }

  /// Returns why not even the first packet could be read: what `error` says, or more where that is known.
  func reasonAtStart(_ error: MediaError) -> MediaError {
    guard !error.isInterrupt, formatName.hasPrefix("mov,"), let bytes = unsafe context.pointee.pb,
      unsafe bytes.pointee.seekable == 0
    else { return error }
    guard isReadToEnd || error.code == stream_error_bad_data else { return error }
    return MediaError(
      reason: place == .pipe
        ? "the index of an MP4 must stand at its beginning to be read from a pipe; the file itself can be read"
        : "the index of an MP4 must stand at its beginning where a server gives whole files only; download it")
  }

  /// Pictures a second on average; nil where nothing tells.
  var frameRate: Double? {
    for rate in unsafe [stream.pointee.avg_frame_rate, stream.pointee.r_frame_rate] where rate.num > 0 && rate.den > 0 {
      return av_q2d(rate)
    }
    return nil
  }

  /// The number of pictures that the container names, or an estimate by its length.
  var frameCount: Int? {
    let named = unsafe stream.pointee.nb_frames
    if named > 0 { return Int(named) }
    guard let frameRate else { return nil }
    var seconds = 0.0
    if unsafe stream.pointee.duration > 0 {
      seconds = unsafe Double(stream.pointee.duration) * av_q2d(stream.pointee.time_base)
    } else if unsafe context.pointee.duration > 0 {
      seconds = unsafe Double(context.pointee.duration) / Double(AV_TIME_BASE)
    }
    return seconds > 0 ? Int(exactly: (seconds * frameRate).rounded()) : nil
  }

  /// What the container is called, as `hls` and `mpjpeg`; several names of one stand with commas between them.
  var formatName: String { unsafe Demuxer.formatName(context) }

  /// Whether it reads from more than one file or pipe: from a URL, or from the places that a list names.
  ///
  /// FFmpeg then waits where it does not ask the interrupt callback too.
  var readsElsewhere: Bool { place == .other || isList }

  /// Whether it only names the places that hold the pictures.
  private var isList: Bool { Demuxer.lists.contains(formatName) }

  /// What containers are called that only name the places that hold the pictures.
  static var lists: [String] { ["concat", "dash", "hls", "imf", "sdp", "webm_dash_manifest"] }

  /// Whether the container tells its pictures' times.
  ///
  /// FFmpeg makes some up for JPEG pictures in a row, at 25 a second.
  var hasTimestamps: Bool { unsafe Demuxer.hasTimestamps(context) }

  /// Whether it has an end that is known: a length in time or, unless it is a list of further places, in bytes.
  var isFinite: Bool {
    if unsafe context.pointee.duration > 0 { return true }
    guard formatName != "hls", let bytes = unsafe context.pointee.pb else { return false }
    return unsafe avio_size(bytes) > 0
  }

  /// How far what was read reaches on the clock of the packets.
  var end: Duration { reach.end }

  /// What to say of a GIF, which tells no length, that ends without its end mark; nil for all else.
  var endFlaw: MediaError? {
    guard formatName == "gif", let bytes = unsafe context.pointee.pb, unsafe bytes.pointee.seekable != 0 else {
      return nil
    }
    // It comes behind the last picture, and something that is not part of it may stand behind.
    let ends = unsafe [reach.place, avio_size(bytes) - 1].compactMap { place -> UInt8? in
      var byte: UInt8 = 0
      let isRead =
        unsafe place > 0 && avio_seek(bytes, place, SEEK_SET) == place && avio_read_partial(bytes, &byte, 1) == 1
      return isRead ? byte : nil
    }
    // What cannot be read says nothing.
    return ends.isEmpty || ends.contains(UInt8(ascii: ";")) ? nil : MediaError(reason: "its end mark is missing")
  }

  /// The ticks of the video stream's times.
  var scale: TickScale {
    let base = unsafe stream.pointee.time_base
    return TickScale(numerator: base.num, denominator: base.den)
  }

  /// How the container wants its pictures to be laid; nil where it says nothing.
  var orientation: Orientation? { unsafe stream_display_matrix(stream).map { unsafe Orientation($0) } }

  /// The width of a sample over its height, as the container or else the codec tells; 0/1 where neither does.
  var sampleAspect: AVRational { unsafe av_guess_sample_aspect_ratio(context, stream, nil) }

  private static func hasTimestamps(_ context: UnsafeMutablePointer<AVFormatContext>) -> Bool {
    let flags = unsafe context.pointee.iformat.pointee.flags
    return unsafe flags & AVFMT_NOTIMESTAMPS == 0
      && !["mpjpeg", "mjpeg", "h264", "hevc"].contains(formatName(context))
  }

  private static func formatName(_ context: UnsafeMutablePointer<AVFormatContext>) -> String {
    unsafe String(cString: context.pointee.iformat.pointee.name)
  }

  /// Opens `url` as `format`, nil for what FFmpeg takes it for; returns FFmpeg's answer and the container, nil where that
  /// is an error.
  private static func opened(
    _ url: String, _ format: UnsafePointer<AVInputFormat>?, _ pipe: PipeReader?, _ interrupt: Interrupt,
    _ named: [(String, String)]
  ) throws(MediaError) -> (Int32, UnsafeMutablePointer<AVFormatContext>?) {
    var opening: UnsafeMutablePointer<AVFormatContext>? = unsafe try allocated(avformat_alloc_context())
    let (callback, argument) = unsafe interrupt.callback
    unsafe opening?.pointee.interrupt_callback = unsafe AVIOInterruptCB(callback: callback, opaque: argument)
    if let pipe { unsafe opening?.pointee.pb = unsafe pipe.context }
    var options: OpaquePointer?
    defer { unsafe av_dict_free(&options) }
    for (name, value) in named { unsafe av_dict_set(&options, name, value, 0) }
    // Frees the context on failure.
    let opened = unsafe avformat_open_input(&opening, url, format, &options)
    return unsafe (opened, opening)
  }

  /// Returns what reads `context` where it is a multipart stream; nil for any other.
  private static func parts(of context: UnsafeMutablePointer<AVFormatContext>) -> MultipartReader? {
    guard unsafe formatName(context) == "mpjpeg", let bytes = unsafe context.pointee.pb else { return nil }
    return unsafe MultipartReader(bytes)
  }

  private static func bestVideo(
    of context: UnsafeMutablePointer<AVFormatContext>
  ) throws(MediaError) -> (UnsafeMutablePointer<AVStream>, UnsafePointer<AVCodec>) {
    var codec: UnsafePointer<AVCodec>?
    let index = unsafe av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0)
    if index == stream_error_no_decoder {
      let bare = unsafe av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
      guard bare >= 0, let stream = unsafe context.pointee.streams[Int(bare)] else { throw MediaError("", code: index) }
      let name = unsafe String(cString: avcodec_get_name(stream.pointee.codecpar.pointee.codec_id))
      throw MediaError(reason: "FFmpeg has no decoder for its video (\(name))")
    }
    // The picture of a record's cover is no footage.
    guard index >= 0, let codec = unsafe codec, let stream = unsafe context.pointee.streams[Int(index)],
      unsafe stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
    else { throw MediaError(reason: "has no video stream") }
    return unsafe (stream, codec)
  }

  /// Whether it reads a picture, or several one behind the other, whose bytes are counted: all of them are then one
  /// packet. Where their end is not known, in a pipe, only what was probed finds where a picture ends.
  private static func isPicture(_ context: UnsafeMutablePointer<AVFormatContext>) -> Bool {
    guard let name = unsafe context.pointee.iformat.pointee.name.map({ unsafe String(cString: $0) }) else {
      return false
    }
    guard name.hasSuffix("_pipe"), let bytes = unsafe context.pointee.pb else { return name == "image2" }
    return unsafe avio_size(bytes) > 0
  }

  /// Whether `path` names a place of a web server; FFmpeg's word for one that closes the connection is an I/O error.
  private static func isWeb(_ path: String) -> Bool {
    ["http://", "https://"].contains { path.lowercased().hasPrefix($0) }
  }

  /// Whether it takes a picture, by the name of its place alone, for a file whose bytes are counted, and they are not.
  private static func isUncounted(_ context: UnsafeMutablePointer<AVFormatContext>) -> Bool {
    guard unsafe formatName(context) == "image2", let bytes = unsafe context.pointee.pb else { return false }
    return unsafe avio_size(bytes) <= 0
  }

  private static func reason(
    _ code: Int32, _ pipe: PipeReader?, _ interrupt: Interrupt, _ isWeb: Bool
  ) -> MediaError {
    // Some protocols turn an interrupt into an error of their own.
    if interrupt.isRequested { return MediaError("", code: stream_error_exit) }
    if code == stream_error_bad_data || code == stream_error_end {
      return MediaError(reason: pipe?.isEmpty == true ? "is empty" : "is not video that FFmpeg can read")
    }
    // So FFmpeg calls it where it must go back, as in a GIF.
    if code == stream_error_io, pipe?.isSeekable == false {
      return MediaError(reason: "is of a kind that cannot be read from a pipe; the file itself can be read")
    }
    if code == stream_error_io, isWeb {
      return MediaError(reason: "the host is not known by that name, or the server closed the connection")
    }
    return MediaError("", code: code)
  }

  /// How a path is to be opened.
  private enum Place: Sendable {
    case file, pipe, other

    /// - Throws: `MediaError` iff `path` is a folder or an empty file.
    init(_ path: String) throws(MediaError) {
      var status = stat()
      guard path != "-" else {
        self = .pipe
        return
      }
      guard unsafe stat(path, &status) == 0 else {
        self = .other
        return
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: throw MediaError(reason: "is a directory")
      case S_IFIFO, S_IFCHR: self = .pipe
      case S_IFREG where status.st_size == 0 && status.st_blocks == 0: throw MediaError(reason: "is empty")
      case S_IFREG: self = .file
      default: self = .other
      }
    }
  }
}
