package import Arguments
package import Capture
internal import FFmpeg
internal import Inference
internal import Model
internal import Output
internal import Tracking

/// What one run is to do, checked as far as it can be without opening anything.
package struct Settings: Sendable {
  /// Where a source's frames come from.
  enum Place: Sendable {
    /// Pictures a second, for pictures in files only.
    case footage(String, rate: Double?)
    case camera(String, CameraSettings)
    /// What is live or, of a web server, may be.
    case network(String, LiveStreamSettings)
    case testPattern(TestPattern)
  }

  package let sources: SourceList
  /// What becomes of live sources that go away.
  package let reconnect: ReconnectPolicy
  /// Path or name; nil is the default model.
  let model: String?
  /// Path of a label file; nil is what the model says itself.
  let labels: String?
  /// What else is said of the model.
  let modelSettings: ModelSettings
  /// Nil is the model's, `LoadedModel.threshold`.
  let threshold: Float?
  /// Names or numbers of the classes to report; none means all.
  let classes: [String]
  let maxDetections: Int?
  /// Nil without tracking.
  let tracking: SortSettings?
  /// Which frames are detected on.
  package let pacing: PacingSettings
  /// A path, or `-` for standard output.
  package let events: OutputPattern
  /// Whether the log's file keeps what it holds.
  package let appends: Bool
  package let video: OutputPattern?
  /// How long the files of a live source's video get; nil for one file.
  package let segment: Duration?
  /// Nil is one for each core.
  let threads: Int?
  /// Of the products of a network of floats.
  let precision: Precision
  let isStepwise: Bool
  let showsStatistics: Bool
  let isQuiet: Bool

  /// - Throws: `UsageError` where options contradict each other or a value cannot be.
  package init(_ values: Values) throws(UsageError) {
    sources = try SourceList(values)
    reconnect = values[Options.reconnect] ?? .backingOff
    model = values[Options.model]
    labels = values[Options.labels]
    modelSettings = ModelSettings(values)
    threshold = values[Options.threshold].map { Float($0) }
    classes = values[Options.classes].flatMap { $0 }
    maxDetections = values[Options.maxDetections]
    if values[Options.track] == .none {
      let ofTracker: [any Declaration] = [Options.trackMaxAge, Options.trackMinHits, Options.trackIoU]
      try values.refuse(ofTracker, "has no effect with --track none")
    }
    tracking =
      switch values[Options.track] {
      case .none: nil
      case .sort:
        SortSettings(
          maxAge: values[Options.trackMaxAge], minHits: values[Options.trackMinHits],
          minIoU: values[Options.trackIoU])
      }
    pacing = try Self.pacing(values)
    appends = values[Options.appends]
    if values[Options.events] == "-" { try values.refuse([Options.appends], "goes with --events PATH, a file") }
    (events, video) = (OutputPattern(text: values[Options.events]), values[Options.video].map(OutputPattern.init))
    if let video, VideoContainer(path: video.text) == nil {
      throw .rule("--video: '\(video.text)' has none of the extensions \(VideoContainer.extensions)")
    }
    if let video, sources.sources.count > 1, !video.isForEachSource {
      throw .rule("--video: several sources need a file each: write %s for their names, as in out-%s.mp4")
    }
    segment = values[Options.segment]
    if video == nil { try values.refuse([Options.segment], "goes with --video") }
    (threads, precision) = (values[Options.threads], values[Options.precision])
    (isStepwise, showsStatistics) = (values[Options.stepwise], values[Options.stats])
    isQuiet = values[Options.quiet]
    if isQuiet { try values.refuse([Options.stats], "has no effect with --quiet") }
  }

  /// Whether it is FFmpeg's libraries that read a source or write the video.
  var needsMedia: Bool {
    video != nil
      || sources.sources.contains {
        switch $0.place {
        case .footage, .network: true
        case .camera, .testPattern: false
        }
      }
  }

  private static func pacing(_ values: Values) throws(UsageError) -> PacingSettings {
    var pacing = PacingSettings()
    switch (values[Options.every], values[Options.maxRate]) {
    case (nil, nil): break
    case (.some, .some): throw .rule("--every and --max-rate exclude each other")
    case (let count?, nil): pacing.rhythm = .every(count)
    case (nil, let rate?): pacing.rhythm = .rate(rate)
    }
    if values[Options.motion] {
      pacing.motionThreshold = values[Options.motionThreshold]
    } else {
      try values.refuse([Options.motionThreshold], "goes with --motion")
    }
    // A track that was missed once needs so many detections to be reported again.
    pacing.settling = values[Options.trackMinHits] + 1
    return pacing
  }
}
