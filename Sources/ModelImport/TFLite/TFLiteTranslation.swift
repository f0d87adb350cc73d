internal import Model
internal import Posix

/// Builds our graph from the operators of a model, and computes what follows from constants and shapes alone.
///
/// Operators that only move or rename values (RESHAPE, SQUEEZE, QUANTIZE, DEQUANTIZE …) add no node before it is known
/// who reads them; so do zeros around a map, a factor of all its values, and what makes scores of logits.
struct TFLiteTranslation {
  /// What a tensor that depends on the picture is.
  struct Live {
    var value: Graph.Value
    /// Its shape in the file: as many values as `value` has, in the same order.
    var extents: [Int]
    /// Zeros around `value` above, left, below and right, which the next window takes in.
    var zeros: [Int]?
    /// What all values are yet to be multiplied by.
    var factor: Float = 1
    /// What is yet to be computed of the values.
    var scores = ScoreConversion.identity
  }

  let source: TFLiteModel
  private(set) var network: Graph
  /// What depends on the picture, by tensor.
  private var results: [Int: Live] = [:]
  /// What was computed of constants, by tensor.
  private var computed: [Int: KnownValue] = [:]
  /// Weights, so that operators which share a tensor share them too.
  private var constants: [Int: Constant] = [:]
  /// The same of 8 bits.
  var integerConstants: [Int: [Int8]] = [:]
  /// How many values of constants may still be copied: a hostile file has any number of tensors over the same bytes.
  private var budget: Int
  /// The names that nodes have.
  private var names: Set<String> = []
  /// The number that the next name of this beginning tries first.
  private var numbers: [String: Int] = [:]
  /// Whether weights of 8 bits meet values of floats, and whether values that depend on the picture are quantised.
  private(set) var isHybrid = false
  private(set) var isQuantized: Bool

  /// A translation from the picture's tensor `input`, of shape [1, height, width, 3].
  ///
  /// - Throws: `ImportError` iff the tensor has no elements, or too many.
  init(_ source: TFLiteModel, input: Int) throws(ImportError) {
    let extents = source.tensors[input].extents
    (self.source, network) = (source, Graph(input: Shape(extents)))
    budget = source.file.bytes.count + 1 << 20
    isQuantized = source.tensors[input].isQuantized
    results[input] = Live(value: network.input, extents: extents)
    if isQuantized {
      // Bytes are the picture's, whatever they mean.
      let grid = IntegerGrid(scale: 1, zero: -128)
      let bytes = try append(named: source.name(of: input), "picture", .integer(.fromReal(grid)), [network.input])
      results[input] = Live(value: bytes, extents: extents)
    }
  }

  /// Translates the operators at `places`, which stand in the order of the file.
  ///
  /// - Throws: `ImportError` naming all operators that are not supported, or the one that is not as it should be.
  mutating func translate(_ places: [Int]) throws(ImportError) {
    let unknown = places.filter {
      let name = source.operators[$0].code.name
      return Self.rules[name] == nil && Self.integerRules[name] == nil
    }
    if let fault = source.unsupported(unknown) ?? source.unknownVersion(places) { throw fault }
    for place in places {
      let definition = source.operators[place]
      guard let output = definition.outputs.first else { throw source.fault(place, "it gives nothing") }
      let integerRule = isInteger(place) ? Self.integerRules[definition.code.name] : nil
      guard let rule = integerRule ?? Self.rules[definition.code.name] else {
        throw source.fault(place, "it is supported only of whole numbers")
      }
      try settle(place)
      try rule(&self, place)
      if results[output] != nil, source.tensors[output].isQuantized { isQuantized = true }
    }
  }

  // MARK: What operators read

  /// Returns the tensor that operand `index` of the operator at `place` is; nil where it is left out.
  func operand(_ place: Int, _ index: Int) -> Int? {
    let inputs = source.operators[place].inputs
    return inputs.element(index).flatMap { $0 < 0 ? nil : $0 }
  }

  /// Returns what operand `index` is where it depends on the picture; nil where it does not.
  func liveOperand(_ place: Int, _ index: Int) -> Live? { operand(place, index).flatMap { results[$0] } }

  /// Returns what the operator at `place`, which was translated, gives.
  func given(_ place: Int) throws(ImportError) -> Live {
    if let found = results[source.operators[place].outputs[0]] { return found }
    throw source.fault(place, "it gives nothing")
  }

  /// Returns what the tensor `tensor` is where it depends on the picture.
  func live(tensor: Int) -> Live? { results[tensor] }

  /// Returns operand `index`, which must depend on the picture.
  func liveInput(_ place: Int, _ index: Int = 0) throws(ImportError) -> Live {
    guard let found = liveOperand(place, index) else {
      throw source.fault(place, "its operand \(index) does not depend on the picture")
    }
    guard found.scores == .identity else {
      throw source.fault(place, "it computes on scores, which is not supported")
    }
    return found
  }

  /// Returns operand `index` as a value of our graph, with all that was kept back applied but `zeros`.
  mutating func map(_ place: Int, _ index: Int = 0) throws(ImportError) -> Graph.Value {
    let found = try liveInput(place, index)
    guard found.zeros == nil else { throw source.fault(place, "it reads a padded map, which is not supported") }
    return try applied(found, place)
  }

  /// Returns `found` as a value of our graph, in its shape, multiplied by its factor.
  mutating func applied(_ found: Live, _ place: Int) throws(ImportError) -> Graph.Value {
    var value = found.value
    if found.factor != 1 {
      let channels = try channels(of: value, place)
      value = try append(place, .scaling(by: Constant(repeating: found.factor, count: channels)), [value])
    }
    if network.shape(of: value).extents != found.extents {
      value = try append(place, .reshape(Shape(found.extents)), [value])
    }
    return value
  }

  /// Returns how many channels `value` has, which the operator at `place` reads.
  ///
  /// - Throws: `ImportError` iff they are more than any network's: there will be constants of so many.
  func channels(of value: Graph.Value, _ place: Int) throws(ImportError) -> Int {
    let channels = network.shape(of: value).extents.last ?? 0
    guard (1...1 << 16).contains(channels) else { throw source.fault(place, "\(channels) channels are not supported") }
    return channels
  }

  /// Returns the extents of operand `index`, whatever it is.
  func extents(_ place: Int, _ index: Int) throws(ImportError) -> [Int] {
    guard let tensor = operand(place, index) else { throw source.fault(place, "it has no operand \(index)") }
    return results[tensor]?.extents ?? computed[tensor]?.extents ?? source.tensors[tensor].extents
  }

  /// Returns the constant that operand `index` is; nil where it depends on the picture or is left out.
  mutating func constantOperand(_ place: Int, _ index: Int) throws(ImportError) -> KnownValue? {
    guard let tensor = operand(place, index) else { return nil }
    return try constant(tensor: tensor)
  }

  /// Returns the constant that `tensor` is; nil where it is none.
  mutating func constant(tensor: Int) throws(ImportError) -> KnownValue? {
    if let value = computed[tensor] { return value }
    guard results[tensor] == nil, source.isConstant(tensor) else { return nil }
    let count = Shape(source.tensors[tensor].extents).count ?? .max
    try spend(tensor: tensor, count)
    return try source.value(ofConstant: tensor)
  }

  /// Returns the constant that operand `index` must be.
  mutating func constantInput(_ place: Int, _ index: Int) throws(ImportError) -> KnownValue {
    if let value = try constantOperand(place, index) { return value }
    throw source.fault(place, "its operand \(index) is no constant")
  }

  /// Returns the whole numbers that operand `index` must be.
  mutating func integers(_ place: Int, _ index: Int) throws(ImportError) -> [Int] {
    guard let integers = try constantInput(place, index).integers else {
      throw source.fault(place, "its operand \(index) is not of whole numbers")
    }
    return integers
  }

  /// Returns the weights that operand `index` must be, made by `arranged` of their extents and values.
  mutating func weights(
    _ place: Int, _ index: Int, _ arranged: (_ extents: [Int], _ values: [Float]) -> Constant?
  ) throws(ImportError) -> Constant {
    guard let tensor = operand(place, index) else { throw source.fault(place, "it has no operand \(index)") }
    if let known = constants[tensor] { return known }
    let value = try constantInput(place, index)
    guard let floats = value.floats, let constant = arranged(value.extents, floats) else {
      throw source.fault(place, "weights \(Shape(value.extents)) are not supported")
    }
    constants[tensor] = constant
    if source.tensors[tensor].isQuantized, let input = operand(place, 0), !source.tensors[input].isQuantized {
      isHybrid = true
    }
    return constant
  }

  // MARK: What they give

  /// Gives the operator at `place` the result `result`.
  mutating func set(_ place: Int, _ result: Live) { results[source.operators[place].outputs[0]] = result }

  /// Says what the tensor `tensor` is.
  mutating func set(tensor: Int, _ result: Live) { results[tensor] = result }

  /// Says which constant the tensor `tensor` is, whose values are counted.
  mutating func set(tensor: Int, _ value: KnownValue) { computed[tensor] = value }

  /// Gives the operator at `place` the constant `value` as its result.
  mutating func set(_ place: Int, _ value: KnownValue?) throws(ImportError) {
    guard let value else { throw source.fault(place, "its operands do not fit") }
    try spend(place, value.count)
    computed[source.operators[place].outputs[0]] = value
  }

  /// Refuses a constant of `count` values as the operator's at `place`, to be asked before it is made.
  ///
  /// - Throws: `ImportError` iff it has more values than may still be copied.
  func allow(_ place: Int, _ count: Int) throws(ImportError) {
    guard count <= budget else { throw source.fault(place, "the constants are too large") }
  }

  /// Counts a copy of `count` values for the operator at `place`.
  mutating func spend(_ place: Int, _ count: Int) throws(ImportError) {
    try allow(place, count)
    budget -= count
  }

  /// Counts a copy of the `count` values of the constant `tensor`.
  mutating func spend(tensor: Int, _ count: Int) throws(ImportError) {
    guard count <= budget else { throw source.fault(tensor: tensor, "the constants are too large") }
    budget -= count
  }

  /// Gives the operator at `place` what `operation` makes of `inputs`, and then `activation`.
  mutating func compute(
    _ place: Int, _ operation: Operator, _ inputs: [Graph.Value], then activation: Activation = .none
  )
    throws(ImportError)
  {
    var value = try append(place, operation, inputs)
    if activation != .none { value = try append(place, .activation(activation), [value]) }
    set(place, Live(value: value, extents: network.shape(of: value).extents))
  }

  /// Adds a node that is named after the result of the operator at `place`.
  mutating func append(_ place: Int, _ operation: Operator, _ inputs: [Graph.Value]) throws(ImportError) -> Graph.Value
  {
    // A node and its name cost about as much as so many numbers.
    try spend(place, 64)
    let output = source.operators[place].outputs.first.map(source.name) ?? "operator"
    let name = unusedName(output, "operator \(place)")
    do throws(GraphError) {
      return try network.append(name: name, operation: operation, inputs: inputs)
    } catch {
      throw source.fault(place, error.reason)
    }
  }

  /// Adds a node that belongs to no operator; its name is `wanted` or, where that is taken, has `note` behind it.
  mutating func append(named wanted: String, _ note: String, _ operation: Operator, _ inputs: [Graph.Value])
    throws(ImportError) -> Graph.Value
  {
    do throws(GraphError) {
      return try network.append(name: unusedName(wanted, note), operation: operation, inputs: inputs)
    } catch {
      throw source.fault(error.reason)
    }
  }

  /// Returns `wanted` where no node has that name yet, or else with `note` behind it and, if need be, a number.
  private mutating func unusedName(_ wanted: String, _ note: String) -> String {
    let noted = "\(wanted) (\(note)"
    var (name, number) = (wanted, numbers[noted] ?? 1)
    while !names.insert(name).inserted {
      name = number == 1 ? "\(noted))" : "\(noted), \(number))"
      number += 1
    }
    numbers[noted] = number
    return name
  }

  /// Marks the two heads, each in three extents [1, rows, columns], as the network's outputs, and returns the network.
  mutating func finish(boxes: Live, classes: Live, rows: Int, columns: Int) throws(ImportError) -> Graph {
    var values: [Graph.Value] = []
    for (head, columns) in [(boxes, 4), (classes, columns)] {
      guard head.zeros == nil, head.factor == 1, Shape(head.extents).count == rows * columns else {
        throw source.fault("a head of shape \(Shape(head.extents)) is not supported")
      }
      let wanted = Shape([1, rows, columns])
      if network.shape(of: head.value) == wanted {
        values.append(head.value)
      } else {
        do throws(GraphError) {
          let name = unusedName(columns == 4 && values.isEmpty ? "boxes" : "classes", "head")
          values.append(try network.append(name: name, operation: .reshape(wanted), inputs: [head.value]))
        } catch {
          throw source.fault(error.reason)
        }
      }
    }
    return finish(values)
  }

  /// Marks `values` as the network's outputs and returns the network.
  mutating func finish(_ values: [Graph.Value]) -> Graph {
    network.markOutputs(values)
    if isQuantized { network.arithmetic = .integer8 }
    return network.droppingDeadNodes()
  }
}
