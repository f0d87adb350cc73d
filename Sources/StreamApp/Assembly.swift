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
  /// Every detection takes at least so long; for tests of the live path.
  let slowness: Duration

  /// Input tensors: one being prepared, one waiting, one being detected, and one in hand between them.
  private static let tensors = 4

  /// Opens source and outputs, runs the frames through, and returns what there is to say at the end.
  ///
  /// - Parameters:
  ///   - say: takes warnings.
  ///   - showsProgress: whether a line on the terminal tells how far the run is.
  func run(
    interrupt: Interrupt, showsProgress: Bool = false, say: @escaping @Sendable (String) -> Void
  ) throws -> Closing {
    var damage: FootageDamage?
    let source = try settings.source.open(interrupt: interrupt) { damage = $0 }
    let info = source.info
    let reporter = try Outputs.open(settings, info: info, interrupt: interrupt, say: say)
    let account = Guarded(FrameAccount())
    let pipeline = try pipeline(source, reporter, isLive: info.isLive, interrupt: interrupt, account: account)
    let start = monotonicNow()
    let progress = Progress(pipeline, info: info, isShown: showsProgress)
    defer { progress.end() }
    try pipeline.run(settings.isStepwise ? .stepwise : .pipelined)
    progress.end()
    if let warning = damage?.warning(for: info.name) { say(warning) }
    return Closing(
      stages: pipeline.statistics, account: account.withLock { $0 }, isLive: info.isLive,
      elapsed: monotonicNow() - start)
  }

  private func pipeline(
    _ source: consuming sending any FrameSource & ~Copyable, _ reporter: consuming sending Reporter, isLive: Bool,
    interrupt: Interrupt, account: Guarded<FrameAccount>
  ) throws -> Pipeline {
    let (engine, labels, slowness) = (loaded.engine, loaded.model.labels, slowness)
    let pool = TensorPool(layout: engine.inputLayout, capacity: Self.tensors)
    let keepsPixels = settings.video != nil
    let preparer = Preparer(loaded.model.input, layout: engine.inputLayout, kernels: loaded.kernels)
    let detector = try Detector(
      model: loaded.model, engine: engine,
      settings: DetectorSettings(
        threshold: settings.threshold, classes: classes, maxDetections: settings.maxDetections),
      threads: settings.threads ?? Processor.coreCount)
    let follower = Follower(settings.tracking, labels: labels)

    return
      Pipeline
      .from(
        "capture", source, overflow: isLive ? .dropOldest : .wait, interrupt: { interrupt.request() }
      ) { (source: inout any FrameSource & ~Copyable) in try source.next() }
      .through("prepare", owning: preparer, depth: isLive ? .onDemand : .ahead(1)) {
        (preparer: inout Preparer, frame: consuming Frame) in
        let tensor = pool.take()
        try preparer.prepare(frame, into: tensor)
        let facts = PictureFacts(frame)
        let kept: Frame? = keepsPixels ? consume frame : nil
        return PreparedPicture(facts: facts, frame: kept, tensor: tensor)
      }
      .through("detect", owning: detector, depth: .ahead(1)) {
        (detector: inout Detector, picture: consuming PreparedPicture) in
        let start = monotonicNow()
        let facts = picture.facts
        let detections = detector.detect(picture.tensor, width: facts.width, height: facts.height)
        if slowness > .zero { sleep(until: start + slowness) }
        return DetectedPicture(facts: facts, frame: picture.frame, detections: detections)
      }
      .through("track", owning: follower, depth: .ahead(1)) {
        (follower: inout Follower, picture: consuming DetectedPicture) in
        let objects = follower.objects(of: picture.detections, at: picture.facts.stamp.time)
        return FollowedPicture(facts: picture.facts, frame: picture.frame, objects: objects)
      }
      .into("report", reporter) { (reporter: inout Reporter, picture: consuming FollowedPicture) in
        try reporter.report(picture)
      } finish: { (reporter: consuming Reporter) in
        let counted = try reporter.finish()
        account.withLock { $0 = counted }
      }
  }
}

/// Sleeps until `deadline` on the monotonic clock.
private func sleep(until deadline: Duration) {
  let rest = deadline - monotonicNow()
  if rest > .zero { usleep(UInt32(min(rest / .microseconds(1), 1e6))) }
}

extension FootageDamage {
  /// What is said of footage that was not read as it is; nil where nothing was wrong.
  fileprivate func warning(for name: String) -> String? {
    var parts: [String] = []
    func tell(_ count: Int, _ one: String, _ many: String) {
      if count > 0 { parts.append(count == 1 ? "1 \(one)" : "\(count) \(many)") }
    }
    let account = account
    tell(account.passedOver, "file that is no picture was passed over", "files that are no pictures were passed over")
    tell(account.leftOut, "damaged packet or picture was left out", "damaged packets or pictures were left out")
    tell(account.concealed, "picture is damaged in part", "pictures are damaged in part")
    if let earlyEnd = account.earlyEnd { parts.append("it ended early: \(earlyEnd)") }
    return parts.isEmpty ? nil : "\(name): \(parts.joined(separator: "; "))"
  }
}
