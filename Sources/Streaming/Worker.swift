internal import Dispatch

/// Who waits at one end of a channel.
protocol Sleeper: AnyObject, Sendable {
  /// Asks it to look at the channel again, soon.
  func wake()
}

/// One serial queue that takes a turn each time it is woken.
///
/// Wakes that come during a turn merge into one more turn, so none is lost. A worker keeps `turn` until it is retired.
final class Worker: Sleeper {
  private nonisolated(unsafe) let source: any DispatchSourceUserDataOr
  private let retired = DispatchGroup()

  init(_ name: String, turn: @escaping @Sendable () -> Void) {
    unsafe source = DispatchSource.makeUserDataOrSource(queue: DispatchQueue(label: name))
    unsafe source.setEventHandler(handler: turn)
    retired.enter()
    unsafe source.setCancelHandler { [retired] in retired.leave() }
    unsafe source.activate()
  }

  /// Asks for a turn, soon and on the worker's own queue.
  func wake() { unsafe source.or(data: 1) }

  /// Asks for no turn after the present one.
  func retire() { unsafe source.cancel() }

  /// Waits until the last turn is over, after `retire`.
  func join() { retired.wait() }
}
