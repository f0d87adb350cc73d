internal import Model

extension GraphDef {
  /// Returns what `roots` need, in an order in which each node comes after those it reads; `isEnd` nodes are not
  /// looked behind.
  ///
  /// - Throws: `ImportError` iff there is a cycle among them.
  func order(of roots: [Int], endingAt isEnd: (Int) -> Bool) throws(ImportError) -> [Int] {
    enum Mark { case new, open, done }
    var marks = [Mark](repeating: .new, count: nodes.count)
    var order: [Int] = []
    // Its own stack, not recursion: a file may be a chain as long as it likes.
    var stack: [(node: Int, next: Int)] = []
    for root in roots where marks[root] == .new {
      stack.append((root, 0))
      marks[root] = .open
      while let (node, next) = stack.last {
        let inputs = nodes[node].inputs
        guard next < inputs.count, !isEnd(node) else {
          marks[node] = .done
          order.append(node)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let input = inputs[next].node
        switch marks[input] {
        case .new:
          marks[input] = .open
          stack.append((input, 0))
        case .open: throw fault(input, "the node needs its own result")
        case .done: continue
        }
      }
    }
    return order
  }

  /// Returns for each node whether `start` or one of its readers, and theirs, is the node.
  func reached(from start: [Int]) -> [Bool] { closure(start) { readers[$0] } }

  /// Returns for each node whether `start` needs it.
  func needed(by start: [Int]) -> [Bool] { closure(start) { nodes[$0].inputs.map(\.node) } }

  /// Returns for each node whether it is in `start` or can be reached by steps of `next`.
  private func closure(_ start: [Int], _ next: (Int) -> [Int]) -> [Bool] {
    var found = [Bool](repeating: false, count: nodes.count)
    var waiting = start
    for node in start { found[node] = true }
    while let node = waiting.popLast() {
      for other in next(node) where !found[other] {
        found[other] = true
        waiting.append(other)
      }
    }
    return found
  }

  /// Follows first inputs from `output` through nodes whose operator is in `operations`; returns where it ends.
  func origin(of output: NodeDef.Output, through operations: Set<String>) -> NodeDef.Output {
    var output = output
    // At most once over every node, for a loop of such nodes has no origin.
    for _ in nodes {
      guard operations.contains(nodes[output.node].operation), let input = nodes[output.node].inputs.first else {
        break
      }
      output = input
    }
    return output
  }

  /// Returns the nodes that read `node`, seen through nodes whose operator is in `operations`.
  func readers(of node: Int, through operations: Set<String>) -> [Int] {
    var found: [Int] = []
    var seen: Set<Int> = []
    var waiting = readers[node]
    while let reader = waiting.popLast() {
      guard seen.insert(reader).inserted else { continue }
      if operations.contains(nodes[reader].operation) { waiting += readers[reader] } else { found.append(reader) }
    }
    return found.sorted()
  }
}

/// Operators that hand their first input on, as far as inference goes.
let handingOn: Set<String> = ["Identity", "StopGradient", "PreventGradient", "Snapshot", "ReadVariableOp"]
