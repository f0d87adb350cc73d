internal import CFFmpeg
package import Pixels
package import Posix
internal import Scene

/// How a live stream is opened and read.
package struct StreamOptions: Sendable, Equatable {
  /// How long opening may take.
  package var openingTime: Duration
  /// How long no picture may come; three times as long for what comes in segments, and up to that for a camera whose
  /// last two pictures were far apart.
  package var readingTime: Duration
  /// Whether pictures made of lost ones are given too.
  package var keepsCorrupt: Bool
  /// FFmpeg's own options, for container and protocol.
  package var own: [String: String]

  package init(
    openingTime: Duration = .seconds(10), readingTime: Duration = .seconds(10), keepsCorrupt: Bool = false,
    own: [String: String] = [:]
  ) {
    (self.openingTime, self.readingTime) = (openingTime, readingTime)
    (self.keepsCorrupt, self.own) = (keepsCorrupt, own)
  }
}

/// What is told of a live stream before its first picture.
package struct StreamFacts: Sendable {
  package let footage: FootageFacts
  /// Whether it has an end that is known, and so is footage rather than a stream.
  package let isFinite: Bool
  /// Whether pictures come in bursts, a segment at a time, and are to be shown at their pace.
  let isPaced: Bool
  /// Whether it may be a single picture: such come without a container.
  package let isPicture: Bool
  let hasTimestamps: Bool
  let scale: TickScale
  let orientation: Orientation?

  init(_ demuxer: borrowing Demuxer) {
    footage = FootageFacts(demuxer)
    let name = demuxer.formatName
    (isFinite, hasTimestamps, isPaced) = (demuxer.isFinite, demuxer.hasTimestamps, name == "hls" || name == "dash")
    isPicture = name.hasSuffix("pipe") || name == "image2"
    scale = demuxer.scale
    orientation = demuxer.orientation
  }
}

/// What a live stream's pictures came to, but for those that were given.
package struct StreamAccount: Sendable, Equatable {
  /// Pictures that are made of lost ones, or damaged in part.
  package var corrupt = 0
  /// Packets of which the decoder made nothing.
  package var undecodable = 0
  /// How often timestamps went where time does not go.
  package var jumps = 0
}

/// A live stream, opened: gives its newest pictures, each with the time when it was taken.
///
/// Pictures are numbered from 0; those that were passed over, because newer ones were there, and those that were no
/// good have numbers too. After a damaged picture all are corrupt until the next key frame.
@safe
package struct StreamReader: ~Copyable {
  package let facts: StreamFacts
  /// Footage that was looked at only; nil for a stream, which is read.
  let footage: FootageInput?
  package private(set) var account = StreamAccount()
  private let pump: PacketPump
  private let decoder: Decoder
  private let options: StreamOptions
  private let interrupt: Interrupt
  private let shelf: PictureShelf
  private var maker: FrameMaker
  private var taint: Taint
  private var spare: (picture: UnsafeMutablePointer<AVFrame>, place: Int)?
  /// Why no packet comes any more, while the decoder gives what it still holds.
  private var ending: MediaError?
  /// When the packet came that the decoder was given last.
  private var arrival = Duration.zero
  /// When the last picture came, and how long after the one before it.
  private var pace: (last: Duration, step: Duration)?
  private var next = FrameStamp(number: 0, time: FrameTime(sinceFirst: .zero))
  private var first: Duration?
  private var latest = Duration.zero

  /// Opens `path`; nil where interrupted.
  ///
  /// - Parameter isFootage: tells by the facts what is only looked at: a `FootageReader` is for it.
  /// - Throws: `MediaError`, whose reason completes `PATH: …`.
  package init?(
    path: String, options: StreamOptions, interrupt: Interrupt, threads: Int,
    isFootage: @escaping @Sendable (StreamFacts) -> Bool = { _ in false }
  ) throws(MediaError) {
    let shelf = PictureShelf()
    let pump = try PacketPump(
      path: path, options: options.own.map { ($0.key, $0.value) }, threads: threads,
      longestSettling: options.readingTime / 2, isFootage: isFootage)
    guard let opened = try pump.opened(until: monotonicNow() + options.openingTime, interrupt) else { return nil }
    let facts = opened.facts
    footage = opened.footage
    decoder = opened.decoder
    taint = Taint(isIntraOnly: decoder.isIntraOnly)
    maker = FrameMaker(shelf, orientation: facts.orientation)
    (self.facts, self.pump, self.options, self.interrupt, self.shelf) = (facts, pump, options, interrupt, shelf)
  }

  /// How many pictures without a time are passed over at the beginning.
  private static var mostUndated: Int { 3 }

  /// How old a picture may be before the connection is given up: what holds it back is not on our side.
  private var greatestAge: Duration { facts.isPaced ? .seconds(90) : .seconds(15) }

  /// How long no picture may come: a slow camera's pictures do not come to the second.
  private var longestSilence: Duration {
    let usual = options.readingTime
    return facts.isPaced ? usual * 3 : max(usual, min(pace?.step ?? .zero, usual) * 3)
  }

  /// Whether it is footage, which is not read here.
  package var isFootage: Bool { footage != nil }

  /// Returns the next picture, waiting for it; nil where interrupted.
  ///
  /// - Throws: `MediaError` where the stream ends or fails, gives no picture in time, or falls behind for good.
  package mutating func nextFrame() throws(MediaError) -> Frame? {
    var patience = Patience(longestSilence)
    while !interrupt.isRequested {
      if unsafe spare == nil { unsafe spare = unsafe try shelf.take() }
      guard let (picture, place) = unsafe spare else { return nil }
      switch unsafe try decoder.receive(into: picture) {
      case .picture:
        pace = (arrival, pace.map { arrival - $0.last } ?? .zero)
        patience.renew()
        if let frame = unsafe try frame(of: picture, at: place) { return frame }
      case .hungry:
        // Packets that hold no picture are no life.
        if patience.isOver() { throw .stall }
        guard try feed(until: patience.deadline) else { return nil }
      case .damaged: spoil()
      case .end where facts.isPicture && next.number == 1: throw .singlePicture
      case .end: throw ending ?? MediaError(reason: "the stream ended")
      }
    }
    return nil
  }

  /// Gives the decoder the next packet, or word of the end; false where interrupted.
  private mutating func feed(until deadline: Duration) throws(MediaError) -> Bool {
    let taken: PacketQueue.Taken
    do throws(MediaError) {
      guard let next = try pump.next(until: deadline, interrupt) else { return false }
      taken = next
    } catch {
      if ending != nil { throw error }
      ending = error
      _ = unsafe try decoder.send(nil)
      return true
    }
    defer { taken.arrival.free() }
    if taken.skippedCount > 0 {
      next.number += taken.skippedCount
      decoder.flush()
    }
    arrival = taken.arrival.time
    let isCorrupt = unsafe taken.arrival.packet.pointee.flags & AV_PKT_FLAG_CORRUPT != 0
    taint.packet(isKey: taken.arrival.isKey, isCorrupt: isCorrupt, at: arrival)
    if case .damaged = unsafe try decoder.send(taken.arrival.packet) { spoil() }
    return true
  }

  /// Counts a packet of which the decoder made nothing.
  private mutating func spoil() {
    account.undecodable += 1
    taint.damage(at: arrival)
    countLost()
  }

  /// Counts a picture that came and is not given.
  private mutating func countLost() {
    next.number += 1
    next.lostSoFar += 1
    next.damagedSoFar += 1
  }

  /// Makes a frame of the decoded `picture`, which lies at `place` of the shelf; nil where it is none to be given.
  private mutating func frame(of picture: UnsafeMutablePointer<AVFrame>, at place: Int) throws(MediaError) -> Frame? {
    if unsafe picture.isDamaged || decoder.missesReferences() { taint.damage(at: arrival) }
    if taint.isCorrupt {
      account.corrupt += 1
      if !options.keepsCorrupt {
        countLost()
        unsafe av_frame_unref(picture)
        return nil
      }
    }
    let shape: PictureShape
    do throws(MediaError) { shape = unsafe try PictureShape(of: picture) } catch {
      spoil()
      unsafe av_frame_unref(picture)
      return nil
    }
    let form = try shape.frameFormat()
    let ticks = unsafe picture.pointee.best_effort_timestamp
    if ticks == stream_no_time, facts.hasTimestamps, first == nil, next.number < Self.mostUndated {
      // RTSP's first picture has no time before the second one came, and it may be old: newer ones are at hand.
      next.number += 1
      unsafe av_frame_unref(picture)
      return nil
    }
    guard let time = try time(of: ticks == stream_no_time ? nil : ticks) else { return nil }
    var stamp = next
    stamp.time = time
    unsafe spare = nil
    do throws(MediaError) {
      let frame = unsafe try maker.frame(of: picture, at: place, shape, form, stamp)
      next.number += 1
      return frame
    } catch {
      spoil()
      return nil
    }
  }

  /// Returns when the picture with `timestamp` was taken, after its due time where it is paced; nil where interrupted.
  ///
  /// - Throws: `MediaError` where that is too long ago.
  private mutating func time(of timestamp: Int64?) throws(MediaError) -> FrameTime? {
    let clock = pump.clock
    account.jumps = clock.jumpCount
    if facts.isPaced {
      let due = min(clock.due(timestamp, arrival: arrival), monotonicNow() + StreamClock.longestPause)
      if interrupt.wait(-1, until: due) == .interrupted { return nil }
    }
    let now = monotonicNow()
    let taken = max(min(clock.captured(timestamp, arrival: arrival), now), latest)
    guard now - taken < greatestAge else {
      throw MediaError(reason: "its pictures are \((now - taken).components.seconds) s old when they come")
    }
    latest = taken
    let first = self.first ?? taken
    self.first = first
    return FrameTime(
      sinceFirst: taken - first, captured: CaptureTime(monotonic: taken, sinceEpoch: realtimeNow() - (now - taken)))
  }
}

/// How long one waits for a picture.
private struct Patience {
  private(set) var deadline: Duration
  private let length: Duration
  /// When the deadline was first found passed.
  private var lateSince: Duration?

  init(_ length: Duration) { (self.length, deadline) = (length, monotonicNow() + length) }

  /// Waits anew.
  mutating func renew() { (deadline, lateSince) = (monotonicNow() + length, nil) }

  /// Whether the deadline, and what is granted beyond it, have passed.
  mutating func isOver() -> Bool {
    let now = monotonicNow()
    guard now > deadline else { return false }
    guard let since = lateSince else {
      lateSince = now
      return false
    }
    return now - since > PacketPump.grace
  }
}
