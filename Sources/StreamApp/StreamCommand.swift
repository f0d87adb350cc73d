internal import Arguments
internal import FFmpeg
internal import Model
internal import Posix

/// `stream`: frames from a source through the network to events and video.
struct StreamCommand {
  private let settings: Settings
  private let environment: Environment

  init(_ settings: Settings, _ environment: Environment) { (self.settings, self.environment) = (settings, environment) }

  /// Runs until the source ends, a signal asks to stop, or something fails.
  func run() throws {
    Heap.returnLargeBlocks()
    let interrupt = Interrupt()
    try Signals.listen(interrupt)
    if settings.needsMedia { MediaLibraries.openAhead() }
    let loaded = try LoadedModel(settings, environment)
    loaded.tellGuesses(maxDetections: settings.maxDetections, Terminal.voice(isQuiet: settings.isQuiet))
    let classes = try ClassSelection.classes(settings.classes, of: loaded.labels, numbers: loaded.head.classNumbers)
    let identity = settings.showsStatistics ? loaded.identity() : ""
    let assembly = Assembly(loaded: loaded, settings: settings, classes: classes, environment: environment)
    let (isQuiet, showsProgress) = (settings.isQuiet, !settings.isQuiet && Terminal.isInteractive)
    let closing = try assembly.run(
      interrupt: interrupt, showsProgress: showsProgress, say: Terminal.voice(isQuiet: isQuiet),
      midway: { if !isQuiet { Terminal.say("\(showsProgress ? Terminal.clearLine : "")\($0.lines)\n\($0.table)") } },
      failed: { tell($0, identity) })
    tell(closing, identity)
  }

  /// Says how the run went, and by which model.
  private func tell(_ closing: Closing, _ identity: String) {
    guard !settings.isQuiet else { return }
    Terminal.say(closing.lines)
    if settings.showsStatistics { Terminal.say("\(closing.table)\n\(identity)") }
  }
}
