package import Arguments

extension Options {
  /// The whole program.
  package static let program = Program(
    name: "stream", version: Version.number, build: { Version.build }, date: Version.date,
    main: Command(
      "stream", summary: "Detects and tracks objects in video, in real time, on the processor.",
      usage: ["--input PATH [OPTION]...", "--camera DEVICE [OPTION]..."],
      groups: [
        OptionGroup("Source", [input, inputRate, camera, format, size, rate, controls, names, reconnect]),
        OptionGroup("Network streams", [transport, patience, keepCorrupt]),
        OptionGroup("Detection", modelGroup),
        OptionGroup("Tracking", [track, trackMaxAge, trackMinHits, trackIoU]),
        OptionGroup("Pacing", [every, maxRate, motion, motionThreshold]),
        OptionGroup("Output", [events, appends, video, segment]),
        OptionGroup("Running", [threads, precision, stepwise, stats, quiet]),
      ],
      examples: [
        .init("stream --camera /dev/video0", "events of a camera on standard output"),
        .init("stream --input street.mp4 --events street.jsonl --video annotated.mp4", "footage to log and video"),
        .init(
          "stream --camera /dev/video0 --camera /dev/video2 --names door,yard --video seen-%s.mkv",
          "two cameras in one program"),
        .init(
          "stream --camera /dev/video0 --video door.mp4 --segment 10m", "a file every ten minutes, named by its time"),
        .init("ffmpeg -i IN -f matroska - | stream --input - --track none", "detections of what another program reads"),
      ],
      notes: [
        "The first Ctrl-C finishes the outputs and exits with 0; the second ends at once. Within half a second of the first "
          + "it is the same one.",
        "An option that would have no effect, here and in all commands, is refused with the reason.",
      ]),
    commands: CommandName.allCases.map(\.command),
    topics: [environment, files, exitStatuses])
}

/// The commands beside `stream` itself, in the order of the help text.
enum CommandName: String, CaseIterable {
  case detect, evaluate, inspect, bench, models, cameras

  /// What the command line says of it.
  var command: Command {
    switch self {
    case .detect:
      Command(
        rawValue, summary: "Detects objects in still pictures: one JSON line for each, in the order given.",
        groups: [
          OptionGroup("Detection", Options.modelGroup), OptionGroup("Output", [Options.draw]),
          OptionGroup("Running", [Options.threads, Options.precision, Options.quiet]),
        ],
        arguments: [Options.images],
        examples: [
          .init("stream detect street.jpg --draw street-seen.png", "what is in a picture, and the picture with it"),
          .init("stream detect photos/ --classes person --draw seen/", "people in all pictures of a folder"),
          .init("curl -s URL | stream detect -", "what is in a picture that another program reads"),
        ],
        notes: [
          "A picture that cannot be read is told on standard error; the others go on, and the exit status is 1.",
          "Of footage the first picture is looked at, and that is told.",
        ])
    case .evaluate: Self.evaluation
    case .inspect:
      Command(
        rawValue, summary: "Tells what a model's file holds: how pictures become detections, and every layer.",
        groups: [
          OptionGroup("Model", [Options.labels] + Options.channelGroup),
          OptionGroup("Output", [Options.compare, Options.object]),
        ],
        arguments: [Options.inspected],
        examples: [
          .init("stream inspect", "the default model"),
          .init("stream inspect ssd/frozen_inference_graph.pb --labels names.txt", "a file, with names of its own"),
          .init("stream inspect ssdlite_mobilenet_v2_coco_2018_05_09.tar.gz", "a download of the model zoo, as it is"),
          .init("stream inspect ssdlite_mobilenet_v2/pipeline.config", "the network that a configuration describes"),
          .init("stream inspect --compare ssd/pipeline.config ssdlite/pipeline.config", "what one saves of the other"),
          .init("stream inspect --json | jq .total", "parameters and multiply-adds of the default model"),
        ],
        notes: [
          "Layers are those of the file, before any is merged with its neighbours. Parameters are weights, biases and two "
            + "numbers a channel of a batch norm; a multiply-add is one product of a convolution.",
          "The JSON object has the members name, format, path, arithmetic, input, heads, classes, suppression, assumed, "
            + "layers, parts and total; a layer has name, operator, part, inputs, output, parameters and multiply_adds, "
            + "one with a window also kernel, stride, dilation (height, width) and padding (top, left, bottom, right). "
            + "Shapes are batch, height, width, channels.",
          "Of two models the layers with parameters or multiply-adds are compared, a batch norm with the convolution in "
            + "front of it. The JSON object then has the members a and b (name, path, parts, total), differences (each "
            + "with a, b or both: name, part, operator, output, parameters, multiply_adds) and savings: parameters and "
            + "multiply_adds of a for one of b.",
        ])
    case .bench:
      Command(
        rawValue, summary: "Measures the network's and the pipeline's speed on this machine.",
        groups: [
          OptionGroup(
            "Measuring",
            [
              Options.benchInput, Options.model, Options.threads, Options.precision, Options.repeats, Options.rival,
              Options.randomWeights, Options.json,
            ])
        ], arguments: [Options.benchModel],
        examples: [
          .init("stream bench --input street.mp4", "start-up, network, layers, and the pipeline over this footage"),
          .init("stream bench --compare ssd/ ssdlite/", "two networks in turn, in all and part by part"),
          .init("stream bench --threads 1 --json > bench.jsonl", "the same on one thread, to compare later"),
        ],
        notes: [
          "The peak is what the same kernels reach in a loop of multiply-adds, measured right before on as many threads. "
            + "Layers are timed on the most threads; one row may be several nodes that are computed together. "
            + "Without --input the pipeline runs over the footage that `make setup` fetched, else over a test pattern.",
          "--json prints one object a line; `measure` says what it is: startup (model, isa, precision, multiply_adds, import_ms, "
            + "packing_ms, first_run_ms), pipeline (input, threads, frames, elapsed_s, fps, stages), network (threads, "
            + "median_ms, min_ms, p90_ms, gflops, peak_gflops, of_peak), layer (index, threads, kind, nodes, output, "
            + "multiply_adds, median_ms, share, gflops, of_peak).",
          "With --compare the networks alone are measured, each picture by one and then by the other; the parts' times are "
            + "sums of their layers' medians, and a layer that belongs to two parts counts with the first. As JSON: compare "
            + "(threads, part: all, backbone, extra or predictor, a_ms, b_ms, ratio).",
        ])
    case .models:
      Command(
        rawValue, summary: "Lists the models that are found by name.",
        examples: [
          .init(
            "stream --model \"$(stream models | head -n 1 | cut -f 2)\" --input street.mp4", "the first of them at work"
          )
        ])
    case .cameras:
      Command(
        rawValue, summary: "Lists the cameras of this machine: formats, sizes, rates and controls.",
        groups: [OptionGroup("Output", [Options.json])],
        examples: [
          .init("stream cameras", "what each camera gives, and what can be turned"),
          .init("stream cameras --json | jq -r 'select(.camera).path'", "the paths of those that give pictures"),
        ],
        notes: [
          "--json: an object for each device: path, name, camera, and problem where it cannot be asked. A camera has "
            + "formats (code, label, format where stream reads it, compressed, sizes with width, height and rates; a "
            + "range of sizes is [least, most]) and controls (name, label, kind, minimum, maximum, step, default, value, "
            + "choices, read_only, inactive)."
        ])
    }
  }
}
