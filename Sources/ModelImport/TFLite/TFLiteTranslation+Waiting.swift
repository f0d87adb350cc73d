internal import Model

/// What is kept back until it is known who reads it: zeros around a map, and what makes scores.
extension TFLiteTranslation {
  /// Those that hand scores on without computing on them.
  private static let handingOn: Set<String> = ["CONCATENATION", "DEQUANTIZE", "RESHAPE", "SQUEEZE", "EXPAND_DIMS"]

  /// Computes what was kept back of the values that the operator at `place` reads and that it cannot take in.
  ///
  /// Zeros around a map of real numbers stay: only a window takes them in.
  mutating func settle(_ place: Int) throws(ImportError) {
    let definition = source.operators[place]
    for index in definition.inputs.indices {
      guard let tensor = operand(place, index), let found = live(tensor: tensor) else { continue }
      if found.zeros != nil, network.isInteger(found.value), !takesZeros(definition) { try layZeros(tensor, found) }
      if found.scores != .identity, !Self.handingOn.contains(definition.code.name) {
        try score(place, tensor, found)
      }
    }
  }

  /// Whether the operator counts what lies outside of its map as zeros, and has no padding of its own.
  private func takesZeros(_ definition: TFLiteOperator) -> Bool {
    guard ["CONV_2D", "DEPTHWISE_CONV_2D"].contains(definition.code.name),
      case .window(let options) = definition.options
    else { return false }
    return options.padding == 1
  }

  /// Lays the zeros that stand around the whole numbers `found`, which the tensor `tensor` is.
  ///
  /// - Returns: what the tensor is then.
  @discardableResult
  mutating func layZeros(_ tensor: Int, _ found: Live) throws(ImportError) -> Live {
    guard let zeros = found.zeros else { return found }
    let padding = IntegerPadding(
      before: [0, zeros[0], zeros[1], 0], behind: [0, zeros[2], zeros[3], 0],
      number: Int8(truncatingIfNeeded: try grid(tensor: tensor).zero))
    let value = try append(named: source.name(of: tensor), "padded", .integer(.pad(padding)), [found.value])
    let laid = Live(value: value, extents: found.extents)
    set(tensor: tensor, laid)
    return laid
  }

  /// Computes the scores that `found` is to become, which the tensor `tensor` is.
  private mutating func score(_ place: Int, _ tensor: Int, _ found: Live) throws(ImportError) {
    var logits = found
    (logits.scores, logits.extents) = (.identity, network.shape(of: found.value).extents)
    guard found.zeros == nil, found.scores == .sigmoid || logits.extents.last == found.extents.last else {
      throw source.fault(place, "it computes on scores of a padded or reshaped map, which is not supported")
    }
    let function: MapOperator = found.scores == .sigmoid ? .sigmoid : .softmax
    let value = try append(
      named: source.name(of: tensor), "scores", .map(function), [try applied(logits, place)])
    set(tensor: tensor, Live(value: value, extents: found.extents))
  }

  /// `PAD` of rows and columns with zeros, which the next convolution takes in.
  @Sendable static func pad(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    guard let found = try it.surrounded(place) else {
      throw it.source.fault(place, "it is supported only around the rows and columns of a map")
    }
    it.set(place, found)
  }

  /// `PAD` and `PADV2` of whole numbers: zeros around rows and columns wait for who reads them, all else is laid.
  @Sendable static func padIntegers(_ it: inout TFLiteTranslation, _ place: Int) throws(ImportError) {
    let (input, grid, counts) = (try it.map(place), try it.sharedGrid(place), try it.integers(place, 1))
    var number = grid.zero
    if it.source.operators[place].code.name == "PADV2" {
      let value = try it.integerWeights(place, operand: 2, axis: 0)
      guard value.values.count == 1 else { throw it.source.fault(place, "it pads with several numbers") }
      guard let tensor = it.operand(place, 2), try it.grid(tensor: tensor) == grid else {
        throw it.source.fault(place, "the number that it pads with has another scale, zero or type than its operand")
      }
      number = Int(value.values[0])
    }
    if number == grid.zero, let found = try it.surrounded(place) { return it.set(place, found) }
    let axes = counts.indices.filter { $0.isMultiple(of: 2) && $0 + 1 < counts.count }
    let padding = IntegerPadding(
      before: axes.map { counts[$0] }, behind: axes.map { counts[$0 + 1] }, number: Int8(truncatingIfNeeded: number))
    try it.compute(place, .integer(.pad(padding)), [input])
  }

  /// Returns operand 0 with as many zeros around it as operand 1 says; nil where these are not around rows and columns of a
  /// map.
  private mutating func surrounded(_ place: Int) throws(ImportError) -> Live? {
    var found = try liveInput(place)
    let counts = try integers(place, 1)
    guard found.zeros == nil, found.extents == network.shape(of: found.value).extents, found.extents.count == 4,
      counts.count == 8, counts.allSatisfy({ (0...1 << 10).contains($0) }),
      counts[0] + counts[1] + counts[6] + counts[7] == 0
    else { return nil }
    found.zeros = [counts[2], counts[4], counts[3], counts[5]]
    found.extents[1] += counts[2] + counts[3]
    found.extents[2] += counts[4] + counts[5]
    return found
  }
}
