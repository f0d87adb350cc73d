extension Graph {
  /// Returns the graph with its nodes in an order in which values are read soon after they are made, while they are in the
  /// processor's caches, and need memory for a short time.
  ///
  /// Of the nodes that wait for nothing those that read the newest value come first, and of these the one that is nearest
  /// to an output: a predictor of boxes or classes comes right behind the map that it reads, wherever its file has it.
  package func readingSoon() -> Graph {
    var readers = [[Int]](repeating: [], count: shapes.count)
    for (index, node) in nodes.enumerated() { for input in node.inputs { readers[input.index].append(index) } }
    /// The most nodes between a node and an output.
    var distances = [Int](repeating: 0, count: nodes.count)
    for (index, node) in nodes.enumerated().reversed() {
      distances[index] = readers[node.output.index].map { distances[$0] + 1 }.max() ?? 0
    }
    // Constants come first.
    var ordered = nodes.filter(\.inputs.isEmpty)
    var missing = nodes.map(\.inputs.count)
    var waiting: [Int] = []
    func give(_ value: Value) {
      var ready: [Int] = []
      for reader in readers[value.index] {
        missing[reader] -= 1
        if missing[reader] == 0 { ready.append(reader) }
      }
      waiting += ready.sorted { (distances[$0], $0) > (distances[$1], $1) }
    }
    for constant in ordered { give(constant.output) }
    give(input)
    while let index = waiting.popLast() {
      ordered.append(nodes[index])
      give(nodes[index].output)
    }
    return replacingNodes(ordered)
  }
}
