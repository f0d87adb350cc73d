internal import Dispatch
internal import Glibc
internal import Posix

/// SIGINT and SIGTERM while it is held: the first asks the run to finish, the second ends the process at once.
///
/// Others that would end the process are ignored from then on: those of writes, and SIGUSR1, which asks for statistics.
struct Signals: ~Copyable {
  private let sources: [any DispatchSourceSignal]

  /// Listens from now on; the first signal requests `interrupt`. A closed pipe and a full quota
  /// become errors of the write.
  init(interrupt: Interrupt) {
    // A signal that comes before the sources listen is kept until they do: one that is blocked is not ignored.
    var both = sigset_t()
    unsafe sigemptyset(&both)
    for number in [SIGINT, SIGTERM] { unsafe sigaddset(&both, number) }
    unsafe pthread_sigmask(SIG_BLOCK, &both, nil)
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGUSR1, SIG_IGN)
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

/// SIGUSR1 while it is held: asks for statistics, without stopping the run. Before and after `Signals` ignores it.
struct AskedStatistics: ~Copyable {
  private let source: any DispatchSourceSignal

  /// Calls `tell` for each signal, on a queue of its own.
  init(_ tell: @escaping @Sendable () -> Void) {
    source = DispatchSource.makeSignalSource(signal: SIGUSR1, queue: DispatchQueue(label: "statistics"))
    source.setEventHandler(handler: tell)
    source.activate()
  }

  deinit { source.cancel() }
}
