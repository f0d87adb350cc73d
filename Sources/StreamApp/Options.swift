internal import Arguments
internal import Capture
internal import Inference
internal import Kernels

/// The option table: what `stream` can be told, in the order of its help text.
package enum Options {
  static let input = Option(
    repeated: "input", .path, placeholder: "PATH",
    help: "Footage: any file or URL that FFmpeg opens, a FIFO, - for standard input, a folder of pictures, numbered "
      + "pictures such as frame_%04d.png, testpattern:WIDTHxHEIGHT@RATE[:FRAMES][:live|:file], or @FILE for the URL that "
      + "FILE holds.")
  static let inputRate = Option(
    "input-rate", .decimal(0.001...1000), placeholder: "FPS",
    help: "Pictures a second of a folder or of numbered pictures.", otherwise: decimal(PictureSource.defaultRate, 0))
  static let camera = Option(
    repeated: "camera", .path, placeholder: "DEVICE", help: "A V4L2 camera such as /dev/video0.")
  static let names = Option(
    "names", .list(of: .text), placeholder: "NAMES",
    help: "What lines and files call the sources, with commas between them: cameras first, then inputs, each as given.",
    otherwise: "the names of device, file or host")
  static let size = Option("size", .size(), placeholder: "WxH", help: "Picture size to ask the camera for.")
  static let format = Option(
    "format", ValueKind<CameraFormat>.choice, placeholder: "NAME", help: "Pixel format to ask the camera for.")
  static let rate = Option("rate", .decimal(0.1...1000), placeholder: "FPS", help: "Rate to ask the camera for.")
  static let controls = Option(
    repeated: "control", .assignment, placeholder: "NAME=VALUE",
    help: "Set one of the camera's controls; `stream cameras` lists them.")

  static let reconnect = Option(
    "reconnect", .reconnecting, placeholder: "SECONDS|never",
    help: "What to do when a live source goes away: try it again every SECONDS, or end with it.",
    otherwise: "wait 1 s at first, twice as long after each try, 30 s at most, for ever")
  static let patience = Option(
    "stream-timeout", .decimal(0.1...3600), default: LiveStreamSettings.defaultPatience / .seconds(1),
    placeholder: "SECONDS",
    help: "Network streams: give up a connection that takes longer, or gives no picture so long.")
  static let transport = Option(
    "rtsp-transport", .choice, default: RTSPTransport.tcp, placeholder: "NAME",
    help: "How RTSP servers shall send: tcp, or udp, which may lose pictures but never holds them back.")
  static let keepCorrupt = Option(
    flag: "keep-corrupt", help: "Network streams: detect also on pictures that are made of lost ones.")

  static let model = Option(
    "model", .path, placeholder: "PATH|NAME",
    help: "The model: a file, its folder, an archive with it such as a model zoo's .tar.gz, or a name that "
      + "`stream models` lists.", otherwise: usualModel)
  private static let usualModel = "$STREAM_MODEL, else \(ModelLibrary.defaultName)"
  static let labels = Option(
    "labels", .path, placeholder: "PATH",
    help: "Names of the model's classes: a label map (.pbtxt) or one name a line.",
    otherwise: "the file beside the model, else the model's own, else COCO's for 90 classes, Pascal VOC's for 20")
  static let threshold = Option(
    "threshold", .decimal(0...1), placeholder: "SCORE",
    help: "Report what scores higher; replaces the model's own threshold.",
    otherwise: "score_threshold of the file MODEL.stream.json, else \(LoadedModel.usualThreshold)")
  static let classes = Option(
    repeated: "classes", .list(of: .text), placeholder: "NAMES",
    help: "Report these classes only: names or numbers with commas between them.")
  static let maxDetections = Option(
    "max-detections", .integer(1...1_000_000), placeholder: "N",
    help: "At most so many in a picture, by falling score.", otherwise: "the model's own cap")

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

  static let every = Option(
    "every", .integer(1...1_000_000), placeholder: "N",
    help: "Detect on each Nth frame only; the tracker predicts between.")
  static let maxRate = Option(
    "max-rate", .decimal(0.001...1000), placeholder: "FPS",
    help: "Detect at most so many times a second, by the frames' own times; the tracker predicts between.")
  static let motion = Option(
    flag: "motion", help: "Detect only when something moves, and every \(stillness) seconds; tracks stay as they are.")
  static let motionThreshold = Option(
    "motion-threshold", .decimal(0...255), default: 4, placeholder: "LEVELS",
    help: "With --motion: a spot moves when its brightness changes by more than this, of 255; less sees more.")
  private static let stillness = decimal(Pacer.longestStillness / .seconds(1), 0)

  static let appends = Option(
    flag: "append",
    help: "Write the event log behind what its file holds, instead of beginning it anew; each line names its run. "
      + "A video that is there stays too: the run's own has the time in its name.")
  static let events = Option(
    "events", .path, default: "-", placeholder: "PATH",
    help: "Event log, one JSON line for every frame; - is standard output, "
      + "and %s in a path the source's name.")
  static let video = Option(
    "video", .path, placeholder: "PATH",
    help: "Annotated video: .mp4, .mkv or .webm; of several sources one each, with %s for the name.")
  static let segment = Option(
    "segment", .segment, placeholder: "TIME",
    help: "Cut a live source's video into files of this length, such as 10m, with the time in their names: "
      + "out.mp4 gives out-20261126T064500Z.mp4 and so on.")

  static let threads = Option(
    "threads", .integer(1...256), placeholder: "N", help: "Threads of the network.", otherwise: "one for each core")
  static let precision = Option(
    "precision", .choice, default: Precision.float32, placeholder: "NAME",
    help: "Numbers of the products of a network of floats: fp32, or bf16, which rounds what 1x1 and other dense "
      + "convolutions multiply to 8 significant bits, to nearest even, and sums in fp32; it halves their weights, and "
      + "takes the processor's bf16 instructions where they are faster.")
  static let stepwise = Option(
    flag: "stepwise", help: "Work on one frame after the other, without threads between; same output for footage.")
  static let stats = Option(
    flag: "stats",
    help: "Print times, counts and processor time of each stage at the end, and which model it was, with its SHA-256; "
      + "SIGUSR1 prints them any time.")
  static let quiet = Option(flag: "quiet", letter: "q", help: "Print nothing on standard error but errors.")

  static let benchInput = Option("input", .path, placeholder: "PATH", help: "What the pipeline reads, as for `stream`.")
  static let repeats = Option(
    "repeat", .integer(1...100_000), default: 100, placeholder: "N", help: "Timed runs of the network.")
  static let benchModel = Argument(optional: "MODEL", .text, help: "The model, in place of --model.")
  static let rival = Option(
    "compare", .path, placeholder: "OTHER",
    help: "Run the networks of the models OTHER and MODEL in turn, and print how many times faster MODEL is.")
  static let randomWeights = Option(
    flag: "random-weights", help: "Take a pipeline.config as the model, with random weights.")
  static let json = Option(flag: "json", help: "Print JSON lines instead of a table.")

  static let inspected = Argument(
    optional: "MODEL", .text,
    help: "A model as for --model.", otherwise: usualModel)
  static let compare = Option(
    "compare", .path, placeholder: "OTHER",
    help: "Show where the layers of the model OTHER and of MODEL differ, and what MODEL saves.")
  static let object = Option(flag: "json", help: "Print one JSON object instead of tables.")

  static let images = Argument(
    repeated: "IMAGE", .path,
    help: "A picture of any format that FFmpeg reads, a folder of pictures, a quoted pattern such as '*.jpg', or - for "
      + "standard input.")
  static let draw = Option(
    "draw", .path, placeholder: "PATH",
    help: "Draw what is found: on one picture into a .png file, on each into a file of its name in the folder DIR/.")

  static let modelGroup: [any Declaration] = [model, labels, threshold, classes, maxDetections] + channelGroup
}

/// How objects are followed.
enum TrackerChoice: String, CaseIterable, Sendable { case sort, none }
