internal import Posix

/// A stage's state: lent to one turn after the other, and given away once.
final class Owned<State: ~Copyable>: Sendable {
  private let state: Guarded<State?>

  init(_ state: consuming sending State) { self.state = Guarded(state) }

  /// Lends the state to `body`.
  ///
  /// - Precondition: it was not given away.
  func use<Result: ~Copyable>(_ body: (inout State) throws -> Result) rethrows -> Result {
    try state.withLock { try body(&$0!) }
  }

  /// Gives the state to `body`, or nothing where it was given away before.
  func giveAway(to body: (consuming State) throws -> Void) rethrows {
    if let last = state.withLock({ $0.take() }) { try body(last) }
  }
}
