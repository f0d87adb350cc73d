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
  /// The first signal ends it after the picture at hand: then the pictures so far are scored. A picture that cannot be
  /// read ends it too, unless such are skipped; what was found before is then written and not scored.
  ///
  /// - Throws: an error that names the file, where the model, a file or a picture cannot be read, a picture is missing,
  ///   or the result file cannot be written; `UsageError` where that would be standard output.
  func report(runningOver folder: String) throws -> PrecisionReport {
    let interrupt = Interrupt()
    try Signals.listen(interrupt)
    if values[Options.results] == "-" {
      throw UsageError.rule("--results needs a file: standard output has the figures")
    }
    var truth = try truth()
    let loaded = try LoadedModel(values, environment)
    loaded.tellGuesses(maxDetections: values[Options.maxDetections], say)
    let pictures = try self.pictures(of: truth, in: folder)
    try checkResults(loaded, pictures.map(\.path))
    let map = CategoryMap(loaded.head.classNumbers, labels: loaded.labels, categories: truth.categories)
    try tell(map, of: loaded)
    let results = try values[Options.results].map { try LineOutput(path: $0, interrupt: interrupt) }

    var detector = try PictureDetector(
      loaded,
      DetectorSettings(
        threshold: values[Options.evaluationThreshold].map { Float($0) }, maxDetections: values[Options.maxDetections]),
      threads: values[Options.threads])
    let start = monotonicNow()
    let findings = findings(in: pictures, map, &detector, interrupt)
    let elapsed = monotonicNow() - start
    if var results {
      try results.write(COCOResults.bytes(of: findings.detections))
      try results.close()
    }
    if let misfits = findings.misfits.description { say(misfits) }
    if let failure = findings.failure { throw failure }
    if findings.skipped > 0 {
      guard findings.skipped < pictures.count else { throw AppError("\(folder): no picture can be read") }
      say("\(findings.skipped) of \(pictures.count) pictures cannot be read; the others are scored")
    }
    let reached = findings.looked.count + findings.skipped
    if reached < pictures.count { say("stopped: \(findings.looked.count) of \(pictures.count) pictures are scored") }
    truth = truth.limited(to: findings.looked)
    return PrecisionReport(findings.detections, truth: truth, model: loaded.name, elapsed: elapsed)
  }

  /// What a model found in pictures.
  private struct Findings {
    var detections: [COCODetection] = []
    /// The ids of the pictures that it looked at.
    var looked: Set<Int> = []
    var misfits = Misfits()
    /// How many could not be read and were passed over.
    var skipped = 0
    /// Why it ended early: a picture that could not be read.
    var failure: AppError?
  }

  /// Pictures whose boxes are for another size: they do not fit, and nothing that is found is right.
  private struct Misfits {
    /// What there is to say of the first.
    private var first = ""
    private var count = 0

    /// What there is to say of them; nil where there are none.
    var description: String? {
      guard count > 1 else { return count > 0 ? first : nil }
      return "\(first); \((count - 1).counted("more picture has", "more pictures have")) another size than annotated"
    }

    /// Notes the picture at `path`, which has so many pixels, where its boxes are for so many others.
    mutating func note(_ path: String, of size: COCOTruth.Size, annotated: COCOTruth.Size?) {
      guard let annotated, !annotated.fits(size) else { return }
      if count == 0 { first = "\(path): has \(size) pixels, but its boxes are for \(annotated)" }
      count += 1
    }
  }

  /// Returns what the model finds in `pictures`, one after the other, up to where a signal or a failure ends it.
  private func findings(
    in pictures: [(picture: COCOTruth.Picture, path: String)], _ map: CategoryMap, _ detector: inout PictureDetector,
    _ interrupt: Interrupt
  ) -> Findings {
    let done = Guarded(0)
    let progress = Progress(
      total: pictures.count, unit: "picture", isShown: !values[Options.quiet] && Terminal.isInteractive
    ) { (done.withLock { $0 }, 0) }
    defer { progress.end() }
    var findings = Findings()
    for (count, (picture, path)) in pictures.enumerated() {
      if interrupt.isRequested { break }
      let found: [Detection]
      do throws(AppError) {
        guard let seen = try detections(in: path, &detector, interrupt) else { break }
        found = seen.detections
        findings.misfits.note(path, of: seen.size, annotated: picture.size)
      } catch {
        guard values[Options.skipMissing] else {
          findings.failure = AppError("\(error) (--skip-missing scores the others)")
          break
        }
        say(error.description)
        findings.skipped += 1
        continue
      }
      findings.looked.insert(picture.id)
      for detection in found {
        guard let category = map.categories[detection.classID],
          let line = COCODetection(
            picture: picture.id, category: category, rect: detection.rect, score: detection.score)
        else { continue }
        findings.detections.append(line)
      }
      done.withLock { $0 = count + 1 }
    }
    return findings
  }

  /// Reads the annotation file and tells what is odd about it.
  private func truth() throws -> COCOTruth {
    let truth = try COCOTruth(parsing: WholeFile.bytes(of: annotations), file: annotations)
    for note in truth.notes { say("\(annotations): \(note)") }
    return truth
  }

  /// - Throws: `OutputError` where the result file is a file that is read.
  private func checkResults(_ loaded: LoadedModel, _ pictures: [String]) throws {
    guard let path = values[Options.results] else { return }
    var check = OutputCheck()
    check.protect([annotations].compactMap { FileIdentity(path: $0) }, as: "the annotation file")
    check.protect(loaded)
    check.protect(pictures.compactMap { FileIdentity(path: $0) }, as: "one of the pictures")
    try check.add(path, as: "result file")
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
      say("not in the annotations, and left out: \(map.foreignClasses.listed(most: 8))")
    }
    if !map.unknownCategories.isEmpty {
      say("not known to \(loaded.name), and never found: \(map.unknownCategories.listed(most: 8))")
    }
  }

  /// Returns the pictures to look at with their paths, by id.
  ///
  /// - Throws: `AppError` where one has no name or is missing.
  private func pictures(of truth: COCOTruth, in folder: String) throws(AppError) -> [(
    picture: COCOTruth.Picture, path: String
  )] {
    let prefix = PathParts(folder).prefix
    var (pictures, missing) = ([(picture: COCOTruth.Picture, path: String)](), [String]())
    for picture in truth.pictures {
      guard let name = picture.fileName else {
        throw AppError("\(annotations): picture \(picture.id) has no file_name")
      }
      let path = prefix + name
      if FileIdentity(path: path) == nil { missing.append(path) } else { pictures.append((picture, path)) }
    }
    guard let first = missing.first else { return pictures }
    let count = "\(missing.count) of \(truth.pictures.count) pictures are missing"
    guard values[Options.skipMissing], !pictures.isEmpty else {
      throw AppError("\(first): no such file; \(count)\(pictures.isEmpty ? "" : " (--skip-missing scores the others)")")
    }
    say("\(count); the others are scored")
    return pictures
  }

  /// Returns what the model finds in the picture at `path`, and how large that is; nil where a signal came before it was
  /// read.
  private func detections(
    in path: String, _ detector: inout PictureDetector, _ interrupt: Interrupt
  ) throws(AppError) -> (detections: [Detection], size: COCOTruth.Size)? {
    do throws(MediaError) {
      let frame = try StillPicture.read(path, interrupt: interrupt)
      do {
        return (try detector.detections(in: frame), COCOTruth.Size(width: frame.width, height: frame.height))
      } catch { throw MediaError("", reason: "\(error)") }
    } catch {
      if error.isInterrupt { return nil }
      throw AppError("\(path): \(error)")
    }
  }
}
