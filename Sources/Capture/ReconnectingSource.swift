public import Pixels
public import Posix
internal import Scene

/// A live source that outlives its connections: when one fails it is closed, and the source is opened again.
///
/// Frame numbers, `lostSoFar` and times go on, so nothing is told twice and no number is used again. What passed while
/// the source was away is not counted as lost: nobody knows how many pictures that were; the times show the gap.
///
/// A place that gives one picture for each time it is opened goes away with none of them: it is told once what it is.
public struct ReconnectingSource: FrameSource, ~Copyable {
  public private(set) var info: SourceInfo
  public let trouble = SourceTrouble()
  private let door: Door
  private let policy: ReconnectPolicy
  private let interrupt: Interrupt
  private var current: (any FrameSource & ~Copyable)?
  /// Whether it was ever open: an error that is final ends only what never was.
  private var wasOpen: Bool
  /// When the connection was made, and how many tries came before it in a row.
  private var made = (time: Duration.zero, tries: 0)
  /// What was told of its being away; nil once a picture has come again.
  private var absence: Absence?
  private var journey = Journey()
  /// Whether it was told that it gives one picture at a time.
  private var isKnownSnapshot = false
  /// The trouble of connections that have ended.
  private var past = SourceTrouble.Account()

  /// How a source is opened again.
  public struct Door: Sendable {
    let name: String
    let open: @Sendable () throws(CaptureError) -> sending any FrameSource & ~Copyable
    let isThere: (@Sendable () -> Bool)?
    let say: @Sendable (String) -> Void

    /// - Parameters:
    ///   - name: what messages call the source, without its password.
    ///   - isThere: tells, cheaply, whether there is anything to open: when that turns from no to yes, the next try comes
    ///     at once. Nil where only a try can tell.
    ///   - say: is told when the source goes away, why a try failed if not for the reason before, and when it is back.
    ///   - open: opens it; an interrupt makes it return soon.
    public init(
      name: String, isThere: (@Sendable () -> Bool)? = nil, say: @escaping @Sendable (String) -> Void,
      open: @escaping @Sendable () throws(CaptureError) -> sending any FrameSource & ~Copyable
    ) {
      (self.name, self.isThere, self.say, self.open) = (name, isThere, say, open)
    }
  }

  /// A source that is open now.
  ///
  /// - Throws: `CaptureError` where it cannot be opened: that is not tried again.
  public init(opening door: Door, policy: ReconnectPolicy, interrupt: Interrupt) throws(CaptureError) {
    let source = try door.open()
    info = source.info
    current = consume source
    wasOpen = true
    made.time = monotonicNow()
    (self.door, self.policy, self.interrupt) = (door, policy, interrupt)
  }

  /// A source that `next` opens, and waits for where it is not there yet; until then its size is not known.
  public init(later door: Door, policy: ReconnectPolicy, interrupt: Interrupt) {
    info = SourceInfo(name: door.name, isLive: true)
    wasOpen = false
    (self.door, self.policy, self.interrupt) = (door, policy, interrupt)
  }

  /// Returns the next frame of this connection or of a later one; nil at the end or when interrupted.
  ///
  /// - Throws: `CaptureError` where the source fails and is not to be tried again.
  public mutating func next() throws(CaptureError) -> Frame? {
    while !interrupt.isRequested {
      if current == nil { try connect(nil) }
      do {
        guard var frame = try current?.next() else { return nil }
        note()
        endAbsence()
        frame.stamp = journey.stamp(of: frame.stamp, now: monotonicNow())
        return frame
      } catch {
        note()
        if policy == .never || interrupt.isRequested { throw error }
        past = trouble.account
        if !error.isSnapshot { past[.disconnected] += 1 }
        trouble.note(past)
        // The old connection first: a camera can be opened once only.
        current = nil
        journey.pause(now: monotonicNow())
        try connect(error)
      }
    }
    return nil
  }

  /// Tells `trouble` what the connection has noted, beside those before.
  private mutating func note() {
    guard let account = current?.trouble.account else { return }
    trouble.note(past + account)
  }

  /// Opens the source, as often as it takes; returns without one when interrupted.
  ///
  /// - Parameter failure: why the connection before ended; nil where there was none.
  /// - Throws: `CaptureError` iff it is not to be tried again.
  private mutating func connect(_ failure: CaptureError?) throws(CaptureError) {
    let start = monotonicNow()
    let before = (info.width, info.height)
    // Who opens it again and gets no picture has nothing new to tell.
    var told = failure?.isSnapshot == true ? nil : failure?.reason
    if let told, told != absence?.told { door.say("\(door.name): \(told); waiting for it") }
    if let failure, failure.isSnapshot, !isKnownSnapshot {
      isKnownSnapshot = true
      if policy.isRegular {
        door.say("\(door.name): gives one picture at a time, and is asked as often as --reconnect says")
      } else {
        door.say("\(door.name): \(failure.reason)")
      }
    }
    // A server that ends each connection at once is not asked every second.
    var number = failure != nil && start - made.time < Self.proof ? made.tries : 0
    if failure != nil, !waited(beforeTry: number) { return }
    while !interrupt.isRequested {
      do {
        let source = try door.open()
        guard !interrupt.isRequested else { return }
        info = source.info
        current = consume source
        wasOpen = true
        made = (monotonicNow(), number + 1)
        guard let told else { return }
        var known = absence ?? Absence(start: start, size: before, isFirst: failure == nil, told: told)
        known.told = told
        absence = known
        return
      } catch {
        if policy == .never || (error.isFinal && !wasOpen) { throw error }
        if error.reason != told { door.say("\(door.name): \(error.reason); waiting for it") }
        told = error.reason
      }
      number += 1
      if !waited(beforeTry: number) { return }
    }
  }

  /// Tells, of a source that was away, that its first picture has come.
  private mutating func endAbsence() {
    guard let gone = absence else { return }
    absence = nil
    let tenths = Int(((monotonicNow() - gone.start) / .milliseconds(100)).rounded())
    let isOther = gone.size.width != nil && gone.size != (info.width, info.height)
    let other = isOther ? ", now \(info.width ?? 0)x\(info.height ?? 0)" : ""
    door.say("\(door.name): is \(gone.isFirst ? "there" : "back") after \(tenths / 10).\(tenths % 10) s\(other)")
  }

  /// From a source's going away to its next picture: a connection alone is none.
  private struct Absence {
    let start: Duration
    /// Of the connection before; nil where there was none.
    let size: (width: Int?, height: Int?)
    /// Whether it could not be opened at first.
    let isFirst: Bool
    /// The reason that was told last.
    var told: String
  }

  /// Waits before a try; false when interrupted.
  private func waited(beforeTry number: Int) -> Bool {
    let wait = policy.wait(beforeTry: number, chance: .random(in: 0...1)) ?? .zero
    let end = monotonicNow() + wait
    var wasThere = door.isThere?() ?? true
    while true {
      let now = monotonicNow()
      guard now < end else { return !interrupt.isRequested }
      let glance = door.isThere == nil ? Self.breath : Self.glance
      if interrupt.wait(-1, until: min(end, now + glance)) == .interrupted { return false }
      trouble.beat()
      let isThere = door.isThere?() ?? true
      // Who sets up the device is given one more glance's time: its owner and mode come after its name.
      if isThere, !wasThere { return interrupt.wait(-1, until: monotonicNow() + Self.glance) != .interrupted }
      wasThere = isThere
    }
  }

  /// How long a connection lasts that was no mere try.
  private static var proof: Duration { .seconds(10) }
  /// How often one looks whether there is anything to open.
  private static var glance: Duration { .milliseconds(250) }
  /// How often one shows that one still waits.
  private static var breath: Duration { .seconds(5) }
}

/// The one account of frames that goes through all connections.
struct Journey: Sendable {
  private var base = FrameStamp(number: 0, time: FrameTime(sinceFirst: .zero))
  private var last: FrameStamp?
  /// When the very first picture was taken, on the monotonic clock.
  private var start: Duration?
  /// What this connection's times are counted from, where they tell no time of capture.
  private var offset: Duration?
  /// When the last connection ended, on the monotonic clock.
  private var paused = Duration.zero

  /// Ends a connection: the next picture begins another.
  mutating func pause(now: Duration) {
    guard let last else { return }
    base = FrameStamp(
      number: last.number + 1, lostSoFar: last.lostSoFar, damagedSoFar: last.damagedSoFar, time: last.time)
    (offset, paused) = (nil, now)
  }

  /// Returns a picture's place in the whole, from its place in its connection.
  mutating func stamp(of own: FrameStamp, now: Duration) -> FrameStamp {
    var since = own.time.sinceFirst
    if let captured = own.time.captured {
      let start = self.start ?? captured.monotonic
      self.start = start
      since = captured.monotonic - start
    } else {
      let away = paused == .zero ? .zero : now - paused
      let offset = self.offset ?? base.time.sinceFirst + away - own.time.sinceFirst
      self.offset = offset
      since += offset
    }
    let stamp = FrameStamp(
      number: base.number + own.number, lostSoFar: base.lostSoFar + own.lostSoFar,
      damagedSoFar: base.damagedSoFar + own.damagedSoFar,
      time: FrameTime(sinceFirst: max(since, last?.time.sinceFirst ?? .zero), captured: own.time.captured))
    last = stamp
    return stamp
  }
}
