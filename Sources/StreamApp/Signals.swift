internal import Dispatch
internal import Glibc
internal import Posix

/// SIGINT and SIGTERM while it is held: the first asks the run to finish, the second ends the process at once.
///
/// SIGUSR1, which asks for statistics, is ignored from then on.
struct Signals: ~Copyable {
  private let sources: [any DispatchSourceSignal]

  /// Listens from now on; the first signal requests `interrupt`.
  init(interrupt: Interrupt) {
    block([SIGINT, SIGTERM])
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
        Terminal.hurry()
      }
      source.activate()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}

/// Keeps signals until a source listens, which would miss those that came before: one that is blocked is not ignored.
private func block(_ numbers: [Int32]) {
  var set = sigset_t()
  unsafe sigemptyset(&set)
  for number in numbers { unsafe sigaddset(&set, number) }
  unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
}

/// SIGHUP while it is held: has log files opened anew, as who rotates logs asks. Where there is none, or the terminal is
/// gone, it asks the run to finish; but not of a process that was to ignore it (nohup(1)).
struct HangUps: ~Copyable {
  private let source: any DispatchSourceSignal

  /// Listens from now on.
  ///
  /// - Parameter reopening: opens log files anew; nil where there is none.
  init(reopening: Reopening?, interrupt: Interrupt) {
    block([SIGHUP])
    let (wasIgnored, hadTerminal) = (Self.isIgnored, Terminal.isAttached)
    signal(SIGHUP, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: DispatchQueue(label: "hang-ups"))
    source.setEventHandler {
      let isLeft = hadTerminal && !Terminal.isAttached
      if let reopening, !isLeft || wasIgnored { return reopening.ask() }
      guard !wasIgnored else { return }
      interrupt.request()
      Terminal.hurry()
    }
    source.activate()
  }

  deinit { source.cancel() }

  /// Whether this process was started so that SIGHUP is ignored.
  private static var isIgnored: Bool {
    var action = sigaction()
    guard unsafe sigaction(SIGHUP, nil, &action) == 0 else { return false }
    return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
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
