internal import Dispatch
internal import Posix

/// Stages in a row, from a source to a sink; it runs once.
///
///     let pipeline = Pipeline
///       .from("capture", source, overflow: .wait, interrupt: { … }) { try $0.next() }
///       .through("detect", owning: detector, depth: .ahead(1)) { detector, frame in … }
///       .into("report", outputs) { outputs, report in … } finish: { outputs in … }
///     try pipeline.run()
///
/// Elements keep their order. The run ends when the source does, on `drain`, when the sink has enough, or at the first
/// failure: then what is before the stage that failed is dropped, and what is behind it goes through, so that the sink
/// got exactly the elements that a stepwise run would have given it.
public final class Pipeline: Sendable {
  /// How the stages take turns.
  public enum Mode: Sendable {
    /// Each on a serial queue of its own, one of several lanes on a queue for each, joined by bounded channels.
    case pipelined
    /// One element through all stages after the other, in the caller's thread. Depths and overflow have no meaning.
    case stepwise
  }

  private let parts: [Part]
  private let ending: Ending
  private let done: DispatchSemaphore
  private let cut: @Sendable () -> Void
  private let stepwise: @Sendable () throws -> Void
  private let hasRun = Guarded(false)

  init(
    parts: [Part], ending: Ending, done: DispatchSemaphore, cut: @escaping @Sendable () -> Void,
    stepwise: @escaping @Sendable () throws -> Void
  ) {
    (self.parts, self.ending, self.done, self.cut, self.stepwise) = (parts, ending, done, cut, stepwise)
  }

  /// Starts a flow at `source`, asked by `next` for one more element whenever there is room, until it answers nil.
  ///
  /// `depth` elements may wait for the next stage. `interrupt` makes a `next` that blocks return soon; it may be called
  /// from any thread, more than once, and before the run; a source that never blocks for long needs none.
  public static func from<Source: ~Copyable, Element: ~Copyable & Sendable>(
    _ name: String, _ source: consuming sending Source, depth: Int = 1, overflow: Overflow,
    interrupt: @escaping @Sendable () -> Void = {},
    _ next: @escaping @Sendable (inout Source) throws -> Element?,
    finish: @escaping @Sendable (consuming Source) throws -> Void = { _ in }
  ) -> Flow<Element> {
    from([Inlet(name, source, overflow: overflow, interrupt: interrupt, next, finish: finish)], depth: depth)
  }

  /// Starts a flow at several sources, each of which works for itself; the next stage takes their elements in turn.
  ///
  /// Of each source `depth` elements may wait. Elements of one source keep their order. One that ends or fails leaves the
  /// others alone; the first failure of one is the run's when all have ended.
  ///
  /// - Precondition: there is at least one.
  public static func from<Element: ~Copyable & Sendable>(_ inlets: [Inlet<Element>], depth: Int = 1) -> Flow<Element> {
    let channels = inlets.map { Channel<Element>(depth: .ahead(depth), overflow: $0.overflow) }
    let intake = Intake(channels)
    let ending = Ending { for inlet in inlets { inlet.interrupt() } }
    let stages = zip(inlets, channels).map { $0.part(into: $1, ending: ending) }
    let rounds = Rounds(stages.map(\.pull), ending: ending)
    return Flow(
      parts: stages.map(\.part), ending: ending, output: intake, pull: { rounds.pull() },
      cut: {
        ending.request()
        intake.cut()
      })
  }

  /// Runs to the end, finishes the stages in their order, and returns when all are gone.
  ///
  /// - Throws: the failure that ended the run: of several the one at the earliest element; else the first of a finish.
  ///   `ThreadShortage` where the system does not start a thread for each worker; then no element was made.
  /// - Precondition: it is called once.
  public func run(_ mode: Mode = .pipelined) throws {
    let isFirst = hasRun.withLock { hasRun in
      defer { hasRun = true }
      return !hasRun
    }
    precondition(isFirst, "a pipeline runs once")
    switch mode {
    case .pipelined: do { try pipelined() } catch { ending.end(at: 0, error) }
    case .stepwise: do { try stepwise() } catch { ending.end(at: 0, error) }
    }
    for part in parts { do { try part.finish() } catch { ending.finish(error) } }
    if let failure = ending.failure { throw failure }
  }

  /// As many threads as Dispatch has at most, and those that others want of it meanwhile: timers, signals, readers.
  private static let (mostThreads, spareThreads) = (255, 6)

  /// Lets workers carry the stages until the sink has had its last element.
  private func pipelined() throws(ThreadShortage) {
    let needed = min(parts.reduce(0) { $0 + $1.workerCount }, Self.mostThreads) + Self.spareThreads
    let startable = Thread.startable(needed)
    guard startable == needed else { throw ThreadShortage(needed: needed, startable: startable) }
    let workers = parts.flatMap { $0.start() }
    for worker in workers { worker.wake() }
    done.wait()
    for worker in workers { worker.retire() }
    for worker in workers { worker.join() }
  }

  /// Ends the source; what is under way goes through to the sink, then `run` returns.
  ///
  /// May be called from any thread, at any time.
  public func drain() { ending.request() }

  /// Ends the run early: elements that wait between stages are dropped; all stages are finished.
  ///
  /// May be called from any thread, at any time.
  public func stop() { cut() }

  /// What each stage did up to now, from the source to the sink; may be read from any thread during the run and after.
  public var statistics: [StageStatistics] { parts.map(\.statistics) }
}

/// What a pipeline knows of a stage, whatever its types.
struct Part: Sendable {
  let name: String
  let tally: Tally
  let dropCount: @Sendable () -> Int
  /// The processor time that the stage's own threads have used.
  let helpers: @Sendable () -> Duration
  /// How many workers `start` makes.
  let workerCount: Int
  /// Makes the workers that carry the stage in a pipelined run.
  let start: @Sendable () -> [Worker]
  /// Gives the stage's state away.
  let finish: @Sendable () throws -> Void

  var statistics: StageStatistics { tally.statistics(name: name, dropCount: dropCount(), helpers: helpers()) }
}
