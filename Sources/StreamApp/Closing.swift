internal import Posix
internal import Scene
internal import Streaming

/// What is said of a run when it has ended, or midway.
struct Closing: Sendable {
  /// What is said of one source.
  struct Source: Sendable {
    let name: String
    let account: FrameAccount
    /// Frames that gave way to newer ones, in the source or right behind it.
    let dropped: Int
  }

  /// First those of the sources, then those that all share.
  let stages: [StageStatistics]
  let sources: [Source]
  let isLive: Bool
  let elapsed: Duration
  /// What the whole process used since the run began.
  let processorTime: Duration

  /// All sources together.
  var account: FrameAccount { FrameAccount(sumOf: sources.map(\.account)) }

  /// - Parameters:
  ///   - names: of the sources, in their order.
  ///   - stages: first those of the sources, then those that all share.
  init(
    names: [String], accounts: [FrameAccount], stages: [StageStatistics], isLive: Bool, elapsed: Duration,
    processorTime: Duration
  ) {
    self.stages = stages
    sources = zip(zip(names, accounts), stages).map { source, stage in
      Source(name: source.0, account: source.1, dropped: stage.dropCount + source.1.passedBy)
    }
    (self.isLive, self.elapsed, self.processorTime) = (isLive, elapsed, processorTime)
  }

  /// `795 frames in 5.1 s, 155.2 fps`; where not every frame was detected on, how many were, `265 detected on, 530
  /// predicted`; for live sources also how each captured frame ended, `captured = reported + dropped + lost`, and how old
  /// the lines were when they had been written.
  var line: String { text(of: account, dropped: sources.reduce(0) { $0 + $1.dropped }) }

  /// `line`, and below it one such line for each of several sources.
  var lines: String {
    guard sources.count > 1 else { return line }
    return ([line] + sources.map { "  \($0.name): \(text(of: $0.account, dropped: $0.dropped))" }).joined(
      separator: "\n")
  }

  /// Of each stage count, times, share of the elapsed time and of the processor time; then frames in and out, processor
  /// and memory.
  ///
  /// A stage's processor time is that of its work wherever it runs (`StageStatistics.processorTime`); `other` is all
  /// else in the process: queues, decoder's and encoder's threads, the terminal's line.
  var table: String {
    var rows = [["stage", "count", "median", "p99", "longest", "busy", "processor", "share"]]
    for stage in stages {
      rows.append([
        stage.name, String(stage.workCount), milliseconds(stage.median), milliseconds(stage.percentile99),
        milliseconds(stage.longest), percent(stage.busy / elapsed), seconds(stage.processorTime),
        percent(stage.processorTime / processorTime),
      ])
    }
    let other = max(processorTime - stages.reduce(.zero) { $0 + $1.processorTime }, .zero)
    rows.append(["other", "", "", "", "", "", seconds(other), percent(other / processorTime)])
    let arrived = account.captured - account.lost
    return Table.text(rows) + "\nframes \(rate(of: arrived)) fps in, \(rate(of: account.reported)) fps out\n\(machine)"
  }

  private func text(of account: FrameAccount, dropped: Int) -> String {
    let frames = account.reported.counted("frame")
    var text = "\(frames) in \(decimal(elapsed / .seconds(1), 1)) s, \(rate(of: account.reported)) fps"
    if account.detected < account.reported {
      text += ", \(account.detected) detected on, \(account.reported - account.detected) predicted"
    }
    guard isLive else { return text }
    text += ", \(account.captured) captured, \(dropped) dropped, \(account.lost) lost"
    if account.damaged > 0 { text += " (\(account.damaged) of them damaged)" }
    // Reached us, and neither reported nor dropped: under way, or cut off by an early end.
    let underWay = account.captured - account.lost - dropped - account.reported
    if underWay > 0 { text += ", \(underWay) not finished" }
    guard account.ages.count > 0 else { return text }
    let (median, percentile99) = (account.ages.quantile(0.5), account.ages.quantile(0.99))
    return "\(text); age median \(milliseconds(median)), p99 \(milliseconds(percentile99)), "
      + "longest \(milliseconds(account.ages.longest))"
  }

  private var machine: String {
    "processor \(decimal(100 * (processorTime / elapsed), 0)) % of one core, "
      + "peak memory \(decimal(Double(Processor.peakMemory) / 1e6, 1)) MB"
  }

  /// Returns frames a second, over the whole run.
  private func rate(of count: Int) -> String {
    elapsed > .zero ? decimal(Double(count) / (elapsed / .seconds(1)), 1) : "0.0"
  }

  private func seconds(_ time: Duration) -> String { "\(decimal(time / .seconds(1), 2)) s" }
  private func milliseconds(_ time: Duration) -> String { "\(decimal(time / .milliseconds(1), 2)) ms" }
}
