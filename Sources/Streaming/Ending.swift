internal import Posix

/// How a run comes to its end: on request, by a failure, or because the sink has enough.
///
/// Invariant: elements keep their order, so of two stages that end a run the one further down did so at the earlier
/// element. Its end is the run's; what a stage further up did later would not have happened step by step.
final class Ending: Sendable {
  private struct State {
    var isRequested = false
    /// The stage that ended the run, counted from the source, and its failure if it is one.
    var end: (stage: Int, failure: (any Error)?)?
    var finishFailure: (any Error)?
  }

  private let state = Guarded(State())
  private let interrupt: @Sendable () -> Void

  /// - Parameter interrupt: makes a source that blocks give its last answer.
  init(interrupt: @escaping @Sendable () -> Void) { self.interrupt = interrupt }

  /// Whether the source shall not be asked again.
  var isRequested: Bool { state.withLock { $0.isRequested } }

  /// Lets the source end.
  func request() {
    state.withLock { $0.isRequested = true }
    interrupt()
  }

  /// Notes that `stage` ended the run, by `failure` or, where that is nil, because it has enough.
  func end(at stage: Int, _ failure: (any Error)?) {
    state.withLock { state in
      if state.end.map({ $0.stage < stage }) ?? true { state.end = (stage, failure) }
    }
  }

  /// Notes that a stage could not be finished; the first one counts.
  func finish(_ failure: any Error) {
    state.withLock { state in
      if state.finishFailure == nil { state.finishFailure = failure }
    }
  }

  /// The failure of the run: that of a stage, else that of a finish.
  var failure: (any Error)? { state.withLock { $0.end?.failure ?? $0.finishFailure } }
}
