internal import CFFmpeg
package import Pixels
package import Posix

/// Video that is being encoded and written to a file.
///
/// Every picture is drawn on between its copy and its encoding. Dropping the encoder without `finish` leaves a file
/// that may not play.
@safe
package struct VideoEncoder: ~Copyable {
  private let encoder: EncoderContext
  private var muxer: Muxer
  private let shelf = PictureShelf()
  private let packet: Packet
  private let shape: PictureShape
  private let coded: (width: Int32, height: Int32)
  private var memory = PictureMemory()
  private var scaler = Scaler()
  private let isLive: Bool
  private var clock: VideoClock
  /// Live: when the last key picture was asked for.
  private var lastKeyTick: Int64?
  private var isFinished = false

  /// libavcodec's name of the encoder in use: `libx264`.
  package var encoderName: String { encoder.name }

  /// What to tell the user where the encoder is not the container's best; nil where it is.
  package let warning: String?

  private var writtenCount = 0
  /// How many packets the muxer keeps until its fragment or cluster is complete.
  private var keptCount = 0
  /// How many pictures' bytes the file has.
  package private(set) var savedCount = 0
  /// How many pictures were written whose bytes the file does not have yet.
  package var pendingCount: Int { writtenCount - savedCount }

  /// Creates the file `path` for pictures as `settings` say; one that `isNew` must not be there yet.
  ///
  /// Once `interrupt` is requested, a pipe's reader that takes nothing is waited for 2 s at most. Live, the file's head
  /// is written with the first picture, whose time of capture it tells.
  ///
  /// - Throws: `MediaError` iff libavcodec has no encoder for the container, or the file cannot be written.
  package init(
    path: String, container: VideoContainer, _ settings: EncoderSettings, isNew: Bool = false,
    interrupt: Interrupt? = nil
  ) throws(MediaError) {
    let encoder = try VideoEncoder.encoder(for: container, settings)
    let packet = try Packet()
    var muxer = try Muxer(path: path, isNew: isNew, container, encoder, isLive: settings.isLive, interrupt: interrupt)
    if !settings.isLive { try muxer.begin(at: nil) }
    warning = VideoEncoder.warning(of: encoder, for: container)
    isLive = settings.isLive
    let perSecond = unsafe Int64(encoder.context.pointee.time_base.den)
    clock = VideoClock(ticksPerSecond: perSecond, longestStep: container.longestStep, isReordered: !settings.isLive)
    self.packet = packet
    self.muxer = muxer
    self.encoder = encoder
    coded = (settings.codedWidth, settings.codedHeight)
    shape = PictureShape(
      width: Int32(clamping: settings.width), height: Int32(clamping: settings.height), format: AV_PIX_FMT_YUV420P,
      coding: settings.coding)
  }

  /// Returns what there is to tell the user of the encoder that `init` would take, without a file.
  ///
  /// - Throws: `MediaError` iff there is none.
  package static func warning(
    for container: VideoContainer, _ settings: EncoderSettings
  ) throws(MediaError) -> String? {
    warning(of: try encoder(for: container, settings), for: container)
  }

  /// Encodes a copy of `frame` on which `draw` has drawn, to be shown at `time` since the video's beginning.
  ///
  /// A frame of another size is scaled to fit into the video, its proportions kept, on black; `draw` is lent only the
  /// part that the frame covers. Times must grow; one that does not is moved to the next tick. In MP4 a gap has 4 hours
  /// at most (`VideoClock`).
  ///
  /// - Parameter captured: when it was taken, since 1970-01-01T00:00:00Z; the file tells that of its first picture.
  /// - Throws: `MediaError` iff the frame cannot be converted, encoded or written.
  package mutating func write(
    _ frame: borrowing Frame, at time: Duration, captured: Duration? = nil, draw: (inout Canvas) -> Void
  ) throws(MediaError) {
    try muxer.begin(at: captured)
    let (picture, place) = unsafe try shelf.take(
      width: coded.width, height: coded.height, format: shape.format, in: &memory)
    defer { shelf.takeBack(place) }
    let source = PictureShape(of: frame)
    let part = FittedPart(of: shape, for: source)
    if source == shape {
      unsafe VideoEncoder.copy(PlaneTable(of: frame), shape, into: picture)
    } else {
      var partShape = shape
      (partShape.width, partShape.height) = (part.width, part.height)
      unsafe try scaler.scale(PlaneTable(of: frame), source, into: part.planes(of: picture), partShape)
      unsafe part.blackenAround(picture, shape)
    }
    unsafe lend(part, of: picture, to: draw)
    unsafe pad(picture)
    let tick = clock.tick(at: time)
    unsafe picture.pointee.pts = tick
    if isLive, isKeyDue(at: tick) { unsafe picture.pointee.pict_type = AV_PICTURE_TYPE_I }
    unsafe picture.pointee.color_range = shape.coding.range
    unsafe picture.pointee.colorspace = shape.coding.matrix.space
    unsafe picture.pointee.color_trc = shape.coding.ffmpegTransfer
    unsafe picture.pointee.color_primaries = shape.coding.ffmpegPrimaries
    unsafe try encode(picture)
    writtenCount += 1
  }

  /// Encodes what waits and writes the end of the file; a second call does nothing.
  ///
  /// - Throws: `MediaError` iff it cannot be written.
  package mutating func finish() throws(MediaError) {
    guard !isFinished else { return }
    isFinished = true
    var failure: MediaError?
    do throws(MediaError) { unsafe try encode(nil) } catch { failure = error }
    // Also behind an encoder that failed: what it gave before plays.
    try muxer.finish()
    (savedCount, keptCount) = (savedCount + keptCount, 0)
    if let failure { throw failure }
  }

  /// Gives the encoder a picture, or nil for the end, and writes the packets that it has.
  private mutating func encode(_ picture: UnsafeMutablePointer<AVFrame>?) throws(MediaError) {
    try check(unsafe avcodec_send_frame(encoder.context, picture), "encoding")
    while true {
      let result = unsafe avcodec_receive_packet(encoder.context, packet.packet)
      if result == stream_error_again || result == stream_error_end { return }
      try check(result, "encoding")
      let before = muxer.byteCount
      unsafe try muxer.write(packet.packet, timeBase: encoder.context.pointee.time_base)
      // A fragment or cluster is closed by the picture that begins the next one.
      if muxer.byteCount > before { (savedCount, keptCount) = (savedCount + keptCount, 0) }
      keptCount += 1
    }
  }

  /// Returns whether the picture at `tick` is to be a key picture, to cut and to begin by: one in 2 s.
  private mutating func isKeyDue(at tick: Int64) -> Bool {
    let distance = unsafe 2 * Int64(encoder.context.pointee.time_base.den)
    if let lastKeyTick, tick - lastKeyTick < distance { return false }
    lastKeyTick = tick
    return true
  }

  private func lend(
    _ part: FittedPart, of picture: UnsafeMutablePointer<AVFrame>, to draw: (inout Canvas) -> Void
  ) {
    let planes = unsafe part.planes(of: picture)
    guard let y = unsafe planes.starts.0, let u = unsafe planes.starts.1, let v = unsafe planes.starts.2 else { return }
    var canvas = unsafe Canvas(
      width: Int(part.width), height: Int(part.height),
      planes: (UnsafeMutablePointer(mutating: y), UnsafeMutablePointer(mutating: u), UnsafeMutablePointer(mutating: v)),
      strides: (Int(planes.strides.0), Int(planes.strides.1), Int(planes.strides.2)))
    draw(&canvas)
  }

  /// Repeats the last column and row of luma where the coded size is larger; chroma has the same size for both.
  private func pad(_ picture: UnsafeMutablePointer<AVFrame>) {
    guard let luma = unsafe picture.pointee.data.0 else { return }
    let (width, height) = (Int(shape.width), Int(shape.height))
    let stride = unsafe Int(picture.pointee.linesize.0)
    if coded.width > shape.width {
      for y in 0..<height { unsafe luma[y * stride + width] = unsafe luma[y * stride + width - 1] }
    }
    if coded.height > shape.height {
      unsafe (luma + height * stride).update(from: luma + (height - 1) * stride, count: Int(coded.width))
    }
  }

  /// Copies the planes of a 4:2:0 picture.
  private static func copy(_ source: PlaneTable, _ shape: PictureShape, into picture: UnsafeMutablePointer<AVFrame>) {
    let halves = ((shape.width + 1) / 2, (shape.height + 1) / 2)
    func plane(
      _ target: UnsafeMutablePointer<UInt8>?, _ targetStride: Int32, _ start: UnsafePointer<UInt8>?, _ stride: Int32,
      _ size: (width: Int32, height: Int32)
    ) {
      unsafe av_image_copy_plane(target, targetStride, start, stride, size.width, size.height)
    }
    let (data, strides) = unsafe (picture.pointee.data, picture.pointee.linesize)
    unsafe plane(data.0, strides.0, source.starts.0, source.strides.0, (shape.width, shape.height))
    unsafe plane(data.1, strides.1, source.starts.1, source.strides.1, halves)
    unsafe plane(data.2, strides.2, source.starts.2, source.strides.2, halves)
  }

  /// Opens the encoder for `settings`: the first of the container's that there is.
  private static func encoder(
    for container: VideoContainer, _ settings: EncoderSettings
  ) throws(MediaError) -> EncoderContext {
    try MediaLibraries.openContainers()
    let (width, height) = (settings.width, settings.height)
    guard 1...PictureError.longestSide ~= width, 1...PictureError.longestSide ~= height else {
      throw MediaError(reason: "video of \(width)x\(height) pixels cannot be written")
    }
    let names = settings.choice == .best ? container.encoders : Array(container.encoders.suffix(1))
    for name in names where unsafe avcodec_find_encoder_by_name(name) != nil {
      return try EncoderContext(name, for: container, settings)
    }
    throw MediaError(reason: "FFmpeg has no encoder for \(container.rawValue) (\(names.joined(separator: ", ")))")
  }

  private static func warning(of encoder: borrowing EncoderContext, for container: VideoContainer) -> String? {
    let best = container.encoders[0]
    return encoder.name == best ? nil : "video is encoded by \(encoder.name), not by \(best)"
  }
}
