internal import Arguments
internal import Evaluation

/// What `stream evaluate` can be told.
extension Options {
  static let annotations = Option(
    "annotations", .path, placeholder: "FILE", help: "What is in the pictures: an annotation file of COCO's form.")
  static let evaluatedImages = Option(
    "images", .path, placeholder: "DIR", help: "Run the model over the pictures in this folder that FILE names.")
  static let detections = Option(
    "detections", .path, placeholder: "FILE",
    help: "Score this COCO result file instead of what a model finds; no picture is read.")
  static let results = Option(
    "results", .path, placeholder: "FILE", help: "Write what the model finds as a COCO result file.")
  static let skipMissing = Option(
    flag: "skip-missing", help: "Score the pictures that are there and can be read, where the annotations name more.")
  static let evaluationThreshold = Option(
    "threshold", .decimal(0...1), placeholder: "SCORE",
    help: "Count what scores higher.", otherwise: "the model's own threshold")

  static let sequences = Option(
    "mot", .path, placeholder: "DIR",
    help: "Score tracks on the MOTChallenge sequences in this folder: SEQ/gt/gt.txt, or a single one.")
  static let tracks = Option(
    "tracks", .path, placeholder: "DIR",
    help: "The tracks of each sequence: SEQ.txt.", otherwise: "what SORT makes of each SEQ/det/det.txt")
  static let benchmark = Option(
    "benchmark", ValueKind<MOTBenchmark>.choice, placeholder: "NAME",
    help: "Whose rules hold: MOT15, MOT16, MOT17 or MOT20.", otherwise: "by the sequences' names, else MOT15")
}

extension CommandName {
  /// What the command line says of `stream evaluate`.
  static var evaluation: Command {
    Command(
      evaluate.rawValue,
      summary: "Scores detections by COCO's and Pascal VOC's rules, and tracks by those of the MOTChallenge.",
      usage: [
        "--annotations FILE --images DIR [OPTION]...", "--annotations FILE --detections FILE [OPTION]...",
        "--mot DIR [OPTION]...",
      ],
      groups: [
        OptionGroup(
          "Detections",
          [Options.annotations, Options.evaluatedImages, Options.detections, Options.results, Options.skipMissing]),
        OptionGroup(
          "Model",
          [Options.model, Options.labels, Options.evaluationThreshold, Options.maxDetections] + Options.channelGroup),
        OptionGroup("Tracks", [Options.sequences, Options.tracks, Options.benchmark]),
        OptionGroup("Running", [Options.threads, Options.precision, Options.object, Options.quiet]),
      ],
      examples: [
        .init(
          "stream evaluate --annotations instances_val2017.json --images val2017/ --results found.json",
          "the model's average precision on COCO"),
        .init(
          "stream evaluate --annotations instances_val2017.json --detections found.json --json | jq .ap",
          "that of a result file"),
        .init("stream evaluate --mot MOT15/train/ --tracks tracks/", "the scores of tracks in tracks/SEQ.txt"),
      ],
      notes: [
        "The figures are those of pycocotools and of TrackEval on the same files. Thresholds and caps are the model "
          + "file's own unless told otherwise: the published figures are made with them.",
        "The model's classes are the categories of their numbers where the names agree, else those of their names; "
          + "what finds no partner is told.",
        "The JSON object of detections has the members images, objects, detections, COCO's twelve (ap, ap50, ap75, "
          + "ap_small, ap_medium, ap_large, ar_1, ar_10, ar_100, ar_small, ar_medium, ar_large), voc2007, voc2010, "
          + "model, seconds and fps where a model ran, and classes, each with id, name, objects, ap, ap50, ap75, ar_100, "
          + "voc2007 and voc2010; what no object decides is -1, as pycocotools has it. That of tracks has benchmark, "
          + "sequences and all, each with hota, deta, assa, loca, mota, motp, idf1, counts of objects, matches, misses, "
          + "false_positives, switches and fragments, and how many objects were mostly_tracked, partly_tracked and "
          + "mostly_lost. Shares are numbers from 0 to 1; the tables show those of tracks in percent.",
      ])
  }
}
