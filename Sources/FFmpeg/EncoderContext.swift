internal import CFFmpeg
internal import Pixels

/// An opened video encoder of libavcodec.
@safe
struct EncoderContext: ~Copyable {
  let context: UnsafeMutablePointer<AVCodecContext>
  /// libavcodec's name of the encoder: `libx264`.
  let name: String

  /// Opens the encoder `name` for 4:2:0 pictures.
  ///
  /// - Throws: `MediaError` iff libavcodec has no such encoder or it refuses the settings.
  init(_ name: String, for container: VideoContainer, _ settings: EncoderSettings) throws(MediaError) {
    guard let codec = unsafe avcodec_find_encoder_by_name(name) else {
      throw MediaError("opening the encoder \(name)", code: stream_error_no_encoder)
    }
    var opening = unsafe avcodec_alloc_context3(codec)
    guard let context = unsafe opening else { throw MediaError("", code: stream_error_no_memory) }
    unsafe EncoderContext.set(settings, ticks: container.ticks(for: name), on: context)
    for (key, value) in EncoderContext.options(for: name)
      + (settings.isLive ? EncoderContext.liveOptions(for: name) : [])
    {
      // An option that this build of the encoder does not know is no loss.
      _ = unsafe av_opt_set(context, key, value, AV_OPT_SEARCH_CHILDREN)
    }
    let opened = unsafe avcodec_open2(context, codec, nil)
    guard opened >= 0 else {
      unsafe avcodec_free_context(&opening)
      throw MediaError("opening the encoder \(name)", code: opened)
    }
    (unsafe self.context, self.name) = (unsafe context, name)
  }

  deinit {
    var last: UnsafeMutablePointer<AVCodecContext>? = unsafe context
    unsafe avcodec_free_context(&last)
  }

  private static func set(
    _ settings: EncoderSettings, ticks: Int32, on context: UnsafeMutablePointer<AVCodecContext>
  ) {
    unsafe (context.pointee.width, context.pointee.height) = (settings.codedWidth, settings.codedHeight)
    unsafe context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
    unsafe context.pointee.time_base = AVRational(num: 1, den: ticks)
    // Rates that the time base cannot tell apart mean nothing to an encoder's rate control.
    let rate = settings.frameRate.map { min(max($0, 0.01), 1000) } ?? 25
    unsafe context.pointee.framerate = av_d2q(rate, 60_000)
    unsafe context.pointee.sample_aspect_ratio = AVRational(
      num: Int32(clamping: settings.sampleAspect.width), den: Int32(clamping: settings.sampleAspect.height))
    unsafe context.pointee.color_range = settings.coding.range
    unsafe context.pointee.colorspace = settings.coding.matrix.space
    unsafe context.pointee.color_trc = settings.coding.ffmpegTransfer
    unsafe context.pointee.color_primaries = settings.coding.ffmpegPrimaries
    unsafe context.pointee.thread_count = Int32(clamping: max(settings.threads, 1))
    // A key picture every few seconds, to seek by.
    unsafe context.pointee.gop_size = Int32(min(max((rate * 5).rounded(), 1), 300))
    // All our muxers keep the codec's headers at one place.
    unsafe context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
  }

  /// What makes an encoder give each picture at once: no look at later ones, none that is told from later ones.
  private static func liveOptions(for name: String) -> [(String, String)] {
    switch name {
    case "libx264": [("bf", "0"), ("x264-params", "bframes=0:rc-lookahead=0:sync-lookahead=0:mbtree=0")]
    case "libvpx-vp9", "libvpx": [("lag-in-frames", "0")]
    default: [("bf", "0")]
    }
  }

  /// The private options of an encoder: good quality at a speed that leaves the processor to the detector.
  private static func options(for name: String) -> [(String, String)] {
    switch name {
    case "libx264": [("preset", "veryfast"), ("crf", "21")]
    case "libvpx-vp9":
      [("deadline", "realtime"), ("cpu-used", "7"), ("crf", "32"), ("b", "0"), ("row-mt", "1")]
    case "libvpx": [("deadline", "realtime"), ("cpu-used", "6"), ("crf", "12"), ("b", "4M")]
    // MPEG-4 part 2: by a constant quantiser, 1 (best) to 31.
    default: [("flags", "+qscale"), ("global_quality", "472")]
    }
  }
}
