internal import Arguments
internal import Capture
internal import Kernels

/// The option table: what `stream` can be told, in the order of its help text.
enum Options {
  static let input = Option(
    "input", .path, placeholder: "PATH",
    help: "Footage: any file or URL that FFmpeg opens, a FIFO, - for standard input, a folder of pictures, numbered "
      + "pictures such as frame_%04d.png, or testpattern:WIDTHxHEIGHT@RATE[:FRAMES][:live|:file].")
  static let inputRate = Option(
    "input-rate", .decimal(0.001...1000), placeholder: "FPS",
    help: "Pictures a second of a folder or of numbered pictures (default: \(decimal(PictureSource.defaultRate, 0))).")
  static let camera = Option("camera", .path, placeholder: "DEVICE", help: "A V4L2 camera such as /dev/video0.")
  static let size = Option("size", .size(), placeholder: "WxH", help: "Picture size to ask the camera for.")
  static let format = Option(
    "format", ValueKind<CameraFormat>.choice, placeholder: "NAME", help: "Pixel format to ask the camera for.")
  static let rate = Option("rate", .decimal(0.1...1000), placeholder: "FPS", help: "Rate to ask the camera for.")

  static let model = Option(
    "model", .text, placeholder: "PATH|NAME",
    help: "The model: a file, its folder, or a name that `stream models` lists "
      + "(default: $STREAM_MODEL, else \(ModelLibrary.defaultName)).")
  static let threshold = Option(
    "threshold", .decimal(0...1), default: 0.5, placeholder: "SCORE",
    help: "Report what scores higher; replaces the model's own threshold.")
  static let classes = Option(
    repeated: "classes", .list(of: .text), placeholder: "NAMES",
    help: "Report these classes only: names or numbers with commas between them.")
  static let maxDetections = Option(
    "max-detections", .integer(1...1_000_000), placeholder: "N",
    help: "At most so many in a picture, by falling score (default: the model's own cap).")

  static let track = Option(
    "track", .choice, default: TrackerChoice.sort, placeholder: "NAME", help: "Follow objects: sort or none.")
  static let trackMaxAge = Option(
    "track-max-age", .integer(0...1_000_000), default: 1, placeholder: "FRAMES",
    help: "A track dies when it was not seen in more than so many frames.")
  static let trackMinHits = Option(
    "track-min-hits", .integer(0...1_000_000), default: 3, placeholder: "FRAMES",
    help: "A track is reported after so many matches in a row.")
  static let trackIoU = Option(
    "track-iou", .decimal(0...1), default: 0.3, placeholder: "IOU",
    help: "A detection matches a track from this overlap on.")

  static let events = Option(
    "events", .path, default: "-", placeholder: "PATH",
    help: "Event log, one JSON line for every frame; - is standard output.")
  static let video = Option(
    "video", .path, placeholder: "PATH", help: "Annotated video: .mp4, .mkv or .webm.")

  static let threads = Option(
    "threads", .integer(1...256), placeholder: "N", help: "Threads of the network (default: one for each core).")
  static let stepwise = Option(
    flag: "stepwise", help: "Work on one frame after the other, without threads between; same output for footage.")
  static let stats = Option(flag: "stats", help: "Print times and counts of each stage at the end.")
  static let quiet = Option(flag: "quiet", letter: "q", help: "Print nothing on standard error but errors.")

  static let repeats = Option(
    "repeat", .integer(1...100_000), default: 100, placeholder: "N", help: "Timed runs of the network.")
  static let json = Option(flag: "json", help: "Print JSON lines instead of a table.")

  static let images = Argument(
    repeated: "IMAGE", .path,
    help: "A picture of any format that FFmpeg reads, a folder of pictures, a quoted pattern such as '*.jpg', or - for "
      + "standard input.")
  static let draw = Option(
    "draw", .path, placeholder: "PATH",
    help: "Draw what is found: on one picture into a .png file, on each into a file of its name in the folder DIR/.")

  static let modelGroup: [any Declaration] = [model, threshold, classes, maxDetections]

  /// The whole program.
  static let program = Program(
    name: "stream", version: Version.line,
    main: Command(
      "stream", summary: "Detects and tracks objects in video, in real time, on the processor.",
      usage: ["--input PATH [OPTION]...", "--camera DEVICE [OPTION]..."],
      groups: [
        OptionGroup("Source", [input, inputRate, camera, format, size, rate]),
        OptionGroup("Detection", modelGroup),
        OptionGroup("Tracking", [track, trackMaxAge, trackMinHits, trackIoU]),
        OptionGroup("Output", [events, video]),
        OptionGroup("Running", [threads, stepwise, stats, quiet]),
      ],
      examples: [
        .init("stream --camera /dev/video0", "events of a camera on standard output"),
        .init("stream --input street.mp4 --events street.jsonl --video annotated.mp4", "footage to log and video"),
        .init("ffmpeg -i IN -f matroska - | stream --input - --track none", "detections of what another program reads"),
      ],
      notes: [
        "A model is looked for by --model, then $STREAM_MODEL, then the name \(ModelLibrary.defaultName) in "
          + "$XDG_DATA_HOME/stream/models (~/.local/share/stream/models), /usr/local/share/stream/models, "
          + "/usr/share/stream/models and ./models.",
        "STREAM_ISA forces the kernels of one instruction set: "
          + "\(KernelSet.all.map(\.name).joined(separator: ", ")).",
        "The first Ctrl-C finishes the outputs and exits with 0; the second ends at once. "
          + "Exit status: 0 done or asked to stop, 1 failed, 2 wrong usage.",
      ]),
    commands: [
      Command(
        "detect", summary: "Detects objects in still pictures: one JSON line for each, in the order given.",
        groups: [
          OptionGroup("Detection", modelGroup), OptionGroup("Output", [draw]),
          OptionGroup("Running", [threads, quiet]),
        ],
        arguments: [images],
        examples: [
          .init("stream detect street.jpg --draw street-seen.png", "what is in a picture, and the picture with it"),
          .init("stream detect photos/ --classes person --draw seen/", "people in all pictures of a folder"),
          .init("curl -s URL | stream detect -", "what is in a picture that another program reads"),
        ],
        notes: [
          "A picture that cannot be read is told on standard error; the others go on, and the exit status is 1."
        ]),
      Command(
        "bench", summary: "Measures the network's and the pipeline's speed on this machine.",
        groups: [OptionGroup("Measuring", [input, model, threads, repeats, json])],
        examples: [.init("stream bench --input street.mp4", "network medians and the pipeline over this footage")]),
      Command("models", summary: "Lists the models that are found by name.", groups: []),
      Command("cameras", summary: "Lists the cameras of this machine.", groups: []),
    ])
}

/// How objects are followed.
enum TrackerChoice: String, CaseIterable, Sendable { case sort, none }
