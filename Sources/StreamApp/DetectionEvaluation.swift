internal import Arguments
internal import Detecting
internal import Evaluation
internal import FFmpeg
internal import Model
internal import Output
internal import Pixels
internal import Posix
internal import Scene

/// Scores detections, a model's or those of a file, against an annotation file.
struct DetectionEvaluation {
  private let values: Values
  private let environment: Environment
  /// The path of the annotation file.
  private let annotations: String
  private let say: @Sendable (String) -> Void

  init(_ values: Values, _ environment: Environment, annotations: String) {
    (self.values, self.environment, self.annotations) = (values, environment, annotations)
    say = Terminal.voice(isQuiet: values[Options.quiet])
  }

  /// Returns the scores of the result file at `path`.
  ///
  /// - Throws: `AppError` or `COCOError` where a file cannot be read.
  func report(scoring path: String) throws -> PrecisionReport {
    let truth = try truth()
    let (detections, strays) = try COCOResults.detections(
      parsing: WholeFile.bytes(of: path), file: path, of: truth)
    if strays > 0 {
      say("\(path): \(strays) of \(detections.count + strays) detections left out: category not listed")
    }
    return PrecisionReport(detections, truth: truth)
  }

  /// Runs the model over the pictures in `folder`, writes the result file that was asked for, and returns the scores.
  ///
  /// The first signal ends it after the picture at hand: then the pictures so far are scored.
  ///
  /// - Throws: an error that names the file, where the model, a file or a picture cannot be read, a picture is missing,
  ///   or the result file cannot be written.
  func report(runningOver folder: String) throws -> PrecisionReport {
    let interrupt = Interrupt()
    try Signals.listen(interrupt)
    try checkResults()
    var truth = try truth()
    let loaded = try LoadedModel(
      values[Options.model], labels: values[Options.labels], settings: ModelSettings(values),
      precision: values[Options.precision], environment)
    let map = CategoryMap(loaded.head.classNumbers, labels: loaded.labels, categories: truth.categories)
    try tell(map, of: loaded)
    let pictures = try self.pictures(of: truth, in: folder)
    truth = truth.limited(to: Set(pictures.map(\.id)))
    let results = try values[Options.results].map { try LineOutput(path: $0, interrupt: interrupt) }

    var detector = try PictureDetector(
      loaded,
      DetectorSettings(
        threshold: values[Options.evaluationThreshold].map { Float($0) }, maxDetections: values[Options.maxDetections]),
      threads: values[Options.threads])
    let start = monotonicNow()
    let (detections, count) = try self.detections(in: pictures, map, &detector, interrupt)
    let elapsed = monotonicNow() - start
    if count < pictures.count {
      say("stopped: \(count) of \(pictures.count) pictures are scored")
      truth = truth.limited(to: Set(pictures.prefix(count).map(\.id)))
    }
    if var results {
      try results.write(COCOResults.bytes(of: detections))
      try results.close()
    }
    return PrecisionReport(detections, truth: truth, model: loaded.name, elapsed: elapsed)
  }

  /// Returns what the model finds in `pictures`, one after the other, and in how many of them it looked.
  private func detections(
    in pictures: [(id: Int, path: String)], _ map: CategoryMap, _ detector: inout PictureDetector,
    _ interrupt: Interrupt
  ) throws(AppError) -> (detections: [COCODetection], count: Int) {
    let done = Guarded(0)
    let progress = Progress(
      total: pictures.count, unit: "pictures", isShown: !values[Options.quiet] && Terminal.isInteractive
    ) { (done.withLock { $0 }, 0) }
    defer { progress.end() }
    var detections: [COCODetection] = []
    for (count, picture) in pictures.enumerated() {
      if interrupt.isRequested { return (detections, count) }
      guard let found = try self.detections(in: picture.path, &detector, interrupt) else { return (detections, count) }
      for detection in found {
        guard let category = map.categories[detection.classID],
          let line = COCODetection(
            picture: picture.id, category: category, rect: detection.rect, score: detection.score)
        else { continue }
        detections.append(line)
      }
      done.withLock { $0 = count + 1 }
    }
    return (detections, pictures.count)
  }

  /// Reads the annotation file and tells what is odd about it.
  private func truth() throws -> COCOTruth {
    let truth = try COCOTruth(parsing: WholeFile.bytes(of: annotations), file: annotations)
    for note in truth.notes { say("\(annotations): \(note)") }
    return truth
  }

  /// - Throws: `UsageError` where the result file is standard output, which has the figures; `AppError` where it is the
  ///   annotation file.
  private func checkResults() throws {
    guard let path = values[Options.results] else { return }
    if path == "-" { throw UsageError.rule("--results needs a file: standard output has the figures") }
    if let own = FileIdentity(path: path), own == FileIdentity(path: annotations) {
      throw AppError("\(path): is the annotation file")
    }
  }

  /// Tells which classes found no partner.
  ///
  /// - Throws: `AppError` where none did.
  private func tell(_ map: CategoryMap, of loaded: LoadedModel) throws(AppError) {
    guard !map.categories.isEmpty else {
      throw AppError("\(annotations): has no category that \(loaded.name) knows")
    }
    if map.isByNumber { say("\(loaded.name) names no class: its numbers are taken for the categories' ids") }
    if !map.foreignClasses.isEmpty {
      say("not in the annotations, and left out: \(Self.listed(map.foreignClasses))")
    }
    if !map.unknownCategories.isEmpty {
      say("not known to \(loaded.name), and never found: \(Self.listed(map.unknownCategories))")
    }
  }

  /// Returns ids and paths of the pictures to look at, by id.
  ///
  /// - Throws: `AppError` where one has no name or is missing.
  private func pictures(of truth: COCOTruth, in folder: String) throws(AppError) -> [(id: Int, path: String)] {
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    var (pictures, missing) = ([(id: Int, path: String)](), [String]())
    for picture in truth.pictures {
      guard let name = picture.fileName else {
        throw AppError("\(annotations): picture \(picture.id) has no file_name")
      }
      let path = prefix + name
      if FileIdentity(path: path) == nil { missing.append(path) } else { pictures.append((picture.id, path)) }
    }
    guard let first = missing.first else { return pictures }
    let count = "\(missing.count) of \(truth.pictures.count) pictures are missing"
    guard values[Options.skipMissing], !pictures.isEmpty else {
      throw AppError("\(first): no such file; \(count)\(pictures.isEmpty ? "" : " (--skip-missing scores the others)")")
    }
    say("\(count); the others are scored")
    return pictures
  }

  /// Returns what the model finds in the picture at `path`; nil where a signal came before it was read.
  private func detections(
    in path: String, _ detector: inout PictureDetector, _ interrupt: Interrupt
  ) throws(AppError) -> [Detection]? {
    do throws(MediaError) {
      let frame = try StillPicture.read(path, interrupt: interrupt)
      do { return try detector.detections(in: frame) } catch { throw MediaError("", reason: "\(error)") }
    } catch {
      if error.isInterrupt { return nil }
      throw AppError("\(path): \(error)")
    }
  }

  /// A few names, and how many more there are.
  private static func listed(_ names: [String]) -> String {
    let most = 8
    let rest = names.count > most ? " and \(names.count - most) more" : ""
    return names.prefix(most).joined(separator: ", ") + rest
  }
}
