internal import CFFmpeg
package import Pixels

/// Video that is being encoded and written to a file.
///
/// Every picture is drawn on between its copy and its encoding. Dropping the encoder without `finish` leaves a file
/// that may not play.
@safe
package struct VideoEncoder: ~Copyable {
  private let encoder: EncoderContext
  private let muxer: Muxer
  private let shelf = PictureShelf()
  private let packet: Packet
  private let shape: PictureShape
  private let coded: (width: Int32, height: Int32)
  private var memory = PictureMemory()
  private var scaler = Scaler()
  private var lastTick: Int64?
  private var isFinished = false

  /// libavcodec's name of the encoder in use: `libx264`.
  package var encoderName: String { encoder.name }

  /// What to tell the user where the encoder is not the container's best; nil where it is.
  package let warning: String?

  /// Creates the file `path` for pictures of `width` × `height`.
  ///
  /// An odd size grows by one column or row, which repeats the last one. The encoder works on `threads` threads.
  ///
  /// - Throws: `MediaError` iff libavcodec has no encoder for the container, or the file cannot be written.
  package init(
    path: String, container: VideoContainer, width: Int, height: Int, frameRate: Double?,
    sampleAspect: SampleAspect = .square, coding: ColorCoding, choice: VideoEncoderChoice = .best, threads: Int = 1
  ) throws(MediaError) {
    _ = MediaLog.silenced
    guard width > 0, height > 0, width <= 16384, height <= 16384 else {
      throw MediaError(reason: "video of \(width)x\(height) pixels cannot be written")
    }
    let settings = EncoderSettings(
      width: width, height: height, frameRate: frameRate, sampleAspect: sampleAspect, coding: coding, threads: threads)
    let names = choice == .best ? container.encoders : Array(container.encoders.suffix(1))
    let encoder = try VideoEncoder.first(of: names, for: container, settings)
    let packet = try Packet()
    let muxer = try Muxer(path: path, container, encoder)
    let isBest = encoder.name == container.encoders[0]
    warning = isBest ? nil : "video is encoded by \(encoder.name), not by \(container.encoders[0])"
    self.packet = packet
    self.muxer = muxer
    self.encoder = encoder
    coded = (settings.codedWidth, settings.codedHeight)
    shape = PictureShape(
      width: Int32(clamping: width), height: Int32(clamping: height), format: AV_PIX_FMT_YUV420P, coding: coding)
  }

  /// Encodes a copy of `frame` on which `draw` has drawn, to be shown at `time` since the video's beginning.
  ///
  /// A frame of another size is scaled to fit into the video, its proportions kept, on black; `draw` is lent only the
  /// part that the frame covers. Times must grow; one that does not is moved to the next tick.
  ///
  /// - Throws: `MediaError` iff the frame cannot be converted, encoded or written.
  package mutating func write(
    _ frame: borrowing Frame, at time: Duration, draw: (inout Canvas) -> Void
  ) throws(MediaError) {
    let (picture, place) = unsafe try shelf.take()
    defer { shelf.takeBack(place) }
    unsafe try memory.provide(picture, width: coded.width, height: coded.height, format: shape.format)
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
    unsafe picture.pointee.pts = tick(at: time)
    unsafe picture.pointee.color_range = shape.coding.range
    unsafe picture.pointee.colorspace = shape.coding.matrix.space
    unsafe try encode(picture)
  }

  /// Encodes what waits and writes the end of the file; a second call does nothing.
  ///
  /// - Throws: `MediaError` iff it cannot be written.
  package mutating func finish() throws(MediaError) {
    guard !isFinished else { return }
    isFinished = true
    unsafe try encode(nil)
    try muxer.finish()
  }

  /// Gives the encoder a picture, or nil for the end, and writes the packets that it has.
  private func encode(_ picture: UnsafeMutablePointer<AVFrame>?) throws(MediaError) {
    try check(unsafe avcodec_send_frame(encoder.context, picture), "encoding")
    while true {
      let result = unsafe avcodec_receive_packet(encoder.context, packet.packet)
      if result == stream_error_again || result == stream_error_end { return }
      try check(result, "encoding")
      unsafe try muxer.write(packet.packet, timeBase: encoder.context.pointee.time_base)
    }
  }

  /// Returns the tick of `time`, above that of the picture before.
  private mutating func tick(at time: Duration) -> Int64 {
    let (seconds, attoseconds) = min(max(time, .zero), .seconds(Int64(Int32.max))).components
    let perSecond = unsafe Int64(encoder.context.pointee.time_base.den)
    let perTick = 1_000_000_000_000_000_000 / perSecond
    let nearest = seconds * perSecond + (attoseconds + perTick / 2) / perTick
    let tick = max(nearest, lastTick.map { $0 + 1 } ?? nearest)
    lastTick = tick
    return tick
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

  /// Opens the first of the encoders `names` that there is.
  private static func first(
    of names: [String], for container: VideoContainer, _ settings: EncoderSettings
  ) throws(MediaError) -> EncoderContext {
    for name in names where unsafe avcodec_find_encoder_by_name(name) != nil {
      return try EncoderContext(name, for: container, settings)
    }
    throw MediaError(reason: "FFmpeg has no encoder for \(container.rawValue) (\(names.joined(separator: ", ")))")
  }
}
