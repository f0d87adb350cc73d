internal import Arguments

/// `stream evaluate`: how right detections or tracks are.
struct EvaluateCommand {
  private let values: Values
  private let environment: Environment

  init(_ values: Values, _ environment: Environment) { (self.values, self.environment) = (values, environment) }

  /// Scores what the options name and prints a table or one JSON object.
  ///
  /// - Throws: `UsageError` for options that do not go together, else the error of what cannot be read or run.
  func run() throws {
    if let folder = values[Options.sequences] {
      try values.refuse(
        [Options.annotations, Options.evaluatedImages, Options.detections] + Self.ofRuns, "has no effect with --mot")
      let evaluation = TrackingEvaluation(
        folder: folder, tracks: values[Options.tracks], benchmark: values[Options.benchmark])
      let report = try evaluation.report()
      try Terminal.tell(values[Options.object] ? report.json : report.text)
      return
    }
    guard let annotations = values[Options.annotations] else {
      throw UsageError.rule("nothing to score by: --annotations for detections, --mot for tracks")
    }
    try values.refuse([Options.tracks, Options.benchmark], "has no effect with --annotations")
    let report: PrecisionReport
    switch (values[Options.evaluatedImages], values[Options.detections]) {
    case (let folder?, nil):
      report = try DetectionEvaluation(values, environment, annotations: annotations).report(runningOver: folder)
    case (nil, let file?):
      try values.refuse(Self.ofRuns, "has no effect with --detections")
      report = try DetectionEvaluation(values, environment, annotations: annotations).report(scoring: file)
    case (nil, nil): throw UsageError.rule("nothing to score: --images for a model, --detections for a result file")
    case (_?, _?): throw UsageError.rule("--images runs a model and --detections has what one found: not both")
    }
    try Terminal.tell(values[Options.object] ? report.json : report.text)
  }

  /// What only a model that runs can be told.
  private static let ofRuns: [any Declaration] =
    Options.channelGroup + [
      Options.results, Options.skipMissing, Options.model, Options.labels, Options.evaluationThreshold,
      Options.maxDetections, Options.threads, Options.precision,
    ]
}
