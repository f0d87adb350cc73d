internal import Posix

/// What a stage takes its elements from: the channel of the stage before or, behind several sources, one channel of each,
/// in turn.
///
/// Each channel that has something is asked as often as any other, so that a fast source does not starve a slow one.
final class Intake<Element: ~Copyable & Sendable>: Sendable {
  private let channels: [Channel<Element>]
  /// The channel that is asked first the next time.
  private let turn = Guarded(0)

  /// - Precondition: there is at least one channel.
  init(_ channels: [Channel<Element>]) {
    precondition(!channels.isEmpty, "nothing to take from")
    self.channels = channels
  }

  /// Whether the stage before starts an element only when this one wants it.
  var isOnDemand: Bool { channels.contains { $0.depth == .onDemand } }
  /// Whether no element is here and none will come.
  var isDrained: Bool {
    // By numbers: in generic code a key path or an iterator over the array allocates, at each wake.
    for index in channels.indices where !channels[index].isDrained { return false }
    return true
  }

  /// Sets who is woken when an element has come.
  func setConsumer(_ sleeper: any Sleeper) { for channel in channels { channel.setConsumer(sleeper) } }

  /// Takes the oldest element of the first channel that has one; nil tells those that wait for demand that one is wanted.
  func take() -> Element? {
    guard channels.count > 1 else { return channels[0].take() }
    return turn.withLock { turn in
      for offset in channels.indices {
        let index = (turn + offset) % channels.count
        if let element = channels[index].take() {
          turn = (index + 1) % channels.count
          return element
        }
      }
      return nil
    }
  }

  /// Ends the channels at once: what waits is dropped.
  func cut() { for channel in channels { channel.cut() } }
}
