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

    /// The bytes of the packet.
    var size: Int { Int(unsafe packet.pointee.size) }

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

  /// How the opening burst goes on; nil once all that servers and FFmpeg had held back has come.
  private var settling: Settling?
  private var hasBegun = false
  /// The longest wait for the end of the opening burst.
  private var longestSettling = Duration.seconds(1)
  /// Whether no packet comes any more.
  private var hasEnded = false
  /// The bytes of what waits.
  private var size = 0

  /// The opening burst: pictures that come faster than they were taken.
  private struct Settling {
    /// When the first packet came.
    let start: Duration
    /// When one came last that was nearer to the present than those before it.
    var progress: Duration
    /// The least delay of then.
    var delay: Duration
    /// When the last packet came.
    var latest: Duration
  }

  /// For how long pictures come no faster than they were taken once all that had been held back has come.
  static let settledAfter = Duration.milliseconds(200)
  /// By how much the least delay falls where pictures come faster than they were taken; less is the network's trembling.
  static let fall = Duration.milliseconds(10)
  /// How soon one after the other packets without timestamps come in a burst.
  static let burstPause = Duration.milliseconds(5)
  /// How far the oldest packet may be behind before those up to the newest key frame are passed over.
  static let longestBacklog = Duration.milliseconds(500)
  /// The same where there is no key frame yet to go on from.
  static let longestBacklogWithoutKey = Duration.seconds(2)
  /// The same where the stream has ended, and nothing newer will come.
  static let longestBacklogAtEnd = Duration.seconds(10)
  /// The most packets that wait, and their bytes; far more than any stream has within those times, or within a segment.
  static let most = (packets: 8192, bytes: 256 << 20)

  init() {}

  deinit { for arrival in waiting { arrival.free() } }

  /// Begins with a stream that was opened.
  ///
  /// - Parameter longestSettling: how long its opening burst may take before its newest picture so far is the present;
  ///   of what comes in segments a second at most.
  mutating func begin(_ facts: StreamFacts, isIntraOnly: Bool, longestSettling: Duration) {
    (self.isIntraOnly, isPaced) = (isIntraOnly, facts.isPaced)
    self.longestSettling = isPaced ? min(longestSettling, .seconds(1)) : longestSettling
    clock = StreamClock(scale: facts.scale, hasTimestamps: facts.hasTimestamps)
  }

  mutating func add(_ arrival: Arrival) {
    clock.note(arrival.timestamp, arrival: arrival.time)
    settle(arrival)
    if isSkipping, !arrival.isKey {
      skippedCount += 1
      return arrival.free()
    }
    isSkipping = false
    waiting.append(arrival)
    size += arrival.size
    if waiting.count > Self.most.packets || size > Self.most.bytes { skip(waiting.count) }
  }

  /// Notes that no packet comes any more: what waits is all there is.
  mutating func end() { (settling, hasEnded) = (nil, true) }

  /// Whether packets of before the connection are still coming, in a burst: what is dated by them would seem too young.
  var isSettling: Bool { settling != nil }

  /// Notes whether a packet came as part of the opening burst.
  private mutating func settle(_ arrival: Arrival) {
    let delay = clock.leastDelay
    guard var now = settling else {
      if !hasBegun {
        settling = Settling(start: arrival.time, progress: arrival.time, delay: delay, latest: arrival.time)
      }
      hasBegun = true
      return
    }
    let isFast = clock.isDating ? now.delay - delay > Self.fall : arrival.time - now.latest < Self.burstPause
    if isFast || delay > now.delay + StreamClock.greatestJump { (now.progress, now.delay) = (arrival.time, delay) }
    now.latest = arrival.time
    settling = now
  }

  /// Removes and returns the oldest packet that is worth decoding at `now`; nil where none is there, or the first ones
  /// are still settling.
  mutating func take(now: Duration) -> Taken? {
    if let burst = settling {
      guard now - burst.progress >= Self.settledAfter || now - burst.start >= longestSettling else { return nil }
      settling = nil
    }
    let backlog = backlog(now)
    if backlog > (hasEnded ? Self.longestBacklogAtEnd : Self.longestBacklog) {
      if let key = newestKey(now), key > 0 {
        skip(key)
      } else if backlog > Self.longestBacklogWithoutKey, newestKey(now) == nil, !isPaced, !hasEnded {
        skip(waiting.count)
      }
    }
    guard !waiting.isEmpty else { return nil }
    defer { skippedCount = 0 }
    let arrival = waiting.removeFirst()
    size -= arrival.size
    return Taken(arrival: arrival, skippedCount: skippedCount)
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
    for arrival in waiting.prefix(count) {
      size -= arrival.size
      arrival.free()
    }
    waiting.removeFirst(count)
    skippedCount += count
    isSkipping = waiting.isEmpty && !isIntraOnly
  }
}
