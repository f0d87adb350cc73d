internal import CFFmpeg
internal import Scene

/// How long footage is by its container's word.
struct StatedLength: Sendable {
  let duration: Duration
  /// Where it may be the time of the end by the packets' clock: that of the beginning.
  private(set) var start: Duration?
  /// Whether it is that of all streams together, of which the video may be a shorter one.
  private(set) var isOfAll = false

  /// The length of `stream` in `context`, a container called `name`; nil where it tells none, or FFmpeg guesses.
  @safe
  init?(of stream: UnsafePointer<AVStream>, in context: UnsafePointer<AVFormatContext>, called name: String) {
    let (ticks, streams) = unsafe (context.pointee.duration, context.pointee.nb_streams)
    let (own, pictures, base) = unsafe (stream.pointee.duration, stream.pointee.nb_frames, stream.pointee.time_base)
    let scale = TickScale(numerator: base.num, denominator: base.den)
    // Of a file that is cut short FFmpeg guesses the length, but the header still counts the pictures.
    if name == "avi" {
      guard pictures > 0, let counted = scale.elapsed(from: 0, to: pictures) else { return nil }
      duration = counted
      return
    }
    guard unsafe context.pointee.duration_estimation_method == AVFMT_DURATION_FROM_STREAM else { return nil }
    // Of a list its user tells for how long the last picture is shown.
    if name == "concat" { return nil }
    if name.hasPrefix("mov,"), own > 0 {
      guard let told = scale.elapsed(from: 0, to: own) else { return nil }
      duration = told
      return
    }
    let begins = unsafe context.pointee.start_time
    let start = begins == stream_no_time ? .zero : max(.zero, Duration.microseconds(begins))
    self.start = start
    // Of one stream of several a Matroska file tells the length in a tag that its writers have agreed upon; in another
    // container it is that of the file which that was made of.
    let tag = unsafe av_dict_get(stream.pointee.metadata, "DURATION", nil, AV_DICT_IGNORE_SUFFIX)
    if name.hasPrefix("matroska"), let text = unsafe tag?.pointee.value.map({ unsafe String(cString: $0) }),
      let told = Self.duration(text)
    {
      duration = told > start ? told - start : told
      return
    }
    // All that a list names would have to be fetched.
    guard ticks > 0, streams == 1 || !Demuxer.lists.contains(name), name != "rtsp" else { return nil }
    let told = Duration.microseconds(ticks)
    (duration, isOfAll) = (told > start ? told - start : told, streams > 1)
  }

  /// Returns the duration that `text` names as `00:01:20.250000000`; nil where it is no such text.
  private static func duration(_ text: String) -> Duration? {
    let parts = text.split(separator: ":").map { Double($0) }
    guard parts.count == 3, let hours = parts[0], let minutes = parts[1], let seconds = parts[2] else { return nil }
    let sum = hours * 3600 + minutes * 60 + seconds
    return (0.0...1e9).contains(sum) ? .seconds(sum) : nil
  }
}

/// How far the packets that were read reach on their container's clock.
final class PacketReach {
  /// The latest end of a packet.
  private(set) var end = Duration.zero
  /// The byte of the file behind the last packet; 0 where that is not known.
  private(set) var place = Int64(0)

  /// Notes a packet of `context`.
  @safe
  func note(_ packet: UnsafePointer<AVPacket>, of context: UnsafePointer<AVFormatContext>) {
    place = unsafe packet.pointee.pos < 0 ? 0 : packet.pointee.pos &+ Int64(packet.pointee.size)
    let index = unsafe packet.pointee.stream_index
    guard index >= 0, unsafe UInt32(index) < context.pointee.nb_streams,
      let base = unsafe context.pointee.streams[Int(index)]?.pointee.time_base
    else { return }
    let (shown, decoded, length) = unsafe (packet.pointee.pts, packet.pointee.dts, packet.pointee.duration)
    let start = shown == stream_no_time ? decoded : shown
    guard start != stream_no_time else { return }
    let (ticks, isBeyond) = start.addingReportingOverflow(max(length, 0))
    let scale = TickScale(numerator: base.num, denominator: base.den)
    if !isBeyond, let reached = scale.elapsed(from: 0, to: ticks) { end = max(end, reached) }
  }
}
