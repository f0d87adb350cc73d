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
    let sample = "\(environment.dataHome)/stream/footage/vtest.avi"
    input =
      values[Options.benchInput] ?? (FileIdentity(path: sample) == nil ? "testpattern:640x480@30:300:file" : sample)
    let words = ["--input=\(input)", "--events=/dev/null", "--threads=\(threads)"]
    guard case .run(let asked) = try Options.program.parse(words) else {
      preconditionFailure("The options of a run ask for something else.")
    }
    pipeline = try Settings(asked)
  }

  /// Measures one after the other and prints each when it is done; what can fail comes first.
  func run() throws {
    let interrupt = Interrupt()
    let signals = Signals(interrupt: interrupt)
    let loaded = try self.loaded(model)
    if let rival {
      let other = try self.loaded(rival)
      NetworkDuel(a: other, b: loaded, repeats: repeats, interrupt: interrupt).run(threads: threads, isJSON: isJSON)
    } else {
      try measure(loaded, interrupt)
    }
    _ = signals
  }

  private func loaded(_ name: String?) throws -> LoadedModel {
    try LoadedModel(name, takesRandomWeights: takesRandomWeights, precision: precision, environment)
  }

  private func measure(_ loaded: LoadedModel, _ interrupt: Interrupt) throws {
    let report = BenchReport(loaded, isJSON: isJSON)
    let network = NetworkBench(
      engine: loaded.engine, kernels: loaded.kernels, precision: precision, repeats: repeats, interrupt: interrupt)
    report.startUp(loaded, firstRun: network.firstRun(threads: threads))
    let assembly = Assembly(loaded: loaded, settings: pipeline, classes: nil, environment: .empty)
    let closing = try assembly.run(interrupt: interrupt, say: Terminal.voice(isQuiet: false))
    if interrupt.isRequested { return }
    report.pipeline(closing, input: SecretFree.name(of: input), threads: threads)
    var rows: [NetworkBench.Row] = []
    for count in 1...threads {
      guard let row = network.row(threads: count) else { break }
      rows.append(row)
    }
    report.network(rows)
    guard let last = rows.last, last.threads == threads, let layers = network.layers(threads: threads) else { return }
    report.layers(layers, of: last)
  }
}
