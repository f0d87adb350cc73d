internal import Capture
internal import Detecting
internal import Output
internal import Posix
internal import Streaming

/// Strings the stages of a run together: capture → prepare → detect → track → report.
struct Assembly: Sendable {
  let loaded: LoadedModel
  let settings: Settings
  let classes: Set<Int>?
  let environment: Environment

  /// Opens source and outputs, runs the frames through, and returns what there is to say at the end. Where the run fails
  /// with frames behind it, `failed` is told that before the failure is thrown.
  ///
  /// - Parameters:
  ///   - say: takes warnings.
  ///   - showsProgress: whether a line on the terminal tells how far the run is.
  ///   - midway: is told what there is to say so far, whenever SIGUSR1 asks for it.
  func run(
    interrupt: Interrupt, showsProgress: Bool = false, say: @escaping @Sendable (String) -> Void,
    midway: @escaping @Sendable (Closing) -> Void = { _ in }, failed: (Closing) -> Void = { _ in }
  ) throws -> Closing {
    let sources = try settings.sources.sources.indices.map {
      try OpenedSource($0, of: settings.sources, settings.reconnect, interrupt: interrupt, say: say)
    }
    let reopening = Reopening()
    let reporter = try Outputs.open(
      settings, sources, loaded, interrupt: interrupt, reopening: reopening, say: say)
    let isLive = sources.contains(where: \.info.isLive)
    let pipeline = try pipeline(sources.map(\.inlet), reporter, isLive: isLive)
    let (start, used) = (monotonicNow(), Processor.timeUsed)
    let names = settings.sources.sources.map(\.name)
    let closing: @Sendable () -> Closing = {
      Closing(
        names: names, accounts: sources.map { $0.account.withLock { $0 } }, stages: pipeline.statistics,
        isLive: isLive, elapsed: monotonicNow() - start, processorTime: Processor.timeUsed - used)
    }
    let progress = Progress(total: Self.total(of: sources.map(\.info)), isShown: showsProgress) {
      let stages = pipeline.statistics
      return (stages.last?.count ?? 0, stages.reduce(0) { $0 + $1.dropCount })
    }
    defer { progress.end() }
    let asked = AskedStatistics { midway(closing()) }
    let hangUps = HangUps(reopening: settings.events.text == "-" ? nil : reopening, interrupt: interrupt)
    let service = Service.begin(
      environment, pipeline, sources, patience: settings.sources.patience, interrupt: interrupt)
    defer { service?.end() }
    // What went wrong is told however the run ends.
    let result = Result { try pipeline.run(settings.isStepwise ? .stepwise : .pipelined) }
    _ = asked
    _ = hangUps
    progress.end()
    for source in sources {
      if let summary = source.trouble.account.summary { say("\(source.info.name): \(summary)") }
    }
    let end = closing()
    if case .failure = result, end.account.captured > 0 { failed(end) }
    do { try result.get() } catch let error as ThreadShortage {
      throw AppError("\(error); a smaller --threads needs fewer")
    }
    return end
  }

  /// How many frames there will be; nil where that is not known.
  private static func total(of infos: [SourceInfo]) -> Int? {
    var total = 0
    for info in infos {
      guard !info.isLive, let count = info.frameCount else { return nil }
      total += count
    }
    return total
  }

  /// Returns the stages that carry pictures from `inlets` to `reporter`.
  private func pipeline(
    _ inlets: [Inlet<CapturedPicture>], _ reporter: consuming sending Reporter, isLive: Bool
  ) throws -> Pipeline {
    let plan = PipelinePlan(settings, isLive: isLive)
    let preparing = PreparingStage(
      loaded, settings.pacing, sourceCount: inlets.count, tensorCount: plan.tensorCount,
      keepsPixels: settings.video != nil)
    let rules = DetectorSettings(
      threshold: settings.threshold ?? loaded.threshold, classes: classes, maxDetections: settings.maxDetections)
    let lanes = DetectingLanes(loaded, rules, threads: plan.threadsOfLane, slowness: environment.slowness)
    let tracking = TrackingStage(settings.tracking, labels: loaded.labels, sourceCount: inlets.count)
    return
      try Pipeline
      .from(inlets)
      .through("prepare", owning: preparing, depth: plan.preparedAhead) { try $0.prepare($1) }
      .through(
        "detect", lanes: plan.lanes, owning: lanes.makeLane, depth: .ahead(1), helpers: { lanes.helpersTime },
        counting: { $0.treatment == .detect }
      ) { $0.detect($1) }
      .through("track", owning: tracking, depth: .ahead(1)) { $0.follow($1) }
      .into("report", reporter) {
        try $0.report($1)
      } finish: { (reporter: consuming Reporter) in
        try reporter.finish()
      }
  }
}
