internal import Arguments
internal import Capture
internal import Detecting
internal import FFmpeg
internal import Model
internal import Output
internal import Pixels
internal import Posix
internal import Scene

/// `stream detect`: what is in still pictures, one JSON line for each, and the pictures with it drawn on them.
struct DetectCommand {
  private let values: Values
  private let environment: Environment

  init(_ values: Values, _ environment: Environment) { (self.values, self.environment) = (values, environment) }

  /// Looks at all pictures in order; one that cannot be read or drawn is told, and the others go on.
  ///
  /// A signal ends it after the picture at hand.
  ///
  /// - Throws: `UsageError`, or an error that concerns all pictures; `AppError` at the end where a picture failed.
  func run() throws {
    let pictures = try PictureArguments(values[Options.images])
    let target = try values[Options.draw].map { try DrawingTarget($0, for: pictures.paths) }
    let interrupt = Interrupt()
    try Signals.listen(interrupt)
    var ahead = PicturesAhead(pictures.paths, interrupt: interrupt)
    let loaded = try LoadedModel(values, environment)
    let say = Terminal.voice(isQuiet: values[Options.quiet])
    loaded.tellGuesses(maxDetections: values[Options.maxDetections], say)
    pictures.notes.forEach(say)
    try target?.prepare(loaded)
    let classes = try ClassSelection.classes(
      values[Options.classes].flatMap { $0 }, of: loaded.labels, numbers: loaded.head.classNumbers)
    var detector = try PictureDetector(
      loaded,
      DetectorSettings(
        threshold: values[Options.threshold].map { Float($0) } ?? loaded.threshold, classes: classes,
        maxDetections: values[Options.maxDetections]),
      threads: values[Options.threads])
    var drawing: AnnotatedPictures?
    if target != nil {
      drawing = AnnotatedPictures(kernels: loaded.kernels, interrupt: interrupt, say: say)
    }
    var log: PictureLog? = try PictureLog.standardOutput(interrupt: interrupt)
    var failures = Failures(of: pictures.paths.count + pictures.problems.count)
    for problem in pictures.problems { failures.add(problem) }

    for path in pictures.paths where !interrupt.isRequested {
      do {
        let frame = try ahead.next()
        if ahead.wasOneOfMany {
          say("\(SecretFree.input(path)): only the first of its pictures is looked at; stream --input looks at all")
        }
        let objects = try detector.detections(in: frame).map { SeenObject($0, loaded.labels) }
        do throws(OutputError) {
          try log?.write(SecretFree.name(of: path), width: frame.width, height: frame.height, objects)
        } catch {
          guard error.isClosedPipe else { throw error }
          // Who reads a part only, as `head` does, has what it wants; what is drawn is for others.
          log = nil
        }
        guard let target else {
          if log == nil { break }
          continue
        }
        do throws(OutputError) { try drawing?.write(frame, objects, to: target[path]) } catch {
          failures.add(error.description)
        }
      } catch let error as MediaError {
        if error.isInterrupt { break }
        failures.add("\(SecretFree.input(path)): \(error)")
      } catch let error as PictureError {
        failures.add("\(SecretFree.input(path)): \(error)")
      }
    }
    try log?.finish()
    try failures.end()
  }
}

/// The pictures that failed: told at once, but for a single picture, whose failure is that of the command.
private struct Failures {
  private let total: Int
  private var count = 0
  private var last = ""

  /// Of so many pictures.
  init(of total: Int) { self.total = total }

  mutating func add(_ reason: String) {
    (count, last) = (count + 1, reason)
    if total > 1 { Terminal.say("stream: \(reason)") }
  }

  /// - Throws: `AppError` where a picture failed.
  func end() throws(AppError) {
    if count > 0 { throw AppError(total > 1 ? "\(count) of \(total) pictures failed" : last) }
  }
}
