internal import Model
internal import Scene

extension ONNXModel {
  /// Returns the places of the nodes that `wanted` need, each behind those that give what it reads: in the order of the
  /// file, or of files whose writers put nodes where they liked in one that fits.
  ///
  /// - Parameter given: tensors that no node need give.
  /// - Throws: `ImportError` iff a node waits for itself or reads what nothing gives, or two give the same.
  func needed(by wanted: [String], given: Set<String>) throws(ImportError) -> [Int] {
    let givers = try givers()
    var isNeeded = [Bool](repeating: false, count: nodes.count)
    var (waiting, isSorted) = (wanted.map { (name: $0, reader: Int?.none) }, true)
    while let (name, reader) = waiting.popLast() {
      guard !given.contains(name), !name.isEmpty else { continue }
      guard let place = givers[name] else {
        if initializers[name] != nil { continue }
        throw reader.map { fault($0, "\(name.printable()), which it reads, is given by nothing") }
          ?? fault("the output \(name.printable()) is given by nothing")
      }
      isSorted = isSorted && place < reader ?? nodes.count
      guard !isNeeded[place] else { continue }
      isNeeded[place] = true
      for input in nodes[place].inputs { waiting.append((input, place)) }
    }
    let places = isNeeded.indices.filter { isNeeded[$0] }
    return isSorted ? places : try sorted(places, givers, given)
  }

  /// Returns `places` with each behind those that give what it reads.
  ///
  /// - Throws: `ImportError` iff a node waits for itself.
  private func sorted(_ places: [Int], _ givers: [String: Int], _ given: Set<String>) throws(ImportError) -> [Int] {
    enum Mark { case untouched, waiting, done }
    var (marks, order) = ([Mark](repeating: .untouched, count: nodes.count), [Int]())
    for start in places where marks[start] == .untouched {
      // Nodes that wait, each with the operand that it waits for next.
      var path = [(place: start, operand: 0)]
      marks[start] = .waiting
      while let (place, operand) = path.last {
        guard let name = nodes[place].inputs.element(operand) else {
          marks[place] = .done
          order.append(place)
          path.removeLast()
          continue
        }
        path[path.count - 1].operand += 1
        guard !given.contains(name), let giver = givers[name], marks[giver] != .done else { continue }
        guard marks[giver] == .untouched else { throw fault(giver, "it waits for what it gives itself") }
        marks[giver] = .waiting
        path.append((giver, 0))
      }
    }
    return order
  }

  /// Returns the place of the node that gives each tensor.
  ///
  /// - Throws: `ImportError` iff two give the same, or one gives what is an input or a constant.
  func givers() throws(ImportError) -> [String: Int] {
    let known = Set(inputs.map { $0.name })
    var givers: [String: Int] = [:]
    for (place, node) in nodes.enumerated() {
      for output in node.outputs where !output.isEmpty {
        guard givers.updateValue(place, forKey: output) == nil, !known.contains(output), initializers[output] == nil
        else { throw fault(place, "\(output.printable()), which it gives, has a value already") }
      }
    }
    return givers
  }

  /// Returns the error that names all operators at `places`, none of which is supported; nil where there are none.
  func unsupported(_ places: [Int]) -> ImportError? {
    guard !places.isEmpty else { return nil }
    let kinds = Dictionary(grouping: places) { nodes[$0].kind }
    let list = kinds.sorted { $0.value[0] < $1.value[0] }.map { kind, places in
      let names = places.lazy.map { place in
        let node = nodes[place]
        return (node.name.isEmpty ? node.outputs.first ?? "" : node.name).printable(most: 80)
      }
      return "\(kind) (\(names.listed(most: 1)))"
    }
    return fault("\(list.listed(most: Self.namedKinds)) \(list.count == 1 ? "is" : "are") not supported")
  }

  /// The most kinds of operators that an error names.
  private static let namedKinds = 40
}
