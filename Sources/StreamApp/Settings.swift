internal import Arguments
internal import Capture
internal import FFmpeg
internal import Tracking

/// What one run is to do, checked as far as it can be without opening anything.
struct Settings: Sendable {
  /// Where the frames come from.
  enum Source: Sendable {
    /// Pictures a second, for pictures in files only.
    case footage(String, rate: Double?)
    case camera(String, CameraSettings)
    case testPattern(TestPattern)
  }

  let source: Source
  /// Path or name; nil is the default model.
  let model: String?
  /// Path of a label file; nil is what the model says itself.
  let labels: String?
  let threshold: Float
  /// Names or numbers of the classes to report; none means all.
  let classes: [String]
  let maxDetections: Int?
  /// Nil without tracking.
  let tracking: SortSettings?
  /// Which frames are detected on.
  let pacing: PacingSettings
  /// A path, or `-` for standard output.
  let events: String
  let video: String?
  /// Nil is one for each core.
  let threads: Int?
  let isStepwise: Bool
  let showsStatistics: Bool
  let isQuiet: Bool

  /// - Throws: `UsageError` where options contradict each other or a value cannot be.
  init(_ values: Values) throws(UsageError) {
    source = try Self.source(values)
    model = values[Options.model]
    labels = values[Options.labels]
    threshold = Float(values[Options.threshold])
    classes = values[Options.classes].flatMap { $0 }
    maxDetections = values[Options.maxDetections]
    tracking =
      switch values[Options.track] {
      case .none: nil
      case .sort:
        SortSettings(
          maxAge: values[Options.trackMaxAge], minHits: values[Options.trackMinHits],
          minIoU: values[Options.trackIoU])
      }
    pacing = try Self.pacing(values)
    (events, video) = (values[Options.events], values[Options.video])
    if let video, VideoContainer(path: video) == nil {
      let known = VideoContainer.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
      throw .rule("--video: '\(video)' has none of the extensions \(known)")
    }
    threads = values[Options.threads]
    (isStepwise, showsStatistics) = (values[Options.stepwise], values[Options.stats])
    isQuiet = values[Options.quiet]
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
    } else if values.has(Options.motionThreshold.name) {
      throw .rule("--motion-threshold goes with --motion")
    }
    // A track that was missed once needs so many detections to be reported again.
    pacing.settling = values[Options.trackMinHits] + 1
    return pacing
  }

  private static func source(_ values: Values) throws(UsageError) -> Source {
    switch (values[Options.input], values[Options.camera]) {
    case (nil, nil): throw .rule("nothing to look at: give --input PATH or --camera DEVICE (stream --help)")
    case (.some, .some): throw .rule("--input and --camera exclude each other")
    case (nil, let device?):
      if values.has(Options.inputRate.name) { throw .rule("--input-rate goes with --input, not with --camera") }
      let size = values[Options.size]
      return .camera(
        device,
        CameraSettings(
          width: size?.width, height: size?.height, rate: values[Options.rate],
          format: values[Options.format], controls: values[Options.controls].map { ($0.name, $0.value) }))
    case (let path?, nil):
      let ofCameras: [any Declaration] = [Options.size, Options.rate, Options.format, Options.controls]
      if let misplaced = ofCameras.map(\.name).first(where: values.has) {
        throw .rule("--\(misplaced) asks a camera; it does not go with --input")
      }
      let pattern: TestPattern?
      do { pattern = try TestPattern(parsing: path) } catch { throw .rule("--input: \(error)") }
      guard let pattern else { return .footage(path, rate: values[Options.inputRate]) }
      if values.has(Options.inputRate.name) { throw .rule("--input-rate: a test pattern's own name says its rate") }
      return .testPattern(pattern)
    }
  }
}
