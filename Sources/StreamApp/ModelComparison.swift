internal import JSON
internal import Model

/// Two models side by side: the layers in which they differ, and what the second one saves.
///
/// A row is a layer that has parameters or multiply-adds; a batch norm or bias counts with the convolution in front of it.
struct ModelComparison {
  private let models: (a: ModelDescription, b: ModelDescription)
  /// Layers of one model that the other one does not have at that place; of two that stand for each other both.
  private let differences: [(a: Row?, b: Row?)]

  /// One layer, with what belongs to it.
  private struct Row {
    let name: String
    let part: DetectorParts.Part?
    /// `convolution 3×3/2`
    let operation: String
    let output: Shape
    var count: GraphStatistics.Count

    /// The channels of its output.
    var columns: Int { output.extents.last ?? 1 }
    /// The places of its output's map.
    var cells: Int { output.extents.dropLast().reduce(1, &*) }

    /// Whether `other` is the same layer, but for its name.
    func equals(_ other: Row) -> Bool {
      (part, operation, output, count) == (other.part, other.operation, other.output, other.count)
    }

    /// Its words in a table.
    var words: [String] {
      // Names are long, and the end tells most.
      let short = name.split(separator: "/").suffix(2).joined(separator: "/")
      return [short, operation, "\(output)", grouped(count.parameters), grouped(count.multiplyAdds)]
    }

    static let noWords = ["", "", "", "", ""]
  }

  /// Compares `a` and `b`.
  init(_ a: ModelDescription, _ b: ModelDescription) {
    models = (a, b)
    let (left, right) = (Self.rows(of: a), Self.rows(of: b))
    let changes = right.difference(from: left) { $0.equals($1) }
    var (removed, added) = (Set<Int>(), Set<Int>())
    for change in changes {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var differences: [(a: Row?, b: Row?)] = []
    var (i, j) = (0, 0)
    while i < left.count || j < right.count {
      // What changed between two layers that both have stands side by side, in the order of each.
      var (gone, come): ([Row], [Row]) = ([], [])
      while i < left.count, removed.contains(i) { (gone, i) = (gone + [left[i]], i + 1) }
      while j < right.count, added.contains(j) { (come, j) = (come + [right[j]], j + 1) }
      // Of these, what gives the same map.
      while !gone.isEmpty || !come.isEmpty {
        let leads =
          gone.first.flatMap { row in come.firstIndex { $0.output == row.output } } ?? (gone.isEmpty ? come.count : 0)
        for row in come.prefix(leads) { differences.append((nil, row)) }
        come.removeFirst(leads)
        guard !gone.isEmpty else { continue }
        let row = gone.removeFirst()
        differences.append((row, come.first?.output == row.output ? come.removeFirst() : nil))
      }
      (i, j) = (i + 1, j + 1)
    }
    self.differences = differences
  }

  /// Returns the layers of `model` that have parameters or multiply-adds: of the predictors, whose order in a file says
  /// nothing, those of the larger maps first, and of one map those of fewer columns.
  private static func rows(of model: ModelDescription) -> [Row] {
    var rows: [Row] = []
    // The row that a value comes from, by the value's index: at once, and through layers that are none.
    var (origins, sources) = ([Int: Int](), [Int: Int]())
    // Of each row the first of those that follow from one another among the predictors.
    var firsts: [Int] = []
    for (node, layer) in zip(model.model.graph.nodes, model.layers) {
      let source = node.inputs.first.flatMap { sources[$0.index] }
      sources[node.output.index] = source
      guard layer.count != GraphStatistics.Count() else { continue }
      if layer.kernel == nil, let origin = node.inputs.first.flatMap({ origins[$0.index] }) {
        rows[origin].count = GraphStatistics.sum([rows[origin].count, layer.count])
        continue
      }
      let kernel = layer.kernel.map { kernel in
        let stride = kernel.window.stride.height
        return " \(kernel.size.height)×\(kernel.size.width)" + (stride > 1 ? "/\(stride)" : "")
      }
      (origins[node.output.index], sources[node.output.index]) = (rows.count, rows.count)
      let isBehind = source.map { rows[$0].part == .predictor } ?? false
      firsts.append(source.flatMap { isBehind ? firsts[$0] : nil } ?? rows.count)
      rows.append(
        Row(
          name: layer.name, part: layer.part, operation: layer.operation + (kernel ?? ""), output: layer.output,
          count: layer.count))
    }
    let predictors = Dictionary(grouping: rows.indices.filter { rows[$0].part == .predictor }) { firsts[$0] }
    // What a predictor gives is what its last layer gives.
    let sorted = predictors.values.sorted { left, right in
      guard let (a, b) = (left.last.flatMap { a in right.last.map { (a, $0) } }) else { return false }
      let (one, other) = (rows[a], rows[b])
      return (-one.cells, one.columns, one.operation, one.count.parameters, a)
        < (-other.cells, other.columns, other.operation, other.count.parameters, b)
    }
    return rows.filter { $0.part != .predictor } + sorted.flatMap { $0.map { rows[$0] } }
  }

  /// Both models' parts and totals by one another, the saving last.
  private var sums: [(name: String, a: GraphStatistics.Count, b: GraphStatistics.Count)] {
    var sums: [(name: String, a: GraphStatistics.Count, b: GraphStatistics.Count)] = []
    if !models.a.parts.isEmpty, !models.b.parts.isEmpty {
      for (a, b) in zip(models.a.parts, models.b.parts) { sums.append((a.part.rawValue, a.count, b.count)) }
    }
    return sums + [("total", models.a.total, models.b.total)]
  }

  /// The comparison for people.
  var text: String {
    let head = ["layer", "operator", "output", "parameters", "multiply-adds"]
    var rows = [head + ["|"] + head]
    var part: DetectorParts.Part?
    for (a, b) in differences {
      if let next = (a ?? b)?.part, next != part {
        part = next
        rows.append(["\(next):", "", "", "", "", "|", "", "", "", "", ""])
      }
      rows.append((a?.words ?? Row.noWords) + ["|"] + (b?.words ?? Row.noWords))
    }
    let layers = differences.isEmpty ? "The layers are the same." : sideBySide(rows)
    let table = sums.map { sum in
      [
        sum.name, grouped(sum.a.parameters), grouped(sum.b.parameters), factor(sum.a.parameters, sum.b.parameters),
        grouped(sum.a.multiplyAdds), grouped(sum.b.multiplyAdds), factor(sum.a.multiplyAdds, sum.b.multiplyAdds),
      ]
    }
    let titles = ["part", "parameters A", "B", "A / B", "multiply-adds A", "B", "A / B"]
    return """
      A: \(models.a.model.name) (\(models.a.path))
      B: \(models.b.model.name) (\(models.b.path))

      \(layers)

      \(Table.text([titles] + table))
      """
  }

  /// Lays rows of two times five words, the numbers to the right.
  private func sideBySide(_ rows: [[String]]) -> String {
    let left = Table.text(rows.map { Array($0[0..<5]) }, words: 3).split(separator: "\n")
    let right = Table.text(rows.map { Array($0[6...]) }, words: 3).split(separator: "\n")
    return zip(left, right).map { "\($0)  |  \($1)" }.joined(separator: "\n")
  }

  /// How many times `b` goes into `a`.
  private func factor(_ a: Int, _ b: Int) -> String { b > 0 ? "\(decimal(Double(a) / Double(b), 2))×" : "-" }

  /// The comparison as one JSON object, on one line; the command's help says what its members are.
  var json: String {
    JSONWriter.text {
      $0.member("a") { write(models.a, &$0) }
      $0.member("b") { write(models.b, &$0) }
      $0.member("differences", each: differences) { writer, pair in
        writer.object {
          for (name, row) in [("a", pair.a), ("b", pair.b)] {
            guard let row else { continue }
            $0.member(name) {
              $0.member("name", row.name)
              if let part = row.part { $0.member("part", part.rawValue) }
              $0.member("operator", row.operation)
              $0.member("output", each: row.output.extents) { $0.integer($1) }
              row.count.write(&$0)
            }
          }
        }
      }
      $0.member("savings") {
        let (a, b) = (models.a.total, models.b.total)
        $0.member("parameters", Double(a.parameters) / Double(max(b.parameters, 1)), decimals: 4)
        $0.member("multiply_adds", Double(a.multiplyAdds) / Double(max(b.multiplyAdds, 1)), decimals: 4)
      }
    }
  }

  private func write(_ description: ModelDescription, _ writer: inout JSONWriter) {
    writer.member("name", description.model.name)
    writer.member("path", description.path)
    writer.member("parts", object: description.writeParts)
    writer.member("total", object: description.total.write)
  }
}
