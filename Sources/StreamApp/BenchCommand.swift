internal import Arguments
internal import Inference
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
    let work = GraphStatistics(loaded.model.graph.optimized()).total.multiplyAdds
    let most = values[Options.threads] ?? Processor.coreCount
    let rows = (1...most).map { measure(loaded.engine, threads: $0) }
    for row in rows { show(row, loaded, work: work) }
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
    Terminal.tell(
      "network \(loaded.model.name), \(loaded.kernels.name), \(row.threads) threads: median "
        + "\(decimal(row.median / .milliseconds(1), 2)) ms, least \(decimal(row.least / .milliseconds(1), 2)) ms, "
        + "\(decimal(rate, 0)) GFLOP/s")
  }
}
