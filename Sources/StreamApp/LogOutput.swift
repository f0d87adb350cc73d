internal import Output
internal import Scene
internal import Synchronization

/// The wish that log files be opened anew, because somebody moved them away.
final class Reopening: Sendable {
  private let count = Atomic<Int>(0)

  /// How often it was wished.
  var turn: Int { count.load(ordering: .relaxed) }

  func ask() { count.wrappingAdd(1, ordering: .relaxed) }
}

/// An event log while it goes on; several sources may share one.
///
/// The log of a run that may last for months outlives a full disk: lines that find no room are counted, that is told
/// once, and the log goes on as soon as a line can be written again.
final class LogOutput {
  /// Nil when it failed or when nobody reads it any more.
  private var log: EventLog?
  private let isLive: Bool
  private let reopening: Reopening
  private let say: @Sendable (String) -> Void
  /// The wish that was granted last.
  private var turn: Int
  /// How many lines found no room since the last one that did, and in all.
  private var (missingNow, missing) = (0, 0)
  /// Why lines are missing.
  private var outage: OutputError?

  /// - Parameters:
  ///   - isLive: whether the run has no end of its own.
  ///   - reopening: asks to open the log's file anew, before the next line.
  ///   - say: takes warnings.
  init(_ log: consuming EventLog, isLive: Bool, reopening: Reopening, say: @escaping @Sendable (String) -> Void) {
    self.log = consume log
    (self.isLive, self.reopening, self.say) = (isLive, reopening, say)
    turn = reopening.turn
  }

  /// Whether lines are still taken.
  var isOpen: Bool { log != nil }

  /// Writes the line of `report`; false where it is missing now.
  ///
  /// - Throws: `OutputError` where the log ends with that.
  func write(_ report: FrameReport) throws(OutputError) -> Bool {
    if reopening.turn != turn {
      turn = reopening.turn
      do { try log?.reopen() } catch { say("\(error); the event log goes on in the old file") }
    }
    do { try log?.write(report) } catch {
      guard isLive, error.mayPass else {
        log = nil
        throw error
      }
      if missingNow == 0 { say("\(error); the event log goes on when there is room") }
      missingNow += 1
      missing += 1
      outage = error
      return false
    }
    if missingNow > 0, let outage {
      say("\(outage.output): written again, \(Self.lines(missingNow)) missing")
      missingNow = 0
    }
    return isOpen
  }

  /// Closes the log.
  ///
  /// - Throws: `OutputError` iff lines are missing, or the system only now says that it could not keep what was written.
  func finish() throws(OutputError) {
    defer { log = nil }
    try log?.finish()
    if let outage, log != nil {
      throw OutputError(output: outage.output, reason: "\(Self.lines(missing)) missing: \(outage.reason)")
    }
  }

  private static func lines(_ count: Int) -> String { count.counted("line is", "lines are") }
}
