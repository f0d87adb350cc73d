internal import Dispatch
internal import Glibc
internal import Posix

/// SIGINT and SIGTERM of a command that runs until it is asked to end.
enum Signals {
  /// How long after the first one another is the same: who ends a process may signal it and then its group, as
  /// timeout(1) does.
  private static let echo = Duration.milliseconds(500)

  /// From now on the first of them requests `interrupt`, and the second, which comes half a second later or more, ends
  /// the process at once. SIGUSR1, which asks for statistics, is ignored.
  ///
  /// They are waited for on a thread of their own: who waits for a thread of Dispatch's may wait without end. Called
  /// before there are other threads, which would take the signals.
  ///
  /// - Throws: `AppError` where the system starts no thread.
  static func listen(_ interrupt: Interrupt) throws(AppError) {
    block([SIGINT, SIGTERM])
    signal(SIGUSR1, SIG_IGN)
    do {
      _ = try Thread {
        _ = next()
        let first = monotonicNow()
        interrupt.request()
        Terminal.hurry()
        var second = next()
        while monotonicNow() - first < echo { second = next() }
        // Outputs stay as they are: whole lines, unfinished containers.
        _exit(128 + second)
      }
    } catch { throw AppError("the system starts no thread: \(error.reason)") }
  }

  /// Waits for the next of them and returns its number.
  private static func next() -> Int32 {
    var (set, number) = (signalSet([SIGINT, SIGTERM]), Int32())
    while unsafe sigwait(&set, &number) != 0 {}
    return number
  }
}

/// Keeps signals until somebody listens, who would miss those that came before: one that is blocked is not ignored.
private func block(_ numbers: [Int32]) {
  var set = signalSet(numbers)
  unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
}

private func signalSet(_ numbers: [Int32]) -> sigset_t {
  var set = sigset_t()
  unsafe sigemptyset(&set)
  for number in numbers { unsafe sigaddset(&set, number) }
  return set
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
