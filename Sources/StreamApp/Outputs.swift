internal import Capture
internal import Output
internal import Posix

/// Opens the outputs of a run, after everything that can fail before them has not.
enum Outputs {
  /// Returns the reporter that writes to them.
  ///
  /// - Parameter say: takes warnings.
  /// - Throws: `OutputError` where an output cannot be written, is the input, or both are one file; nothing was
  ///   emptied then.
  static func open(
    _ settings: Settings, info: SourceInfo, interrupt: Interrupt, say: @escaping @Sendable (String) -> Void
  ) throws(OutputError) -> Reporter {
    let paths = [settings.video, settings.events == "-" ? nil : settings.events].compactMap { $0 }
    for path in paths {
      guard let identity = FileIdentity(path: path), identity.kind == .regular else { continue }
      if info.files.contains(where: { FileIdentity(path: $0) == identity }) {
        throw OutputError(output: path, reason: "is the input")
      }
    }
    if paths.count == 2, isSame(paths[0], paths[1]) {
      throw OutputError(output: paths[0], reason: "is both event log and video")
    }
    // The log is emptied by its first line, the video when it is opened: so the log comes first.
    let events =
      settings.events == "-"
      ? try EventLog.standardOutput(interrupt: interrupt) : try EventLog(path: settings.events, interrupt: interrupt)
    var video: AnnotatedVideo?
    if let path = settings.video { video = try AnnotatedVideo(path: path, of: info, say: say) }
    return Reporter(events: events, video: video)
  }

  private static func isSame(_ one: String, _ other: String) -> Bool {
    if one == other { return true }
    guard let identity = FileIdentity(path: one), identity.kind == .regular else { return false }
    return identity == FileIdentity(path: other)
  }
}
