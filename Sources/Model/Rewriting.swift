extension Graph {
  /// How many nodes and outputs read each value, by its index.
  package var uses: [Int] {
    var uses = [Int](repeating: 0, count: shapes.count)
    for node in nodes { for input in node.inputs { uses[input.index] += 1 } }
    for output in outputs { uses[output.index] += 1 }
    return uses
  }

  /// The index of the node that gives each value, by the value's index; nil for the input.
  package var producers: [Int?] {
    var producers = [Int?](repeating: nil, count: shapes.count)
    for (index, node) in nodes.enumerated() { producers[node.output.index] = index }
    return producers
  }

  /// Returns the graph of `nodes` with this graph's input and outputs; values are numbered anew.
  ///
  /// - Precondition: `nodes` name values of this graph, stand in order, obey the shape rules and give the outputs.
  package func replacingNodes(_ nodes: [Node]) -> Graph {
    var graph = Graph(input: shape(of: input))
    graph.arithmetic = arithmetic
    var renamed = [Value?](repeating: nil, count: shapes.count)
    renamed[input.index] = graph.input
    func new(_ value: Value) -> Value {
      guard let new = renamed[value.index] else { preconditionFailure("A value is read before it is given.") }
      return new
    }
    for node in nodes {
      do {
        renamed[node.output.index] = try graph.append(
          name: node.name, operation: node.operation, inputs: node.inputs.map(new))
      } catch {
        preconditionFailure("A pass broke a shape rule: \(error)")
      }
    }
    graph.markOutputs(outputs.map(new))
    return graph
  }

  /// Returns the graph in which nodes are merged with the one that gives one of their inputs and is read by nobody else.
  ///
  /// The merged node takes the later one's place and output, and reads what the earlier one read, then what else the
  /// later one read. One sweep merges whole chains.
  ///
  /// - Parameter merge: returns what both nodes together compute, or nil where no operator says it.
  func merging(_ merge: (_ earlier: Node, _ later: Node) -> Operator?) -> Graph {
    let uses = uses
    var places = producers
    var kept: [Node?] = nodes
    for index in nodes.indices {
      // The operand that was computed last comes first: the others are then ready when it is.
      let operands = nodes[index].inputs.indices.filter { uses[nodes[index].inputs[$0].index] == 1 }
        .sorted { (places[nodes[index].inputs[$0].index] ?? -1) > (places[nodes[index].inputs[$1].index] ?? -1) }
      for operand in operands {
        guard let place = places[nodes[index].inputs[operand].index], let earlier = kept[place],
          let later = kept[index], let operation = merge(earlier, later)
        else { continue }
        var others = later.inputs
        others.remove(at: operand)
        kept[place] = nil
        kept[index] = Node(
          name: earlier.name, operation: operation, inputs: earlier.inputs + others, output: later.output)
        places[later.output.index] = index
        break
      }
    }
    return replacingNodes(kept.compactMap { $0 })
  }
}
