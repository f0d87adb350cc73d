internal import CFFmpeg

/// The packets of a live stream that have come and were not yet taken; old ones give way where too many wait.
@safe
struct PacketQueue: ~Copyable {
  /// A packet, and when it came on the monotonic clock; who holds it frees it.
  @safe
  struct Arrival {
    let packet: UnsafeMutablePointer<AVPacket>
    let time: Duration
    let timestamp: Int64?
    /// Whether decoding may begin with it.
    let isKey: Bool

    /// Takes what `filled` holds, which is empty then.
    ///
    /// - Throws: `MediaError` iff there is no memory.
    init(taking filled: UnsafeMutablePointer<AVPacket>, at time: Duration) throws(MediaError) {
      unsafe packet = unsafe try allocated(av_packet_alloc())
      unsafe av_packet_move_ref(packet, filled)
      let stamp = unsafe packet.pointee.pts == stream_no_time ? packet.pointee.dts : packet.pointee.pts
      (self.time, timestamp) = (time, stamp == stream_no_time ? nil : stamp)
      unsafe isKey = packet.pointee.flags & AV_PKT_FLAG_KEY != 0
    }

    func free() {
      var last: UnsafeMutablePointer<AVPacket>? = unsafe packet
      unsafe av_packet_free(&last)
    }
  }

  /// A packet, and how many before it were passed over.
  struct Taken {
    let arrival: Arrival
    let skippedCount: Int
  }

  private(set) var clock = StreamClock(scale: TickScale(numerator: 1, denominator: 1), hasTimestamps: false)
  private var waiting: [Arrival] = []
  private var isIntraOnly = false
  private var isPaced = false
  /// Packets passed over since the last one was taken.
  private var skippedCount = 0
  /// Whether nothing is of use until the next key frame.
  private var isSkipping = false

  /// When the first packet came; nil once all that had been held back has come.
  private var settlingSince: Duration?
  private var hasBegun = false

  /// How long nothing comes once all that servers and FFmpeg had held back has come, and the longest wait for that.
  static let settling = (pause: Duration.milliseconds(20), longest: Duration.seconds(1))
  /// How far the oldest packet may be behind before those up to the newest key frame are passed over.
  static let longestBacklog = Duration.milliseconds(500)
  /// The same where there is no key frame yet to go on from.
  static let longestBacklogWithoutKey = Duration.seconds(2)
  /// The most packets that wait; far more than any stream has within those times, or within a segment.
  static let mostWaiting = 8192

  init() {}

  deinit { for arrival in waiting { arrival.free() } }

  /// Begins with a stream that was opened.
  mutating func begin(_ facts: StreamFacts, isIntraOnly: Bool) {
    (self.isIntraOnly, isPaced) = (isIntraOnly, facts.isPaced)
    clock = StreamClock(scale: facts.scale, hasTimestamps: facts.hasTimestamps)
  }

  mutating func add(_ arrival: Arrival) {
    clock.note(arrival.timestamp, arrival: arrival.time)
    if !hasBegun { (hasBegun, settlingSince) = (true, arrival.time) }
    if isSkipping, !arrival.isKey {
      skippedCount += 1
      return arrival.free()
    }
    isSkipping = false
    waiting.append(arrival)
    if waiting.count > Self.mostWaiting { skip(waiting.count) }
  }

  /// Whether packets of before the connection are still coming, in a burst: what is dated by them would seem too young.
  var isSettling: Bool { settlingSince != nil }

  /// Removes and returns the oldest packet that is worth decoding at `now`; nil where none is there, or the first ones
  /// are still settling.
  mutating func take(now: Duration) -> Taken? {
    if let since = settlingSince, let newest = waiting.last {
      guard now - newest.time >= Self.settling.pause || now - since >= Self.settling.longest else { return nil }
      settlingSince = nil
    }
    let backlog = backlog(now)
    if backlog > Self.longestBacklog {
      if let key = newestKey(now), key > 0 {
        skip(key)
      } else if backlog > Self.longestBacklogWithoutKey, newestKey(now) == nil, !isPaced {
        skip(waiting.count)
      }
    }
    guard !waiting.isEmpty else { return nil }
    defer { skippedCount = 0 }
    return Taken(arrival: waiting.removeFirst(), skippedCount: skippedCount)
  }

  /// How far the oldest packet is behind: it waits, or newer ones are there.
  private func backlog(_ now: Duration) -> Duration {
    guard let oldest = waiting.first, let newest = waiting.last else { return .zero }
    if isPaced { return now - clock.due(oldest.timestamp, arrival: oldest.time) }
    let span =
      clock.captured(newest.timestamp, arrival: newest.time) - clock.captured(oldest.timestamp, arrival: oldest.time)
    return max(now - oldest.time, span)
  }

  /// The place of the newest key frame; of a paced stream, of the newest that is due.
  private func newestKey(_ now: Duration) -> Int? {
    waiting.lastIndex { arrival in
      arrival.isKey && (!isPaced || clock.due(arrival.timestamp, arrival: arrival.time) <= now)
    }
  }

  /// Passes over the oldest `count` packets; what follows is of use from a key frame on.
  private mutating func skip(_ count: Int) {
    for arrival in waiting.prefix(count) { arrival.free() }
    waiting.removeFirst(count)
    skippedCount += count
    isSkipping = waiting.isEmpty && !isIntraOnly
  }
}
