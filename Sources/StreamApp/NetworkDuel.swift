internal import Inference
internal import JSON
internal import Kernels
internal import Model
internal import Output
internal import Posix
internal import Scene

/// Times two networks in turn, run by run, so that whatever else the machine does falls on both alike.
struct NetworkDuel {
  private let a: LoadedModel
  private let b: LoadedModel
  private let repeats: Int
  private let interrupt: Interrupt

  /// - Parameter repeats: timed runs of each network.
  init(a: LoadedModel, b: LoadedModel, repeats: Int, interrupt: Interrupt) {
    (self.a, self.b, self.repeats, self.interrupt) = (a, b, repeats, interrupt)
  }

  /// What both took for one thing.
  private struct Row {
    let threads: Int
    /// `all` or a part of the detector.
    let part: String
    let a: Duration
    let b: Duration
  }

  /// Measures on one thread, two and so on, then the parts on the most, and prints each when it is done.
  func run(threads: Int, isJSON: Bool) throws(OutputError) {
    if !isJSON {
      for (letter, model) in [("A", a), ("B", b)] { try Terminal.tell("\(letter): \(model.summary)") }
      try Terminal.tell("")
    }
    var rows: [Row] = []
    for count in 1...threads {
      guard let row = whole(threads: count) else { return }
      rows.append(row)
    }
    try tell(rows, isJSON: isJSON)
    let parts = parts(threads: threads)
    guard !parts.isEmpty else { return }
    if !isJSON { try Terminal.tell("\nparts on \(threads.counted("thread")):") }
    try tell(parts, isJSON: isJSON)
  }

  /// Returns the medians of whole runs; nil when interrupted.
  private func whole(threads: Int) -> Row? {
    var first = Session(a.engine, threads: threads)
    var second = Session(b.engine, threads: threads)
    let left = a.engine.greyPicture()
    let right = b.engine.greyPicture()
    var times: (a: [Duration], b: [Duration]) = ([], [])
    for run in 0..<repeats + NetworkBench.warmUp {
      if interrupt.isRequested { return nil }
      let start = monotonicNow()
      first.run(left)
      let middle = monotonicNow()
      second.run(right)
      guard run >= NetworkBench.warmUp else { continue }
      times.a.append(middle - start)
      times.b.append(monotonicNow() - middle)
    }
    guard let a = Spread(times.a), let b = Spread(times.b) else { return nil }
    return Row(threads: threads, part: "all", a: a.median, b: b.median)
  }

  /// Returns the sums of the medians of each part's layers; empty when interrupted or where there are no parts.
  private func parts(threads: Int) -> [Row] {
    guard !a.parts.isEmpty, !b.parts.isEmpty else { return [] }
    var first = Session(a.engine, threads: threads)
    var second = Session(b.engine, threads: threads)
    let left = a.engine.greyPicture()
    let right = b.engine.greyPicture()
    var times: (a: [Duration], b: [Duration]) = ([], [])
    for run in 0..<repeats + NetworkBench.warmUp {
      if interrupt.isRequested { return [] }
      if run == NetworkBench.warmUp { times = ([], []) }
      first.run(left, timing: &times.a)
      second.run(right, timing: &times.b)
    }
    return DetectorParts.Part.allCases.map { part in
      Row(threads: threads, part: part.rawValue, a: time(of: part, times.a, a), b: time(of: part, times.b, b))
    }
  }

  /// Returns the time of the layers whose first node that is known belongs to `part`; `times` has those of all layers,
  /// run by run.
  private func time(of part: DetectorParts.Part, _ times: [Duration], _ model: LoadedModel) -> Duration {
    let steps = model.engine.steps
    return steps.enumerated().reduce(.zero) { sum, step in
      guard step.element.nodes.lazy.compactMap({ model.parts[$0] }).first ?? .backbone == part else { return sum }
      return sum + (Spread(ofStep: step.offset, of: steps.count, in: times)?.median ?? .zero)
    }
  }

  /// Prints `rows` as a table or as a JSON line each.
  private func tell(_ rows: [Row], isJSON: Bool) throws(OutputError) {
    if isJSON {
      for row in rows {
        try Terminal.tell(
          JSONWriter.text {
            $0.member("measure", "compare")
            $0.member("threads", row.threads)
            $0.member("part", row.part)
            $0.member("a_ms", row.a / .milliseconds(1), decimals: 4)
            $0.member("b_ms", row.b / .milliseconds(1), decimals: 4)
            if row.b > .zero { $0.member("ratio", row.a / row.b, decimals: 4) }
          })
      }
      return
    }
    let isWhole = rows.first?.part == "all"
    let table = rows.map { row in
      [
        isWhole ? "\(row.threads)" : row.part, decimal(row.a / .milliseconds(1), 2),
        decimal(row.b / .milliseconds(1), 2), row.b > .zero ? "\(decimal(row.a / row.b, 2))×" : "-",
      ]
    }
    try Terminal.tell(Table.text([[isWhole ? "threads" : "part", "A median ms", "B median ms", "A / B"]] + table))
  }
}
