internal import Arguments
internal import Inference
internal import JSON
internal import Kernels
internal import Model
internal import Posix

/// `stream bench`: how fast the network is on this machine, by number of threads, and the pipeline over footage.
struct BenchCommand {
  private let values: Values
  private let environment: Environment

  init(_ values: Values, _ environment: Environment) { (self.values, self.environment) = (values, environment) }

  /// One row of the result.
  private struct Row {
    let threads: Int
    let median: Duration
    let least: Duration
  }

  func run() throws {
    let loaded = try LoadedModel(values[Options.model], environment)
    let work = GraphStatistics(loaded.model.graph).total.multiplyAdds
    let most = values[Options.threads] ?? Processor.coreCount
    let rows = (1...most).map { measure(loaded.engine, threads: $0) }
    for row in rows { show(row, loaded, work: work) }
    try measurePipeline(loaded)
  }

  /// Runs the whole pipeline over footage, its events going nowhere, and tells the frames per second.
  private func measurePipeline(_ loaded: LoadedModel) throws {
    let sample = "\(environment.dataHome)/stream/footage/vtest.avi"
    let input =
      values[Options.input] ?? (FileIdentity(path: sample) == nil ? "testpattern:640x480@30:300:file" : sample)
    let words =
      ["--input", input, "--events", "/dev/null"] + (values[Options.threads].map { ["--threads", "\($0)"] } ?? [])
    guard case .run(let asked) = try Options.program.parse(words) else { return }
    let settings = try Settings(asked)
    let interrupt = Interrupt()
    let signals = Signals(interrupt: interrupt)
    let assembly = Assembly(loaded: loaded, settings: settings, classes: nil, slowness: .zero)
    let closing = try assembly.run(interrupt: interrupt, say: { _ in })
    _ = signals
    if values[Options.json] {
      Terminal.tell(
        line {
          $0.key("pipeline")
          $0.string(input)
          $0.key("frames")
          $0.integer(closing.account.reported)
          $0.key("fps")
          $0.number(Double(closing.account.reported) / (closing.elapsed / .seconds(1)), decimals: 1)
        })
    } else {
      Terminal.tell("pipeline \(input): \(closing.line)")
    }
  }

  /// Times runs of the network on a grey picture.
  private func measure(_ engine: Engine, threads: Int) -> Row {
    let tensor = TensorPool(layout: engine.inputLayout, capacity: 1).take()
    var session = Session(engine, threads: threads)
    var times: [Duration] = []
    for run in 0..<values[Options.repeats] + 10 {
      let start = monotonicNow()
      session.run(tensor) { _, _ in }
      // The first runs warm caches and wake the threads.
      if run >= 10 { times.append(monotonicNow() - start) }
    }
    times.sort()
    return Row(threads: threads, median: times[times.count / 2], least: times[0])
  }

  private func show(_ row: Row, _ loaded: LoadedModel, work: Int) {
    let rate = 2 * Double(work) / (row.median / .nanoseconds(1))
    if values[Options.json] {
      Terminal.tell(
        line {
          $0.key("network")
          $0.string(loaded.model.name)
          $0.key("isa")
          $0.string(loaded.kernels.name)
          $0.key("threads")
          $0.integer(row.threads)
          $0.key("median_ms")
          $0.number(row.median / .milliseconds(1), decimals: 3)
          $0.key("min_ms")
          $0.number(row.least / .milliseconds(1), decimals: 3)
          $0.key("gflops")
          $0.number(rate, decimals: 1)
        })
      return
    }
    Terminal.tell(
      "network \(loaded.model.name), \(loaded.kernels.name), \(row.threads) threads: median "
        + "\(decimal(row.median / .milliseconds(1), 2)) ms, least \(decimal(row.least / .milliseconds(1), 2)) ms, "
        + "\(decimal(rate, 0)) GFLOP/s")
  }

  /// Returns a JSON object on one line.
  private func line(_ members: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    writer.object(members)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
