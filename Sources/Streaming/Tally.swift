internal import Posix

/// The account of one stage, kept while it works and read from any thread; its size is fixed.
final class Tally: Sendable {
  private struct State {
    var busy = Duration.zero
    var histogram = Histogram()
  }

  private let state = Guarded(State())

  /// Counts one element that was begun at `start` of the monotonic clock and is done now.
  func add(since start: Duration) {
    let taken = monotonicNow() - start
    state.withLock { state in
      state.busy += taken
      state.histogram.add(taken)
    }
  }

  /// What was counted, under the stage's `name`.
  func statistics(name: String, dropCount: Int) -> StageStatistics {
    state.withLock { state in
      StageStatistics(
        name: name, count: state.histogram.count, dropCount: dropCount, busy: state.busy,
        longest: state.histogram.longest, median: state.histogram.quantile(0.5),
        percentile99: state.histogram.quantile(0.99))
    }
  }
}
