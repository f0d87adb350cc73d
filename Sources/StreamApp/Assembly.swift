internal import Capture
internal import Detecting
internal import Glibc
internal import Inference
internal import Kernels
internal import Model
internal import Output
internal import Pixels
internal import Posix
internal import Scene
internal import Streaming

/// Strings the stages of a run together: capture → prepare → detect → track → report.
struct Assembly: Sendable {
  let loaded: LoadedModel
  let settings: Settings
  let classes: Set<Int>?
  let environment: Environment

  /// Pictures of footage that wait prepared, beside one for each lane: the decoder takes four times as long for some
  /// pictures as for most, and meanwhile the network goes on.
  private static let reserve = 4

  /// Opens source and outputs, runs the frames through, and returns what there is to say at the end.
  ///
  /// - Parameters:
  ///   - say: takes warnings.
  ///   - showsProgress: whether a line on the terminal tells how far the run is.
  ///   - midway: is told what there is to say so far, whenever SIGUSR1 asks for it.
  func run(
    interrupt: Interrupt, showsProgress: Bool = false, say: @escaping @Sendable (String) -> Void,
    midway: @escaping @Sendable (Closing) -> Void = { _ in }
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
    let service = Service.begin(environment, pipeline, sources, interrupt: interrupt)
    defer { service?.end() }
    // What went wrong is told however the run ends.
    let result = Result { try pipeline.run(settings.isStepwise ? .stepwise : .pipelined) }
    _ = asked
    _ = hangUps
    progress.end()
    for source in sources {
      if let summary = source.trouble.account.summary { say("\(source.info.name): \(summary)") }
    }
    do { try result.get() } catch let error as ThreadShortage {
      throw AppError("\(error); a smaller --threads needs fewer")
    }
    return closing()
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

  private func pipeline(
    _ inlets: [Inlet<CapturedPicture>], _ reporter: consuming sending Reporter, isLive: Bool
  ) throws -> Pipeline {
    let (engine, labels, slowness) = (loaded.engine, loaded.labels, environment.slowness)
    let threads = settings.threads ?? Processor.coreCount
    // Threads that share a picture give its result sooner, threads with a picture each give more results: they never
    // wait for each other.
    // Where few frames are detected on, the others would wait in the lanes for the one before them.
    let lanes = isLive || settings.isStepwise || settings.pacing.isSparse ? 1 : threads
    let keepsPixels = settings.video != nil
    // Where pictures are drawn on they wait with all their pixels, and the encoder is what they wait for.
    let waiting = isLive ? 1 : keepsPixels ? lanes : lanes + Self.reserve
    // Those that wait or are being prepared, and those being detected.
    let pool = TensorPool(layout: engine.inputLayout, capacity: waiting + lanes)
    let preparer = PacedPreparer(
      pacers: inlets.map { _ in Pacer(settings.pacing) },
      preparer: Preparer(loaded.input, layout: engine.inputLayout, kernels: loaded.kernels))
    let rules = DetectorSettings(
      threshold: settings.threshold, classes: classes, maxDetections: settings.maxDetections)
    let helpers = Guarded<[@Sendable () -> Duration]>([])
    let makeDetector: () throws -> sending Detector = { [loaded] in
      let detector = try loaded.detector(rules, threads: threads / lanes)
      helpers.withLock { [time = detector.helpersTime] in $0.append(time) }
      return detector
    }
    let followers = inlets.map { _ in Follower(settings.tracking, labels: labels) }

    return
      try Pipeline
      .from(inlets)
      .through("prepare", owning: preparer, depth: isLive ? .onDemand : .ahead(waiting)) {
        (preparer: inout PacedPreparer, picture: consuming CapturedPicture) in
        let source = picture.source
        let frame = picture.frame
        let treatment = try preparer.pacers[source].treatment(of: frame)
        var tensor: InputTensor?
        if treatment == .detect {
          let taken = pool.take()
          try preparer.preparer.prepare(frame, into: taken)
          tensor = consume taken
        }
        let facts = PictureFacts(frame, of: source)
        let kept: Frame? = keepsPixels ? consume frame : nil
        return PreparedPicture(facts: facts, frame: kept, treatment: treatment, tensor: tensor)
      }
      .through(
        "detect", lanes: lanes, owning: makeDetector, depth: .ahead(1),
        helpers: { helpers.withLock { $0.reduce(.zero) { $0 + $1() } } }, counting: { $0.treatment == .detect }
      ) {
        (detector: inout Detector, picture: consuming PreparedPicture) in
        let start = monotonicNow()
        let (facts, treatment) = (picture.facts, picture.treatment)
        var detections: [Detection] = []
        if let tensor = picture.tensor {
          detections = detector.detect(tensor, width: facts.width, height: facts.height)
          if slowness > .zero { sleep(until: start + slowness) }
        }
        return DetectedPicture(facts: facts, frame: picture.frame, treatment: treatment, detections: detections)
      }
      .through("track", owning: followers, depth: .ahead(1)) {
        (followers: inout [Follower], picture: consuming DetectedPicture) in
        let (facts, treatment) = (picture.facts, picture.treatment)
        let objects = followers[facts.source].objects(of: picture.detections, treatment, at: facts.stamp.time)
        return FollowedPicture(facts: facts, frame: picture.frame, treatment: treatment, objects: objects)
      }
      .into("report", reporter) { (reporter: inout Reporter, picture: consuming FollowedPicture) in
        try reporter.report(picture)
      } finish: { (reporter: consuming Reporter) in
        try reporter.finish()
      }
  }
}

/// The state of the stage that prepares: what chooses frames, and what makes them ready.
private struct PacedPreparer: ~Copyable {
  /// By the sources' numbers.
  var pacers: [Pacer]
  var preparer: Preparer
}

/// Sleeps until `deadline` on the monotonic clock.
private func sleep(until deadline: Duration) {
  let rest = deadline - monotonicNow()
  if rest > .zero { usleep(UInt32(min(rest / .microseconds(1), 1e7))) }
}
