internal import Capture
internal import Dispatch
internal import Posix
internal import Streaming

/// Keeps the service manager informed while a run goes on: ready, how far it is, that it moves, and that it ends.
final class Service {
  private let timer: any DispatchSourceTimer
  private let manager: Manager

  /// The socket for the timer's closure, which holds nothing that cannot be copied.
  private final class Manager: Sendable {
    private let socket: NotifySocket
    init(_ socket: consuming NotifySocket) { self.socket = socket }
    func tell(_ state: String) { socket.tell(state) }
  }

  /// What was told last.
  private struct State: Sendable {
    var watchdog: Watchdog
    /// When the next sign of life and the next line are due, on the monotonic clock.
    var sign = Duration.zero
    var line = Duration.zero
    var isEnding = false
  }

  /// Returns one that tells of `pipeline`, whose first stages are `sources`; nil where no service manager is there.
  ///
  /// It says READY at once: sources and outputs are open, and one that is away is waited for.
  ///
  /// - Parameter patience: how long a source may keep silent.
  static func begin(
    _ environment: Environment, _ pipeline: Pipeline, _ sources: [OpenedSource], patience: Duration,
    interrupt: Interrupt
  ) -> Service? {
    guard let path = environment.notifySocket, let socket = NotifySocket(path) else { return nil }
    return Service(socket, environment.watchdogInterval, pipeline, sources, patience, interrupt)
  }

  private init(
    _ socket: consuming NotifySocket, _ interval: Duration?, _ pipeline: Pipeline, _ sources: [OpenedSource],
    _ patience: Duration, _ interrupt: Interrupt
  ) {
    let manager = Manager(socket)
    self.manager = manager
    let state = Guarded(State(watchdog: Watchdog(patience: patience)))
    let start = monotonicNow()
    manager.tell("READY=1\nSTATUS=begins")
    // Twice in each interval, so that one late look does no harm.
    let period = interval.map { $0 / 2 }
    let turn = min(period ?? .seconds(1), .seconds(1))
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "service"))
    timer.schedule(deadline: .now(), repeating: turn / .seconds(1))
    timer.setEventHandler {
      let now = monotonicNow()
      state.withLock { state in
        if interrupt.isRequested, !state.isEnding {
          state.isEnding = true
          manager.tell("STOPPING=1")
        }
        let stages = pipeline.statistics
        if let period, now >= state.sign {
          let moves = state.watchdog.moves(
            stages.map { Watchdog.Stage(finished: $0.count, dropped: $0.dropCount) }, inlets: sources.count,
            sources: zip(sources, stages).filter { $0.0.info.isLive }.map { source, stage in
              Watchdog.Source(beats: stage.count + source.trouble.beats)
            }, now: now)
          if moves { manager.tell("WATCHDOG=1") }
          state.sign = now + period - turn / 2
        }
        if now >= state.line {
          let line = Progress.line(
            done: stages.last?.count ?? 0, dropped: stages.reduce(0) { $0 + $1.dropCount }, of: nil,
            seconds: (now - start) / .seconds(1))
          manager.tell("STATUS=\(line)")
          state.line = now + .seconds(5)
        }
      }
    }
    timer.activate()
  }

  /// Says that the run ends, and nothing more.
  func end() {
    timer.end()
    manager.tell("STOPPING=1")
  }
}
