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
  static let controls = Option(
    repeated: "control", .assignment, placeholder: "NAME=VALUE",
    help: "Set one of the camera's controls; `stream cameras` lists them.")

  static let model = Option(
    "model", .path, placeholder: "PATH|NAME",
    help: "The model: a file, its folder, or a name that `stream models` lists "
      + "(default: $STREAM_MODEL, else \(ModelLibrary.defaultName)).")
  static let labels = Option(
    "labels", .path, placeholder: "PATH",
    help: "Names of the model's classes: a label map (.pbtxt) or one name a line "
      + "(default: the file beside the model, else COCO's for 90 classes, Pascal VOC's for 20).")
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
  static let stats = Option(
    flag: "stats",
    help: "Print times, counts and processor time of each stage at the end; SIGUSR1 prints them any time.")
  static let quiet = Option(flag: "quiet", letter: "q", help: "Print nothing on standard error but errors.")

  static let repeats = Option(
    "repeat", .integer(1...100_000), default: 100, placeholder: "N", help: "Timed runs of the network.")
  static let json = Option(flag: "json", help: "Print JSON lines instead of a table.")

  static let inspected = Argument(
    optional: "MODEL", .text,
    help: "A model as for --model (default: $STREAM_MODEL, else \(ModelLibrary.defaultName)).")
  static let object = Option(flag: "json", help: "Print one JSON object instead of tables.")

  static let modelGroup: [any Declaration] = [model, labels, threshold, classes, maxDetections]

  /// The whole program.
  static let program = Program(
    name: "stream", version: Version.number, build: Version.build, date: Version.date,
    main: Command(
      "stream", summary: "Detects and tracks objects in video, in real time, on the processor.",
      usage: ["--input PATH [OPTION]...", "--camera DEVICE [OPTION]..."],
      groups: [
        OptionGroup("Source", [input, inputRate, camera, format, size, rate, controls]),
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
      notes: ["The first Ctrl-C finishes the outputs and exits with 0; the second ends at once."]),
    commands: [
      Command(
        "bench", summary: "Measures the network's and the pipeline's speed on this machine.",
        groups: [OptionGroup("Measuring", [input, model, threads, repeats, json])],
        examples: [
          .init("stream bench --input street.mp4", "start-up, network, layers, and the pipeline over this footage"),
          .init("stream bench --threads 1 --json > bench.jsonl", "the same on one thread, to compare later"),
        ],
        notes: [
          "The peak is what the same kernels reach in a loop of multiply-adds, measured right before on as many threads. "
            + "Layers are timed on the most threads; one row may be several nodes that are computed together. "
            + "Without --input the pipeline runs over the footage that `make setup` fetched, else over a test pattern.",
          "--json prints one object a line; `measure` says what it is: startup (model, isa, multiply_adds, import_ms, "
            + "packing_ms, first_run_ms), pipeline (input, threads, frames, elapsed_s, fps, stages), network (threads, "
            + "median_ms, min_ms, p90_ms, gflops, peak_gflops, of_peak), layer (index, threads, kind, nodes, output, multiply_adds, median_ms, share, gflops, of_peak).",
        ]),
      Command(
        "inspect", summary: "Tells what a model's file holds: how pictures become detections, and every layer.",
        groups: [OptionGroup("Output", [labels, object])], arguments: [inspected],
        examples: [
          .init("stream inspect", "the default model"),
          .init("stream inspect ssd/frozen_inference_graph.pb --labels names.txt", "a file, with names of its own"),
          .init("stream inspect --json | jq .total", "parameters and multiply-adds of the default model"),
        ],
        notes: [
          "Layers are those of the file, before any is merged with its neighbours. Parameters are weights, biases and two "
            + "numbers a channel of a batch norm; a multiply-add is one product of a convolution.",
          "The JSON object has the members name, format, path, input, heads, classes, suppression, layers, parts and "
            + "total; a layer has name, operator, part, inputs, output, parameters and multiply_adds, a convolution also "
            + "kernel, stride, dilation (height, width) and padding (top, left, bottom, right). Shapes are batch, "
            + "height, width, channels.",
        ]),
      Command(
        "models", summary: "Lists the models that are found by name.",
        examples: [
          .init(
            "stream --model \"$(stream models | head -n 1 | cut -f 2)\" --input street.mp4", "the first of them at work"
          )
        ]),
      Command(
        "cameras", summary: "Lists the cameras of this machine: formats, sizes, rates and controls.",
        groups: [OptionGroup("Output", [json])],
        examples: [
          .init("stream cameras", "what each camera gives, and what can be turned"),
          .init("stream cameras --json | jq -r 'select(.camera).path'", "the paths of those that give pictures"),
        ]),
    ],
    topics: [environment, files, exitStatuses])
}

/// How objects are followed.
enum TrackerChoice: String, CaseIterable, Sendable { case sort, none }
