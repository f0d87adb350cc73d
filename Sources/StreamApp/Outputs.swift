internal import Capture
internal import Output
internal import Posix

/// Opens the outputs of a run, after everything that can fail before them has not.
enum Outputs {
  /// Returns the reporter that writes what comes from `opened`, the sources of `settings` in their order.
  ///
  /// - Parameters:
  ///   - reopening: asks that log files be opened anew.
  ///   - say: takes warnings.
  /// - Throws: `OutputError` where an output cannot be written, is an input, or two are one file; nothing was emptied
  ///   then.
  static func open(
    _ settings: Settings, _ opened: [OpenedSource], interrupt: Interrupt, reopening: Reopening,
    say: @escaping @Sendable (String) -> Void
  ) throws(OutputError) -> sending Reporter {
    let names = settings.sources.sources.map(\.name)
    let logs =
      if settings.events.isForEachSource {
        names.map { settings.events.path(of: $0) }
      } else {
        [settings.events.text]
      }
    let videos = settings.video.map { video in names.map { video.path(of: $0) } } ?? []
    try check(logs.filter { $0 != "-" }, videos, against: opened.flatMap(\.info.files))
    // A log is emptied by its first line, a video when it is opened: so the logs come first.
    let isLive = opened.contains { $0.info.isLive }
    var events: [LogOutput] = []
    for path in logs {
      let log =
        path == "-"
        ? try EventLog.standardOutput(interrupt: interrupt)
        : try EventLog(path: path, appends: settings.appends, interrupt: interrupt)
      events.append(LogOutput(log, isLive: isLive, reopening: reopening, say: say))
    }
    var sources: [SourceOutput] = []
    for (index, source) in opened.enumerated() {
      var video: AnnotatedVideo?
      if !videos.isEmpty {
        video = try AnnotatedVideo(
          path: videos[index], of: source.info, segment: settings.segment, interrupt: interrupt, say: say)
      }
      sources.append(
        SourceOutput(
          name: settings.sources.areTold ? names[index] : nil, account: source.account,
          events: events[min(index, events.count - 1)], video: consume video))
    }
    return Reporter(sources, say: say)
  }

  /// - Throws: `OutputError` where a path is an input's, or another output's.
  private static func check(_ logs: [String], _ videos: [String], against inputs: [String]) throws(OutputError) {
    let inputs = inputs.compactMap { FileIdentity(path: $0) }
    let outputs = logs.map { (path: $0, isLog: true) } + videos.map { (path: $0, isLog: false) }
    for (index, output) in outputs.enumerated() {
      let identity = FileIdentity(path: output.path)
      if let identity, identity.kind == .regular, inputs.contains(identity) {
        throw OutputError(output: output.path, reason: "is the input")
      }
      let other = outputs[..<index].first { other in
        other.path == output.path
          || identity.map { $0.kind == .regular && $0 == FileIdentity(path: other.path) } ?? false
      }
      guard let other else { continue }
      let both = other.isLog == output.isLog ? "is the output of two sources" : "is both event log and video"
      throw OutputError(output: output.path, reason: both)
    }
  }
}
