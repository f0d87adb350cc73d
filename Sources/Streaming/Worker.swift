internal import Dispatch
internal import Posix

/// One serial queue that owns `state` and takes a turn each time it is woken.
///
/// Wakes that come during a turn merge into one more turn, so none is lost. A worker keeps itself alive
/// until it is retired; then it gives its state to `ending` and is gone.
final class Worker<State: ~Copyable>: Sendable {
  private let state: Guarded<State?>
  private nonisolated(unsafe) let source: any DispatchSourceUserDataOr

  init(
    _ name: String, owning state: consuming sending State,
    turn: @escaping @Sendable (inout State) -> Void,
    ending: @escaping @Sendable (consuming State) -> Void = { _ in }
  ) {
    self.state = Guarded(state)
    unsafe source = DispatchSource.makeUserDataOrSource(queue: DispatchQueue(label: name))
    unsafe source.setEventHandler {
      self.state.withLock { state in
        guard var held = state.take() else { return }
        turn(&held)
        state = consume held
      }
    }
    unsafe source.setCancelHandler {
      if let last = self.state.withLock({ $0.take() }) { ending(last) }
    }
    unsafe source.activate()
  }

  func wake() { unsafe source.or(data: 1) }

  func retire() { unsafe source.cancel() }
}
