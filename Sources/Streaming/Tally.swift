internal import Posix

/// The account of one stage, kept while it works and read from any thread; its size is fixed.
final class Tally: Sendable {
  private struct State {
    var busy = Duration.zero
    var histogram = Histogram()
    var processor = ProcessorSample()
    /// How many elements were only passed on.
    var passedOn = 0
    /// How long it takes to ask for a thread's processor time, twice.
    var cost = Duration.seconds(1)
  }

  /// An element that was begun.
  struct Lap {
    /// On the monotonic clock.
    let start: Duration
    /// Processor time of the thread up to then; nil where it is not measured.
    let used: Duration?
  }

  private let state = Guarded(State())

  /// Begins an element, in the thread that will `end` it; one that turns out to be none need not be ended.
  func begin() -> Lap {
    let used = state.withLock { $0.processor.measuresNext } ? Processor.threadTimeUsed : nil
    return Lap(start: monotonicNow(), used: used)
  }

  /// Counts the element that was begun with `lap` and is done now.
  func end(_ lap: Lap) {
    let end = monotonicNow()
    let taken = end - lap.start
    let used = lap.used.map { Processor.threadTimeUsed - $0 }
    // A thread that lost its core in between tells nothing of the cost, so the least counts.
    let cost = used == nil ? .zero : (monotonicNow() - end) * 2
    state.withLock { state in
      state.busy += taken
      state.histogram.add(taken)
      guard let used else { return state.processor.pass() }
      state.cost = min(state.cost, cost)
      state.processor.add(used, of: taken, cost: state.cost, mean: state.busy / state.histogram.count)
    }
  }

  /// Counts an element that was begun and only passed on: its time is none of the work's.
  private func passOn() { state.withLock { $0.passedOn += 1 } }

  /// Returns `work`, each call of which counts: as one element that was worked for, or only passed on where `counts` says
  /// so; one that fails is none.
  func counting<State: ~Copyable, Element: ~Copyable, Next: ~Copyable>(
    _ work: @escaping @Sendable (inout State, consuming Element) throws -> Next,
    where counts: @escaping @Sendable (borrowing Next) -> Bool = { _ in true }
  ) -> @Sendable (inout State, consuming Element) throws -> Next {
    { state, element in
      let lap = self.begin()
      let next = try work(&state, element)
      if counts(next) { self.end(lap) } else { self.passOn() }
      return next
    }
  }

  /// What was counted, under the stage's `name`.
  func statistics(name: String, dropCount: Int, helpers: Duration) -> StageStatistics {
    state.withLock { state in
      StageStatistics(
        name: name, count: state.histogram.count + state.passedOn, workCount: state.histogram.count,
        dropCount: dropCount, busy: state.busy,
        longest: state.histogram.longest, median: state.histogram.quantile(0.5),
        percentile99: state.histogram.quantile(0.99), processorTime: state.processor.time + helpers)
    }
  }
}
