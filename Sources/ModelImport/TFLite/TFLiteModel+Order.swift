internal import Model
internal import Scene

extension TFLiteModel {
  /// Returns the places of the operators that `wanted` tensors need, in the order of the file.
  ///
  /// - Throws: `ImportError` iff an operator reads what only a later one gives, or two give the same tensor.
  func needed(by wanted: [Int], input: Int) throws(ImportError) -> [Int] {
    var giver = [Int?](repeating: nil, count: tensors.count)
    for (place, definition) in operators.enumerated() {
      for output in definition.outputs {
        guard giver[output] == nil, output != input, !isConstant(output) else {
          throw fault(place, "tensor \(output), which it gives, has a value already")
        }
        giver[output] = place
      }
    }
    var isNeeded = [Bool](repeating: false, count: operators.count)
    var waiting = wanted
    while let tensor = waiting.popLast() {
      guard let place = giver[tensor], !isNeeded[place] else { continue }
      isNeeded[place] = true
      for operand in operators[place].inputs where operand >= 0 {
        if let earlier = giver[operand], earlier >= place {
          throw fault(place, "tensor \(operand), which it reads, is not there yet")
        }
        waiting.append(operand)
      }
    }
    return isNeeded.indices.filter { isNeeded[$0] }
  }

  /// Returns the error that names all operators at `places`, with their versions, none of which is supported; nil where
  /// there are none.
  func unsupported(_ places: [Int]) -> ImportError? {
    guard !places.isEmpty else { return nil }
    let kinds = Dictionary(grouping: places) { operators[$0].code.name }
    let list = kinds.sorted { $0.value[0] < $1.value[0] }.map { name, places in
      let shown = places.lazy.map(String.init).listed(most: Self.namedPlaces)
      return "\(name) version \(operators[places[0]].code.version) (operator \(shown))"
    }
    return fault("\(list.listed(most: Self.namedKinds)) \(list.count == 1 ? "is" : "are") not supported")
  }

  /// The most kinds of operators, and places of each, that an error names.
  private static let (namedKinds, namedPlaces) = (40, 4)

  /// The operator that gives each tensor.
  var givers: [Int: TFLiteOperator] {
    var givers: [Int: TFLiteOperator] = [:]
    for definition in operators { for output in definition.outputs { givers[output] = definition } }
    return givers
  }

  /// Returns the operator that `tensor` comes from, seen through those that hand on what they read; nil where it
  /// comes from none.
  func origin(of tensor: Int, _ givers: [Int: TFLiteOperator]) -> TFLiteOperator? {
    let handingOn = ["RESHAPE", "SQUEEZE", "DEQUANTIZE", "QUANTIZE"]
    var giver = givers[tensor]
    // At most once over every operator, for a loop of such operators has no origin.
    for _ in operators {
      guard let moving = giver, handingOn.contains(moving.code.name), let input = moving.inputs.first else {
        return giver
      }
      giver = givers[input]
    }
    return nil
  }

  /// Returns for each tensor whether its values depend on those of `input`; shapes (SHAPE) do not.
  func dependents(on input: Int) -> [Bool] {
    var isLive = [Bool](repeating: false, count: tensors.count)
    isLive[input] = true
    for definition in operators where definition.code.name != "SHAPE" {
      guard definition.inputs.contains(where: { $0 >= 0 && isLive[$0] }) else { continue }
      for output in definition.outputs { isLive[output] = true }
    }
    return isLive
  }
}
