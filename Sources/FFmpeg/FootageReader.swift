internal import CFFmpeg
package import Pixels
package import Posix
internal import Scene

/// Footage, opened: container and decoder of its best video stream, giving one frame after the other.
///
/// Frames are upright: what the container or the picture itself says of its orientation is applied. Those that need no
/// change carry the decoder's own planes; `FrameMaker` says what becomes of the others.
@safe
package struct FootageReader: ~Copyable {
  private let input: FootageInput
  private let decoder: Decoder
  private let packet: Packet
  private let interrupt: Interrupt
  private let shelf: PictureShelf
  private var maker: FrameMaker
  private var timeline: Timeline
  private var lastTime = Duration.zero
  /// For how long the last packet's picture is shown, in the container's ticks.
  private var lastTicks: Int64 = 0
  /// A picture of the shelf that waits for the decoder to fill it.
  private var spare: (picture: UnsafeMutablePointer<AVFrame>, place: Int)?
  private var isDrained = false
  private var isOver = false
  private var failuresAtEnd = 0
  private var lastDamage: MediaError?

  /// The number of frames given so far.
  package private(set) var frameCount = 0
  /// The number of packets and pictures that were damaged and left out.
  package private(set) var damagedCount = 0
  /// The number of frames given that the decoder knows to be damaged in part.
  package private(set) var concealedCount = 0
  /// Why reading stopped before the footage's end; nil while it has not.
  package private(set) var earlyEnd: MediaError?

  /// What is known beforehand.
  package let facts: FootageFacts

  /// Opens `path`: a file, a FIFO, a character device, a URL, or standard input for `-`.
  ///
  /// - Parameter threads: how many threads the decoder works on; at least 1.
  /// - Throws: `MediaError`, whose reason completes `PATH: …`; `isInterrupt` where `interrupt` ended the wait.
  package init(path: String, interrupt: Interrupt, threads: Int) throws(MediaError) {
    try self.init(FootageInput.opened(path, interrupt), interrupt: interrupt, threads: threads)
  }

  /// Reads what a look at a stream found to be footage.
  ///
  /// - Precondition: `stream.isFootage`.
  /// - Throws: `MediaError` iff there is no decoder for it, or no memory.
  package init(_ stream: consuming StreamReader, interrupt: Interrupt, threads: Int) throws(MediaError) {
    guard let footage = stream.footage else { preconditionFailure("no footage") }
    try self.init(footage, interrupt: interrupt, threads: threads)
  }

  private init(_ input: FootageInput, interrupt: Interrupt, threads: Int) throws(MediaError) {
    let decoder = try Decoder(input.demuxer, threads: threads)
    let packet = try Packet()
    let rate = input.demuxer.frameRate
    let base = unsafe input.demuxer.stream.pointee.time_base
    timeline = Timeline(numerator: base.num, denominator: base.den, frameRate: rate)
    facts = FootageFacts(input.demuxer)
    let shelf = PictureShelf()
    maker = FrameMaker(shelf, orientation: input.demuxer.orientation)
    self.shelf = shelf
    self.interrupt = interrupt
    self.packet = packet
    self.decoder = decoder
    self.input = input
  }

  /// Returns the next frame; nil at the end of the footage or when interrupted.
  ///
  /// Damaged data are left out and counted. Where the footage breaks off, `earlyEnd` says why.
  ///
  /// - Throws: `MediaError` iff the footage holds no picture that can be decoded, or none that can be converted.
  package mutating func next() throws(MediaError) -> Frame? {
    while !isOver, !interrupt.isRequested {
      if unsafe spare == nil { unsafe spare = unsafe try shelf.take() }
      guard let (picture, place) = unsafe spare else { return nil }
      switch unsafe try decoder.receive(into: picture) {
      case .picture:
        if let frame = unsafe try frame(of: picture, at: place) { return frame }
      case .hungry: try feed()
      case .damaged(let error): count(error)
      case .end:
        isOver = true
        if frameCount == 0 {
          throw earlyEnd ?? lastDamage ?? MediaError(reason: "holds no picture that can be decoded")
        }
        earlyEnd =
          earlyEnd ?? facts.shortfall(at: lastTime, lastTicks: lastTicks, reach: input.demuxer.end)
          ?? input.demuxer.endFlaw
      }
    }
    return nil
  }

  /// Gives the decoder the next packet, or the end.
  private mutating func feed() throws(MediaError) {
    guard !isDrained else {
      // A decoder that asks for more after the end would ask for ever.
      isOver = true
      return
    }
    var isPacket = false
    do throws(MediaError) { isPacket = unsafe try input.read(into: packet.packet, interrupt) } catch {
      if error.isInterrupt {
        isOver = true
        return
      }
      earlyEnd = frameCount == 0 ? input.demuxer.reasonAtStart(error) : error
    }
    isDrained = !isPacket
    if isPacket { lastTicks = unsafe packet.packet.pointee.duration }
    let answer = unsafe try decoder.send(isPacket ? packet.packet : nil)
    if case .damaged(let error) = answer {
      count(unsafe decoder.isAnimatedWebP(packet.packet) ? .animatedWebP : error)
    }
    unsafe av_packet_unref(packet.packet)
  }

  /// Counts what is left out; a decoder that only fails after the end is not asked for ever.
  private mutating func count(_ error: MediaError) {
    damagedCount += 1
    lastDamage = error
    guard isDrained else { return }
    failuresAtEnd += 1
    if failuresAtEnd > 1000 { isOver = true }
  }

  /// Makes a frame of the decoded `picture`, which lies at `place` of the shelf; nil where it is none.
  ///
  /// - Throws: `MediaError` iff its format is none that can be read.
  private mutating func frame(of picture: UnsafeMutablePointer<AVFrame>, at place: Int) throws(MediaError) -> Frame? {
    let shape: PictureShape
    do throws(MediaError) { shape = unsafe try PictureShape(of: picture) } catch {
      count(error)
      unsafe av_frame_unref(picture)
      return nil
    }
    let form = try shape.frameFormat()
    let ticks = unsafe picture.pointee.best_effort_timestamp
    let time = timeline.time(at: ticks == stream_no_time ? nil : ticks)
    let isDamaged = unsafe picture.isDamaged
    let stamp = FrameStamp(number: frameCount, time: FrameTime(sinceFirst: time))
    unsafe spare = nil
    do throws(MediaError) {
      let frame = unsafe try maker.frame(of: picture, at: place, shape, form, stamp)
      (frameCount, lastTime) = (frameCount + 1, time)
      if isDamaged { concealedCount += 1 }
      return frame
    } catch {
      // A size that a damaged header made up; the next picture may be sound.
      count(error)
      return nil
    }
  }
}

/// What a container tells of its video before the first picture.
package struct FootageFacts: Sendable {
  /// Pictures a second on average; nil where nothing tells.
  package let frameRate: Double?
  /// The number of pictures, or an estimate by the length; nil where nothing tells.
  package let frameCount: Int?
  /// How much wider than high a sample is.
  package let sampleAspect: SampleAspect
  private let stated: StatedLength?
  private let scale: TickScale

  init(_ demuxer: borrowing Demuxer) {
    (frameRate, frameCount) = (demuxer.frameRate, demuxer.frameCount)
    stated = demuxer.statedLength
    scale = demuxer.scale
    let aspect = (demuxer.orientation ?? .upright).shownSize(
      width: demuxer.sampleAspect.num, height: demuxer.sampleAspect.den)
    sampleAspect = SampleAspect(width: Int(aspect.width), height: Int(aspect.height)) ?? .square
  }

  /// Returns what to say where footage whose last frame is of `time`, and shown for `lastTicks`, falls short of its stated
  /// length by two seconds and by a twentieth; nil where it does not, or where another stream got there:
  /// packets were read up to `reach`, by their clock.
  func shortfall(at time: Duration, lastTicks: Int64, reach: Duration) -> MediaError? {
    guard let stated else { return nil }
    let own = time + (scale.elapsed(from: 0, to: max(lastTicks, 0)) ?? .zero)
    let end = stated.start.map { max(own, reach - $0) } ?? own
    guard stated.duration - end > max(.seconds(2), stated.duration / 20) else { return nil }
    func tenths(_ time: Duration) -> String {
      let count = Int64(time / .milliseconds(100))
      return "\(count / 10).\(count % 10)"
    }
    return MediaError(
      reason: "its last picture is of \(tenths(time)) s, where it says it has \(tenths(stated.duration)) s")
  }
}
