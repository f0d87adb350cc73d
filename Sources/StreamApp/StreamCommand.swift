internal import Arguments
internal import Capture
internal import Model
internal import Posix
internal import Scene
internal import Streaming

/// `stream`: frames from a source through the network to events and video.
struct StreamCommand {
  private let settings: Settings
  private let environment: Environment

  init(_ settings: Settings, _ environment: Environment) { (self.settings, self.environment) = (settings, environment) }

  /// Runs until the source ends, a signal asks to stop, or something fails.
  func run() throws {
    let interrupt = Interrupt()
    let signals = Signals(interrupt: interrupt)
    let loaded = try LoadedModel(settings.model, environment)
    let classes = try ClassSelection.classes(settings.classes, of: loaded.model.labels)
    var damage: FootageDamage?
    let source = try settings.source.open(interrupt: interrupt) { damage = $0 }
    let info = source.info
    let say: @Sendable (String) -> Void = Terminal.voice(isQuiet: settings.isQuiet)
    let reporter = try Outputs.open(settings, info: info, interrupt: interrupt, say: say)

    let assembly = Assembly(
      loaded: loaded, settings: settings, classes: classes, isLive: info.isLive,
      slowness: environment.slowness)
    let account = Guarded(FrameAccount())
    let pipeline = try assembly.pipeline(source, reporter, interrupt: interrupt, account: account)
    let start = monotonicNow()
    let progress = Progress(pipeline, info: info, isShown: !settings.isQuiet && Terminal.isInteractive)
    defer { progress.end() }
    try pipeline.run(settings.isStepwise ? .stepwise : .pipelined)
    progress.end()
    if let warning = damage?.warning(for: info.name) { say(warning) }
    if !settings.isQuiet {
      let closing = Closing(
        stages: pipeline.statistics, account: account.withLock { $0 }, isLive: info.isLive,
        elapsed: monotonicNow() - start)
      Terminal.say(closing.line)
      if settings.showsStatistics { Terminal.say(closing.table) }
    }
    _ = signals
  }
}

extension FootageDamage {
  /// What is said of damaged footage; nil where nothing was wrong.
  fileprivate func warning(for name: String) -> String? {
    var parts: [String] = []
    if count > 0 { parts.append("\(count) damaged packets or pictures were left out") }
    if let earlyEnd { parts.append("it ended early: \(earlyEnd)") }
    return parts.isEmpty ? nil : "\(name): \(parts.joined(separator: "; "))"
  }
}
