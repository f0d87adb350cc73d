internal import Posix
internal import Streaming

/// What is said when a run has ended.
struct Closing {
  let stages: [StageStatistics]
  let account: FrameAccount
  let isLive: Bool
  let elapsed: Duration

  /// `795 frames in 5.1 s, 155.2 fps`; for live sources how each captured frame ended: `captured = reported + dropped`.
  var line: String {
    let seconds = elapsed / .seconds(1)
    let rate = seconds > 0 ? Double(account.reported) / seconds : 0
    var text = "\(account.reported) frames in \(decimal(seconds, 1)) s, \(decimal(rate, 1)) fps"
    if isLive {
      let captured = stages.first?.count ?? 0
      text += ", \(captured) captured, \(captured - account.reported) dropped, \(account.lost) lost"
    }
    return text
  }

  /// Count, times and share of the elapsed time of each stage, and the memory.
  var table: String {
    var rows = [["stage", "count", "busy", "share", "median", "p99", "longest", "dropped"]]
    for stage in stages {
      rows.append([
        stage.name, String(stage.count), "\(decimal(stage.busy / .seconds(1), 2)) s",
        "\(decimal(100 * (stage.busy / elapsed), 0)) %", milliseconds(stage.median),
        milliseconds(stage.percentile99), milliseconds(stage.longest), String(stage.dropCount),
      ])
    }
    let share = 100 * (Processor.timeUsed / elapsed)
    return Table.text(rows)
      + "\nprocessor \(decimal(share, 0)) % of one core, peak memory \(decimal(Double(Processor.peakMemory) / 1e6, 1)) MB"
  }

  private func milliseconds(_ time: Duration) -> String { "\(decimal(time / .milliseconds(1), 1)) ms" }
}
