import Arguments

/// A program for the tests, with one option of every kind.
enum Example {
  enum Tracker: String, CaseIterable { case sort, none }

  static let input = Option("input", letter: "i", .path, placeholder: "FOOTAGE", help: "Read FOOTAGE.")
  static let threshold = Option(
    "threshold", .decimal(0...1), default: 0.5, placeholder: "SCORE", help: "Report objects whose score is above SCORE."
  )
  static let threads = Option(
    "threads", .integer(1...64), placeholder: "N", help: "Use N threads.", otherwise: "one for each core")
  static let size = Option("size", .size(), placeholder: "WIDTHxHEIGHT", help: "Ask the camera for this size.")
  static let patience = Option("patience", .duration(), placeholder: "TIME", help: "Wait so long.")
  static let tracker = Option(
    "track", ValueKind<Tracker>.choice, default: .sort, placeholder: "HOW", help: "Follow objects.")
  static let classes = Option(
    repeated: "classes", .list(of: .text), placeholder: "NAME,...", help: "Only these classes: names [or numbers].")
  static let quiet = Option(flag: "quiet", letter: "q", help: "Say nothing but errors; it's quieter.")
  static let stats = Option(flag: "stats", letter: "s", help: "Tell what every stage did.")

  static let images = Argument(repeated: "IMAGE", .path, help: "Pictures to look at.")
  static let model = Argument("MODEL", .path, help: "A model.")
  static let output = Argument(optional: "OUTPUT", .text, help: "Where to write.")

  static let program = Program(
    name: "watch", version: "1.2", build: { "for tests" }, date: "2026-11-25",
    main: Command(
      "watch", summary: "Watches footage.", usage: ["--input FOOTAGE [OPTION]..."],
      groups: [
        OptionGroup("Source", [input, size]),
        OptionGroup("Other", [threshold, threads, patience, tracker, classes, quiet, stats]),
      ],
      examples: [Command.Example("watch --input a.mp4", "What is in the footage:")],
      notes: ["The exit status is 0 where all went well."]),
    commands: [
      Command("detect", summary: "Looks at pictures.", groups: [OptionGroup("Options", [quiet])], arguments: [images]),
      Command("inspect", summary: "Tells about a model.", arguments: [model, output]),
    ],
    topics: [.init("Environment", [("WATCH_HOME", "Where 'footage' lies.")])])

  /// The values of a command line that asks to run something.
  static func values(_ words: String...) throws -> Values? {
    guard case .run(let values) = try program.parse(words) else { return nil }
    return values
  }

  /// What is wrong with a command line.
  static func error(_ words: String...) -> UsageError? {
    do throws(UsageError) { _ = try program.parse(words) } catch { return error }
    return nil
  }
}
