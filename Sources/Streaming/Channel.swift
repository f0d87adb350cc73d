internal import Posix

/// How far the stage before a channel may work ahead of the stage behind it.
public enum Depth: Sendable, Equatable {
  /// Up to this many finished elements wait in the channel; for recorded footage, where throughput counts.
  case ahead(Int)
  /// The stage before starts an element only when the stage behind has nothing to do; for live sources,
  /// where an element that waits grows old.
  case onDemand
}

/// What a full channel does when one more element comes.
public enum Overflow: Sendable {
  /// The producer waits; nothing is lost.
  case wait
  /// The oldest waiting element gives way; the newest is always kept.
  case dropOldest
}

/// The bounded hand-over between one producer and one consumer.
final class Channel<Element: ~Copyable & Sendable>: Sendable {
  private struct State: ~Copyable {
    var waiting: Ring<Element>
    /// The consumer found nothing and wants an element; only on-demand channels look at it.
    var isWanted = false
    var isClosed = false
    var dropCount = 0
    var consumer: (any Sleeper)?
    var producer: (any Sleeper)?
  }

  let depth: Depth
  let overflow: Overflow
  private let state: Guarded<State>

  /// - Precondition: `depth` is at least 1, or on demand with `overflow` `.wait`.
  init(depth: Depth, overflow: Overflow = .wait) {
    precondition(depth != .onDemand || overflow == .wait, "a channel on demand never overflows")
    self.depth = depth
    self.overflow = overflow
    let capacity = if case .ahead(let count) = depth { count } else { 1 }
    state = Guarded(State(waiting: Ring(capacity: capacity)))
  }

  /// How many elements gave way to newer ones.
  var dropCount: Int { state.withLock { $0.dropCount } }
  /// Whether no element is here and none will come.
  var isDrained: Bool { state.withLock { $0.isClosed && $0.waiting.isEmpty } }

  /// Whether the producer may start one more element.
  var hasRoom: Bool {
    state.withLock { state in
      if state.isClosed { return false }
      switch (depth, overflow) {
      case (.onDemand, _): return state.isWanted
      case (.ahead, .dropOldest): return true
      case (.ahead, .wait): return !state.waiting.isFull
      }
    }
  }

  /// Sets who is woken when an element has come.
  func setConsumer(_ sleeper: any Sleeper) { state.withLock { $0.consumer = sleeper } }

  /// Sets who is woken when there is room.
  func setProducer(_ sleeper: any Sleeper) { state.withLock { $0.producer = sleeper } }

  /// Hands `element` over; a closed channel drops it.
  func put(_ element: consuming Element) {
    var arriving: Element? = consume element
    var leaving: Element?  // dropped outside the lock: its end may take time
    let woken: (any Sleeper)? = state.withLock { state in
      guard !state.isClosed, let element = arriving.take() else { return nil }
      if state.waiting.isFull {
        leaving = state.waiting.popFirst()
        state.dropCount += 1
      }
      state.waiting.append(element)
      state.isWanted = false
      return state.consumer
    }
    _ = consume leaving
    woken?.wake()
  }

  /// Takes the oldest waiting element; nil tells an on-demand producer that one is wanted.
  func take() -> Element? {
    var leaving: Element?
    let woken: (any Sleeper)? = state.withLock { state in
      leaving = state.waiting.popFirst()
      if depth == .onDemand {
        guard leaving == nil, !state.isWanted else { return nil }
        state.isWanted = true
        return state.producer
      }
      return leaving == nil ? nil : state.producer
    }
    woken?.wake()
    return leaving
  }

  /// Ends the channel: what waits can still be taken, nothing more comes in.
  func close() {
    let (consumer, producer): ((any Sleeper)?, (any Sleeper)?) = state.withLock { state in
      guard !state.isClosed else { return (nil, nil) }
      state.isClosed = true
      return (state.consumer, state.producer)
    }
    consumer?.wake()
    producer?.wake()
  }

  /// Ends the channel at once: what waits is dropped, all of it before anybody takes what comes behind.
  func cut() {
    var leaving = Ring<Element>(capacity: 1)
    state.withLock { state in
      state.isClosed = true
      swap(&state.waiting, &leaving)
    }
    _ = consume leaving
    let (consumer, producer) = state.withLock { ($0.consumer, $0.producer) }
    consumer?.wake()
    producer?.wake()
  }
}
