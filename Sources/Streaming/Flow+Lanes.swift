internal import Posix

extension Flow where Element: ~Copyable {
  /// Adds a stage that works on up to `lanes` elements at a time, each with a state of its own that `make` gives.
  ///
  /// For work that one thread does better alone than two together, where throughput counts and not the time of one
  /// element. Elements are dealt to the lanes in turn and gathered in the same order, so the stage behind sees them as
  /// from a stage of one lane, and a failure is the one at the earliest element. Of a stepwise run the first lane does
  /// all. The states are dropped at the end.
  ///
  /// - Precondition: `lanes` is at least 1; several lanes work ahead, so then neither `depth` nor that of the stage
  ///   before is `.onDemand`.
  public consuming func through<State: ~Copyable, Next: ~Copyable & Sendable, Failure: Error>(
    _ name: String, lanes: Int, owning make: () throws(Failure) -> sending State, depth: Depth,
    helpers: @escaping @Sendable () -> Duration = { .zero },
    counting counts: @escaping @Sendable (borrowing Next) -> Bool = { _ in true },
    _ work: @escaping @Sendable (inout State, consuming Element) throws -> Next
  ) throws(Failure) -> Flow<Next> {
    precondition(lanes > 0, "a stage has one lane at least")
    if lanes == 1 {
      return through(name, owning: try make(), depth: depth, helpers: helpers, counting: counts, work)
    }
    precondition(depth != .onDemand && !output.isOnDemand, "several lanes work ahead")
    let (input, ending, pull, cutBefore, stage) = (output, ending, pull, cut, parts.count)
    let (output, tally) = (Channel<Next>(depth: depth), Tally())
    var states: [Owned<State>] = []
    for _ in 0..<lanes { states.append(Owned(try make())) }
    let owned = states
    let made = (0..<lanes).map { _ in Channel<Outcome<Next>>(depth: .ahead(1)) }
    let cut: @Sendable () -> Void = {
      cutBefore()
      for channel in made { channel.cut() }
    }
    // Who is to take the next element, and whose is to be given next.
    let (rota, giving) = (Rota(lanes), Guarded(0))
    let step: @Sendable (inout State, consuming Element) throws -> Next = { state, element in
      let lap = tally.begin()
      let next = try work(&state, element)
      if counts(next) { tally.end(lap) } else { tally.passOn() }
      return next
    }

    @Sendable func turn(of lane: Int) {
      owned[lane].use { state in
        while made[lane].hasRoom, rota.isUp(lane), let element = input.take() {
          rota.passOn()
          do { made[lane].put(.made(try step(&state, element))) } catch {
            made[lane].put(.failed(error))
            made[lane].close()
          }
        }
      }
      if input.isDrained { made[lane].close() }
    }
    /// Hands on what the lanes have made, in their order.
    @Sendable func gather() {
      giving.withLock { lane in
        while output.hasRoom, let outcome = made[lane].take() {
          switch consume outcome {
          case .made(let next): output.put(next)
          case .failed(let error):
            ending.end(at: stage, error)
            output.close()
            cut()
          }
          lane = (lane + 1) % lanes
        }
        if made[lane].isDrained { output.close() }
      }
    }

    let part = Part(
      name: name, tally: tally, dropCount: { 0 }, helpers: helpers,
      start: {
        let workers = (0..<lanes).map { lane in Worker("\(name) \(lane + 1)") { turn(of: lane) } }
        let gatherer = Worker(name, turn: gather)
        rota.setWorkers(workers)
        input.setConsumer(rota)
        for (channel, worker) in zip(made, workers) {
          channel.setProducer(worker)
          channel.setConsumer(gatherer)
        }
        output.setProducer(gatherer)
        return workers + [gatherer]
      }, finish: { for state in owned { state.giveAway { _ in } } })
    return Flow<Next>(
      parts: parts + [part], ending: ending, output: Intake([output]),
      pull: {
        try owned[0].use { state in
          guard let element = try pull() else { return nil }
          return try step(&state, element)
        }
      },
      cut: {
        cut()
        output.cut()
      })
  }
}

/// What became of an element in a lane.
private enum Outcome<Next: ~Copyable & Sendable>: ~Copyable, Sendable {
  case made(Next)
  case failed(any Error)
}

/// Whose turn it is among workers that take elements one after the other, for ever round.
private final class Rota: Sleeper {
  private struct State {
    var next = 0
    var workers: [Worker] = []
  }

  private let count: Int
  private let state = Guarded(State())

  init(_ count: Int) { self.count = count }

  /// Sets who is woken when it is their turn.
  func setWorkers(_ workers: [Worker]) { state.withLock { $0.workers = workers } }

  /// Whether it is the turn of worker `number`; until that one passes it on, nobody else's.
  func isUp(_ number: Int) -> Bool { state.withLock { $0.next == number } }

  /// Wakes all, whose turn it is or not: at the end each has to see it.
  func wake() { for worker in state.withLock({ $0.workers }) { worker.wake() } }

  /// Makes it the next one's turn.
  func passOn() {
    let woken: Worker? = state.withLock { state in
      state.next = (state.next + 1) % count
      return state.workers.isEmpty ? nil : state.workers[state.next]
    }
    woken?.wake()
  }
}
