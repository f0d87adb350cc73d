internal import Arguments
internal import Capture
internal import Output
internal import Posix

/// Opens the outputs of a run, after everything that can fail before them has not.
enum Outputs {
  /// Returns the reporter that writes what comes from `opened`, the sources of `settings` in their order.
  ///
  /// - Parameters:
  ///   - model: whose files no output may be.
  ///   - reopening: asks that log files be opened anew.
  ///   - say: takes warnings.
  /// - Throws: `OutputError` where an output cannot be written or is a file that is read, `UsageError` where two are one
  ///   file, or files are to be cut that no source makes; nothing was emptied then.
  static func open(
    _ settings: Settings, _ opened: [OpenedSource], _ model: LoadedModel, interrupt: Interrupt, reopening: Reopening,
    say: @escaping @Sendable (String) -> Void
  ) throws -> sending Reporter {
    // One that was interrupted before its first picture may be of either kind.
    if settings.segment != nil, opened.allSatisfy({ !$0.info.isLive && $0.info.width != nil }) {
      throw UsageError.rule("--segment is for live sources; footage, which has no time of day, is not cut")
    }
    let names = settings.sources.sources.map(\.name)
    let logs =
      if settings.events.isForEachSource {
        names.map { settings.events.path(of: $0) }
      } else {
        [settings.events.text]
      }
    var videos = settings.video.map { video in names.map { video.path(of: $0) } } ?? []
    if settings.appends, settings.segment == nil { videos = try videos.map { try kept($0, say: say) } }
    var check = OutputCheck()
    check.protect(opened.flatMap(\.info.files).compactMap { FileIdentity(path: $0) }, as: "the input")
    check.protect(model)
    for path in logs where path != "-" { try check.add(path, as: "event log") }
    for path in videos { try check.add(path, as: "video") }
    // A log is emptied by its first line, a video when it is opened: so the logs come first.
    let isLive = opened.contains { $0.info.isLive }
    // Where lines of several runs come together, each names its own.
    let run = settings.appends ? realtimeNow() : nil
    var events: [LogOutput] = []
    for path in logs {
      let log =
        path == "-"
        ? try EventLog.standardOutput(run: run, interrupt: interrupt)
        : try EventLog(path: path, appends: settings.appends, run: run, interrupt: interrupt, say: say)
      events.append(LogOutput(log, isLive: isLive, reopening: reopening, say: say))
    }
    func video(ofSource index: Int) throws(OutputError) -> AnnotatedVideo? {
      guard !videos.isEmpty else { return nil }
      return try AnnotatedVideo(
        path: videos[index], of: opened[index].info, segment: settings.segment, interrupt: interrupt, say: say)
    }
    var sources: [SourceOutput] = []
    for (index, source) in opened.enumerated() {
      sources.append(
        SourceOutput(
          name: settings.sources.areTold ? names[index] : nil, account: source.account,
          events: events[min(index, events.count - 1)], video: try video(ofSource: index)))
    }
    return Reporter(sources, say: say)
  }

  /// Returns `path`, or one with the time in its name where a run before has left a video there, which is told.
  ///
  /// - Throws: `OutputError` where all such names are taken.
  private static func kept(_ path: String, say: (String) -> Void) throws(OutputError) -> String {
    guard FileIdentity(path: path)?.kind == .regular else { return path }
    guard let other = RecordingName(path: path).freePaths(at: realtimeNow()).first else {
      throw OutputError(output: path, reason: "all names with the time in them are taken")
    }
    say("\(path): is there, and with --append it stays; the video of this run is \(other)")
    return other
  }
}
