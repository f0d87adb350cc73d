@preconcurrency internal import Dispatch
internal import Glibc
internal import Posix

/// SIGINT and SIGTERM: the first asks the run to finish, the second ends the process at once.
final class Signals: Sendable {
  private let sources: [any DispatchSourceSignal]

  /// Listens until the object is gone; the first signal requests `interrupt`.
  init(interrupt: Interrupt) {
    signal(SIGPIPE, SIG_IGN)
    let queue = DispatchQueue(label: "signals")
    let count = Guarded(0)
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        let seen = count.withLock { count in
          count += Int(source.data)
          return count
        }
        // Outputs stay as they are: whole lines, unfinished containers.
        if seen > 1 { _exit(128 + number) }
        interrupt.request()
      }
      source.activate()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}
