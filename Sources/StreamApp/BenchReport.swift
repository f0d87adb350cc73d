internal import Inference
internal import JSON
internal import Kernels
internal import Model
internal import Output
internal import Scene
internal import Streaming

/// Prints what `stream bench` measured: tables for people, or JSON lines.
///
/// Each JSON line has `measure`, and by it: `startup` (once), `pipeline` (once), `network` (a number of threads), `layer`
/// (a step of the network, in the order of execution, on the most threads). Times end in `_ms` or `_s`; rates are in
/// GFLOP/s, two operations a multiply-add; `share` is that of the network's time, `of_peak` that of the measured peak.
struct BenchReport {
  private let loaded: LoadedModel
  private let isJSON: Bool
  /// Multiply-adds of one run.
  private var work: Int { loaded.multiplyAdds }

  init(_ loaded: LoadedModel, isJSON: Bool) { (self.loaded, self.isJSON) = (loaded, isJSON) }

  /// Prints how long model and first picture took.
  func startUp(firstRun: Duration) throws(OutputError) {
    guard isJSON else {
      try Terminal.tell(loaded.summary)
      try Terminal.tell(
        "start-up: import \(milliseconds(loaded.importTime)) ms, packing \(milliseconds(loaded.packingTime)) ms, "
          + "first run \(milliseconds(firstRun)) ms")
      return
    }
    try line("startup") {
      $0.member("model", loaded.name)
      $0.member("isa", loaded.isa)
      $0.member("precision", loaded.precision.rawValue)
      $0.member("multiply_adds", work)
      $0.member("import_ms", loaded.importTime / .milliseconds(1))
      $0.member("packing_ms", loaded.packingTime / .milliseconds(1))
      $0.member("first_run_ms", firstRun / .milliseconds(1))
    }
  }

  /// Prints how fast whole runs are, by number of threads.
  func network(_ rows: [NetworkBench.Row]) throws(OutputError) {
    if isJSON {
      for row in rows {
        let rate = rate(of: work, in: row.spread.median)
        try line("network") {
          $0.member("threads", row.threads)
          $0.member("median_ms", row.spread.median / .milliseconds(1))
          $0.member("min_ms", row.spread.least / .milliseconds(1))
          $0.member("p90_ms", row.spread.percentile90 / .milliseconds(1))
          $0.member("gflops", rate)
          $0.member("peak_gflops", row.peak)
          $0.member("of_peak", rate / row.peak)
        }
      }
      return
    }
    let table = rows.map { row in
      let rate = rate(of: work, in: row.spread.median)
      return [
        "\(row.threads)", milliseconds(row.spread.median), milliseconds(row.spread.least),
        milliseconds(row.spread.percentile90), decimal(rate, 1), decimal(row.peak, 1), percent(rate / row.peak),
      ]
    }
    try Terminal.tell("")
    try Terminal.tell(Table.text([["threads", "median ms", "min ms", "p90 ms", "GFLOP/s", "peak", "of peak"]] + table))
  }

  /// Prints each step of the network on as many threads as `row` tells of.
  func layers(_ layers: [NetworkBench.Layer], of row: NetworkBench.Row) throws(OutputError) {
    let total = layers.reduce(Duration.zero) { $0 + $1.median }
    if isJSON {
      for (index, layer) in layers.enumerated() { try self.layer(index, layer, of: row, total: total) }
      return
    }
    var table = [["layer", "output", "M mul-adds", "median µs", "share", "GFLOP/s", "of peak"]]
    for layer in layers {
      let (step, rate) = (layer.step, rate(of: layer.step.multiplyAdds, in: layer.median))
      table.append([
        step.kind.rawValue, "\(step.width)×\(step.height)×\(step.channels)",
        decimal(Double(step.multiplyAdds) / 1e6, 2), microseconds(layer.median), percent(layer.median / total),
        step.multiplyAdds > 0 ? decimal(rate, 1) : "-", step.multiplyAdds > 0 ? percent(rate / row.peak) : "-",
      ])
    }
    let rate = rate(of: work, in: total)
    table.append([
      "all", "", decimal(Double(work) / 1e6, 2), microseconds(total), percent(1), decimal(rate, 1),
      percent(rate / row.peak),
    ])
    let nodes = ["nodes"] + layers.map { NodeNames.text($0.step.nodes) } + ["the medians' sum"]
    try Terminal.tell("\non \(row.threads.counted("thread")), in the order of execution:")
    for (line, nodes) in zip(Table.text(table).split(separator: "\n"), nodes) { try Terminal.tell("\(line)  \(nodes)") }
  }

  private func layer(_ index: Int, _ layer: NetworkBench.Layer, of row: NetworkBench.Row, total: Duration)
    throws(OutputError)
  {
    let (step, rate) = (layer.step, rate(of: layer.step.multiplyAdds, in: layer.median))
    try line("layer") {
      $0.member("index", index)
      $0.member("threads", row.threads)
      $0.member("kind", step.kind.rawValue)
      $0.member("nodes", each: step.nodes) { $0.string($1) }
      $0.member("output", each: [step.height, step.width, step.channels]) { $0.integer($1) }
      $0.member("multiply_adds", step.multiplyAdds)
      $0.member("median_ms", layer.median / .milliseconds(1))
      $0.member("share", layer.median / total)
      $0.member("gflops", rate)
      $0.member("of_peak", rate / row.peak)
    }
  }

  /// Prints how fast frames went through the pipeline.
  func pipeline(_ closing: Closing, input: String, threads: Int) throws(OutputError) {
    guard isJSON else {
      try Terminal.tell("\npipeline over \(input): \(closing.line)")
      try Terminal.tell(closing.table)
      return
    }
    try line("pipeline") {
      $0.member("input", input)
      $0.member("threads", threads)
      $0.member("frames", closing.account.reported)
      $0.member("elapsed_s", closing.elapsed / .seconds(1))
      $0.member("fps", Double(closing.account.reported) / (closing.elapsed / .seconds(1)))
      $0.member("stages", each: closing.stages) { json, stage in
        json.object {
          $0.member("stage", stage.name)
          $0.member("count", stage.count)
          $0.member("median_ms", stage.median / .milliseconds(1))
          $0.member("p99_ms", stage.percentile99 / .milliseconds(1))
          $0.member("max_ms", stage.longest / .milliseconds(1))
          $0.member("processor_s", stage.processorTime / .seconds(1))
        }
      }
    }
  }

  /// Returns GFLOP/s: a multiply-add is two operations.
  private func rate(of work: Int, in time: Duration) -> Double { 2 * Double(work) / (time / .nanoseconds(1)) }

  private func milliseconds(_ time: Duration) -> String { decimal(time / .milliseconds(1), 2) }
  private func microseconds(_ time: Duration) -> String { decimal(time / .microseconds(1), 1) }

  /// Prints one JSON object whose first member names what was measured.
  private func line(_ measure: String, _ members: (inout JSONWriter) -> Void) throws(OutputError) {
    try Terminal.tell(
      JSONWriter.text {
        $0.member("measure", measure)
        members(&$0)
      })
  }
}

extension JSONWriter {
  /// Writes a measured number.
  fileprivate mutating func member(_ name: String, _ number: Double) { member(name, number, decimals: 4) }
}

/// The names of a step's nodes, which have much in common.
enum NodeNames {
  /// Returns `a/b/{c, d/e}` for `a/b/c` and `a/b/d/e`: what the paths begin with only once.
  static func text(_ names: [String]) -> String {
    let paths = names.map { $0.split(separator: "/", omittingEmptySubsequences: false) }
    guard let first = paths.first, paths.count > 1 else { return names.first ?? "" }
    let most = paths.reduce(first.count) { min($0, $1.count) } - 1
    let shared = (0..<max(most, 0)).prefix { index in paths.allSatisfy { $0[index] == first[index] } }.count
    let start = first.prefix(shared).map { "\($0)/" }.joined()
    return "\(start){\(paths.map { $0.dropFirst(shared).joined(separator: "/") }.joined(separator: ", "))}"
  }
}
