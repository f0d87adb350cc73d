internal import Dispatch
internal import Glibc
internal import Posix

/// SIGINT and SIGTERM while it is held: the first asks the run to finish, the second ends the process at once.
struct Signals: ~Copyable {
  private let sources: [any DispatchSourceSignal]

  /// Listens from now on; the first signal requests `interrupt`. A closed pipe and a full quota
  /// become errors of the write.
  init(interrupt: Interrupt) {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    let queue = DispatchQueue(label: "signals")
    let count = Guarded(0)
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        let seen = count.withLock { count in
          count += 1
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
