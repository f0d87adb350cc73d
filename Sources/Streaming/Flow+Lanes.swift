internal import Posix

extension Flow where Element: ~Copyable {
  /// Adds a stage that works on up to `lanes` elements at a time, each with a state of its own that `make` gives.
  ///
  /// For work that one thread does better alone than two together, where throughput counts and not the time of one
  /// element. The lane that is free takes the next element, and what the lanes make is gathered in the order in which it
  /// was taken, so the stage behind sees it as from a stage of one lane, and a failure is the one at the earliest element.
  /// Of a stepwise run the first lane does all. The states are dropped at the end.
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
    let made = (0..<lanes).map { _ in Channel<Outcome<Next>>(depth: .ahead(lead)) }
    let cut: @Sendable () -> Void = {
      cutBefore()
      for channel in made { channel.cut() }
    }
    let order = LaneOrder(capacity: lanes * (lead + 1))
    let step = tally.counting(work, where: counts)

    @Sendable func turn(of lane: Int) {
      owned[lane].use { state in
        while made[lane].hasRoom, let element = order.take(from: input, for: lane) {
          do { made[lane].put(.made(try step(&state, element))) } catch {
            made[lane].put(.failed(error))
            made[lane].close()
          }
        }
      }
      if input.isDrained { made[lane].close() }
    }
    /// Hands on what the lanes have made, in the order in which they took it.
    @Sendable func gather() {
      while output.hasRoom, let lane = order.first, let outcome = made[lane].take() {
        order.popFirst()
        switch consume outcome {
        case .made(let next): output.put(next)
        case .failed(let error):
          ending.end(at: stage, error)
          output.close()
          cut()
        }
      }
      if order.isDone(with: input) { output.close() }
    }

    let part = Part(
      name: name, tally: tally, dropCount: { 0 }, helpers: helpers, workerCount: lanes + 1,
      start: {
        let workers = (0..<lanes).map { lane in Worker("\(name) \(lane + 1)") { turn(of: lane) } }
        let gatherer = Worker(name, turn: gather)
        input.setConsumer(Crew(workers))
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

/// How many elements a lane may have made whose turn to be given has not come.
///
/// One that is held up, for a core has other work too, delays what comes behind its element; the others go on meanwhile.
private let lead = 2

/// Which lanes took the elements that are not given yet, in the order in which they took them.
private final class LaneOrder: Sendable {
  private let lanes: Guarded<Ring<Int>>

  /// - Parameter capacity: of how many elements at most.
  init(capacity: Int) { lanes = Guarded(Ring(capacity: capacity)) }

  /// The lane that took the earliest.
  var first: Int? { lanes.withLock { $0.first } }

  /// Takes the next element of `input` for `lane`: in one step, so that the order is that of the elements.
  func take<Element: ~Copyable>(from input: Intake<Element>, for lane: Int) -> Element? {
    lanes.withLock { lanes in
      guard let element = input.take() else { return nil }
      lanes.append(lane)
      return element
    }
  }

  /// Forgets the earliest: it is given.
  func popFirst() { lanes.withLock { _ = $0.popFirst() } }

  /// Whether all elements of `input` are given, and none will come.
  func isDone<Element: ~Copyable>(with input: Intake<Element>) -> Bool {
    lanes.withLock { $0.isEmpty && input.isDrained }
  }
}

/// Workers that are woken together: the first that is free takes what has come, and at the end each has to see it.
private final class Crew: Sleeper {
  private let workers: [Worker]

  init(_ workers: [Worker]) { self.workers = workers }

  func wake() { for worker in workers { worker.wake() } }
}
