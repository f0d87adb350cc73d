internal import Arguments
internal import Capture
internal import Inference
internal import Kernels
internal import Posix

/// `stream bench`: how fast the start, the pipeline, the network and each of its layers are on this machine.
///
/// The first signal ends it after what is finished.
struct BenchCommand {
  private let model: String?
  /// What the pipeline is to do; its events go nowhere.
  private let pipeline: Settings
  /// What the pipeline reads, for people.
  private let input: String
  private let threads: Int
  private let precision: Precision
  private let repeats: Int
  private let isJSON: Bool
  private let takesRandomWeights: Bool
  /// The model that another is measured beside; nil measures one only.
  private let rival: String?
  private let environment: Environment

  /// - Throws: `UsageError` where the input cannot be what is asked for.
  init(_ values: Values, _ environment: Environment) throws {
    self.environment = environment
    (repeats, isJSON, rival) = (values[Options.repeats], values[Options.json], values[Options.rival])
    if values[Options.model] != nil, let other = values[Options.benchModel] {
      throw UsageError.rule("--model names the model, so \(other) cannot be it too")
    }
    model = values[Options.model] ?? values[Options.benchModel]
    takesRandomWeights = values[Options.randomWeights]
    (threads, precision) = (values[Options.threads] ?? Processor.coreCount, values[Options.precision])
    if rival != nil { try values.refuse([Options.benchInput], "is for the pipeline, which --compare does not measure") }
    let sample = "\(environment.dataHome)/stream/footage/vtest.avi"
    input =
      values[Options.benchInput] ?? (FileIdentity(path: sample) == nil ? "testpattern:640x480@30:300:file" : sample)
    let words = ["--input=\(input)", "--events=/dev/null", "--threads=\(threads)"]
    guard case .run(let asked) = try Options.program.parse(words) else {
      preconditionFailure("The options of a run ask for something else.")
    }
    pipeline = try Settings(asked)
  }

  /// Measures one after the other and prints each when it is done.
  ///
  /// - Throws: what the model or the pipeline throws; `OutputError` where nobody takes what is printed.
  func run() throws {
    let interrupt = Interrupt()
    try Signals.listen(interrupt)
    let loaded = try self.loaded(model)
    let other = try rival.map(self.loaded)
    if takesRandomWeights, loaded.hasWeights, other?.hasWeights != false {
      throw UsageError.rule("--random-weights is for a pipeline.config; \(loaded.name) has weights of its own")
    }
    if let other {
      try NetworkDuel(a: other, b: loaded, repeats: repeats, interrupt: interrupt).run(threads: threads, isJSON: isJSON)
    } else {
      try measure(loaded, interrupt)
    }
  }

  private func loaded(_ name: String?) throws -> LoadedModel {
    try LoadedModel(name, takesRandomWeights: takesRandomWeights, precision: precision, environment)
  }

  private func measure(_ loaded: LoadedModel, _ interrupt: Interrupt) throws {
    let report = BenchReport(loaded, isJSON: isJSON)
    let network = NetworkBench(
      engine: loaded.engine, kernels: loaded.kernels, precision: precision, repeats: repeats, interrupt: interrupt)
    try report.startUp(firstRun: network.firstRun(threads: threads))
    let assembly = Assembly(loaded: loaded, settings: pipeline, classes: nil, environment: .empty)
    let closing = try assembly.run(interrupt: interrupt, say: Terminal.voice(isQuiet: false))
    // Of a source without an end the signal ends what is measured, and no more.
    if closing.account.reported > 0 || !interrupt.isRequested {
      try report.pipeline(closing, input: SecretFree.name(of: input), threads: threads)
    }
    if interrupt.isRequested { return }
    var rows: [NetworkBench.Row] = []
    for count in 1...threads {
      guard let row = network.row(threads: count) else { break }
      rows.append(row)
    }
    try report.network(rows)
    guard let last = rows.last, last.threads == threads, let layers = network.layers(threads: threads) else { return }
    try report.layers(layers, of: last)
  }
}
