internal import CFFmpeg
internal import Dispatch
internal import Posix

/// Reads a live stream in a thread of its own, as fast as it comes, and holds its packets until they are taken.
///
/// All that may block stands in that thread: name look-up, connection, reading. Whoever waits here waits with a deadline;
/// a pump that is let go ends on its own, and closes the stream, as soon as FFmpeg asks its interrupt callback, which is
/// at once but for the look-up of a name.
final class PacketPump: Sendable {
  /// What is known once the stream is open.
  struct Opened: ~Copyable {
    let decoder: Decoder
    let facts: StreamFacts
    /// What is not read here, because it is footage; nil for what is read.
    let footage: FootageInput?
  }

  private enum Stage: ~Copyable {
    case opening
    case open(Opened)
    case handedOver
  }

  private struct State: ~Copyable {
    var stage = Stage.opening
    var queue: PacketQueue
    /// Why reading ended; nil while it goes on.
    var end: MediaError?
    /// Whether what was opened is others' to read.
    var isFootage = false
  }

  private let state: Guarded<State>
  /// Rings when there is something to look at.
  private let bell = Doorbell()
  /// Ends what blocks in the pump's thread.
  private let stop = Interrupt()
  /// Left when the stream is closed.
  private let running = DispatchGroup()

  /// How long is waited, after the end was asked for, until the stream is closed: some servers take one connection only.
  private static let closingTime = DispatchTimeInterval.seconds(1)
  /// What is granted beyond a deadline: a process that was stopped for long finds it passed, and what came meanwhile
  /// unread.
  static let grace = Duration.milliseconds(500)
  /// How often one looks whether the opening burst is over.
  private static let glance = Duration.milliseconds(10)

  /// Starts to open `path`.
  ///
  /// - Parameters:
  ///   - longestSettling: how long its opening burst may take.
  ///   - isFootage: tells by the facts what is not to be read here.
  /// - Throws: `MediaError` iff there is no memory.
  init(
    path: String, options: [(String, String)], threads: Int, longestSettling: Duration,
    isFootage: @escaping @Sendable (StreamFacts) -> Bool
  ) throws(MediaError) {
    state = Guarded(State(queue: PacketQueue()))
    let (state, bell, stop, running) = (state, bell, stop, running)
    running.enter()
    DispatchQueue(label: "packets").async {
      do throws(MediaError) {
        try Self.run(path, options, threads, longestSettling, isFootage, state, bell, stop)
        throw MediaError(reason: "the stream ended")
      } catch {
        state.withLock { state in
          state.end = error
          state.queue.end()
        }
      }
      running.leave()
      bell.ring()
    }
  }

  /// Ends reading, and gives the stream a moment to be closed.
  deinit {
    // Who reads footage looks at it too.
    if !state.withLock({ $0.isFootage }) { stop.request() }
    _ = running.wait(timeout: .now() + Self.closingTime)
  }

  /// Opens the stream and reads until its end.
  private static func run(
    _ path: String, _ options: [(String, String)], _ threads: Int, _ longestSettling: Duration,
    _ isFootage: (StreamFacts) -> Bool, _ state: Guarded<State>, _ bell: Doorbell, _ stop: Interrupt
  ) throws(MediaError) {
    let demuxer = try Demuxer(path: path, interrupt: stop, options: options, isLive: true)
    let facts = StreamFacts(demuxer)
    let decoder = try Decoder(demuxer, threads: threads)
    let isIntraOnly = decoder.isIntraOnly
    if isFootage(facts) {
      let footage = FootageInput(demuxer, interrupt: stop, try Packet())
      var opened: Opened? = Opened(decoder: decoder, facts: facts, footage: footage)
      return state.withLock { state in
        state.isFootage = true
        if let opened = opened.take() { state.stage = .open(opened) }
      }
    }
    var opened: Opened? = Opened(decoder: decoder, facts: facts, footage: nil)
    state.withLock { state in
      if let opened = opened.take() { state.stage = .open(opened) }
      state.queue.begin(facts, isIntraOnly: isIntraOnly, longestSettling: longestSettling)
    }
    bell.ring()
    let packet = try Packet()
    while unsafe try demuxer.read(into: packet.packet) {
      let arrival = unsafe try PacketQueue.Arrival(taking: packet.packet, at: monotonicNow())
      state.withLock { $0.queue.add(arrival) }
      bell.ring()
    }
  }

  /// Returns what is known of the stream, once; waits until `deadline` of the monotonic clock, and nil where interrupted.
  ///
  /// - Throws: `MediaError` where it cannot be opened, or not in time.
  func opened(until deadline: Duration, _ interrupt: Interrupt) throws(MediaError) -> Opened? {
    while true {
      bell.silence()
      var opened: Opened?
      let end = state.withLock { state -> MediaError? in
        let stage = exchange(&state.stage, with: .handedOver)
        switch consume stage {
        case .open(let ready): opened = consume ready
        case .opening: state.stage = .opening
        case .handedOver: break
        }
        return state.end
      }
      if let opened = opened.take() { return opened }
      if let end { throw end }
      switch interrupt.wait(bell.descriptor, until: deadline) {
      case .interrupted: return nil
      case .timedOut: throw MediaError(reason: "did not open in time: no connection, or no picture over it")
      case .readable: break
      }
    }
  }

  /// Returns the next packet that is worth decoding, waiting for it; nil where interrupted.
  ///
  /// - Throws: `MediaError` where the stream ended, or gave nothing until `deadline` of the monotonic clock.
  func next(until deadline: Duration, _ interrupt: Interrupt) throws(MediaError) -> PacketQueue.Taken? {
    var isLate = false
    while true {
      bell.silence()
      let (taken, isSettling, end) = state.withLock { state in
        (state.queue.take(now: monotonicNow()), state.queue.isSettling, state.end)
      }
      if let taken { return taken }
      if let end { throw end }
      if isLate { throw .stall }
      if isSettling {
        if interrupt.wait(-1, until: monotonicNow() + Self.glance) == .interrupted { return nil }
        continue
      }
      switch interrupt.wait(bell.descriptor, until: deadline) {
      case .interrupted: return nil
      case .timedOut: isLate = interrupt.wait(bell.descriptor, until: monotonicNow() + Self.grace) == .timedOut
      case .readable: break
      }
    }
  }

  /// The clock by which the stream's pictures are dated, as it stands.
  var clock: StreamClock { state.withLock { $0.queue.clock } }
}
