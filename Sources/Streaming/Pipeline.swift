internal import Dispatch
internal import Posix

/// Stages in a row, each on its own serial queue, joined by bounded channels.
public final class Pipeline: Sendable {
  private struct State {
    var wakes: [Wake] = []
    var closes: [Wake] = []
    var retirements: [Wake] = []
    var drops: [(name: String, count: @Sendable () -> Int)] = []
    var interrupt: @Sendable () -> Void = {}
    var failure: (any Error)?
  }
  private let state = Guarded(State())
  private let finished = DispatchSemaphore(value: 0)
  private let retired = DispatchGroup()

  public init() {}

  /// Starts the flow at `source`, asked for its next element whenever there is room.
  ///
  /// `interrupt` makes a `next` that blocks return nil soon; it may be called from any thread, more than once.
  public func from<Source: ~Copyable, Element: ~Copyable & Sendable>(
    _ name: String, _ source: consuming sending Source, depth: Int = 1, overflow: Overflow,
    interrupt: @escaping @Sendable () -> Void,
    _ next: @escaping @Sendable (inout Source) throws -> Element?
  ) -> Flow<Element> {
    let output = channel(name, Channel<Element>(depth: .ahead(depth), overflow: overflow))
    state.withLock { $0.interrupt = interrupt }
    let worker = Worker(
      name, owning: source,
      turn: { [self] source in
        attempt {
          while output.hasRoom {
            guard let element = try next(&source) else { return output.close() }
            output.put(element)
          }
        }
      }, ending: ending())
    output.whenRoom(worker.wake)
    adopt(worker)
    return Flow(pipeline: self, last: output)
  }

  /// Runs until the source ends or a stage fails; throws the first failure.
  public func run() throws {
    for wake in state.withLock({ $0.wakes }) { wake() }
    finished.wait()
    for retire in state.withLock({ $0.retirements }) { retire() }
    retired.wait()
    let failure = state.withLock { state in
      defer { state = State() }
      return state.failure
    }
    if let failure { throw failure }
  }

  /// Ends the source; what is under way goes through to the sink, then `run` returns.
  public func drain() { state.withLock { $0.interrupt }() }

  /// Ends the run early; elements on their way are dropped, the sink is still finished.
  public func stop() {
    drain()
    for close in state.withLock({ $0.closes }) { close() }
    finished.signal()
  }

  /// How many elements each channel has dropped.
  public var dropCounts: [String: Int] {
    let drops = state.withLock { $0.drops }
    return Dictionary(uniqueKeysWithValues: drops.map { ($0.name, $0.count()) })
  }

  func channel<Element: ~Copyable & Sendable>(_ name: String, _ channel: Channel<Element>) -> Channel<Element> {
    state.withLock { state in
      state.closes.append { channel.close() }
      state.drops.append((name, { channel.dropCount }))
    }
    return channel
  }

  func adopt<Owned: ~Copyable>(_ worker: Worker<Owned>) {
    state.withLock { state in
      state.retirements.append { worker.retire() }
      state.wakes.append { worker.wake() }
    }
  }

  func attempt(_ body: () throws -> Void) {
    do { try body() } catch {
      state.withLock { if $0.failure == nil { $0.failure = error } }
      stop()
    }
  }

  func finish() { finished.signal() }

  /// What a retiring worker does with its state: gives it to `last`, and counts itself out.
  func ending<Owned: ~Copyable>(
    _ last: @escaping @Sendable (consuming Owned) throws -> Void = { _ in }
  ) -> @Sendable (consuming Owned) -> Void {
    retired.enter()
    return { [self] (owned: consuming Owned) in
      do { try last(owned) } catch { state.withLock { if $0.failure == nil { $0.failure = error } } }
      retired.leave()
    }
  }
}
