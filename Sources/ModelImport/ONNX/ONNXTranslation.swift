package import Model
internal import Posix

/// Builds our graph from the nodes of a model, and computes what follows from constants and shapes alone.
///
/// Nodes that only move or rename values add none before it is known who reads them; so do zeros around a map, a factor
/// of all its values, and what makes scores of logits.
package struct ONNXTranslation {
  /// What a tensor that depends on the picture is.
  struct Live {
    var value: Graph.Value
    /// How the file's tensor lies in `value`.
    var view: StridedView
    /// Zeros around `value` above, left, below and right, which the next window takes in.
    var zeros: [Int]?
    /// What all values are yet to be multiplied by.
    var factor: Float = 1
    /// What is yet to be computed of the values.
    var scores = ScoreConversion.identity
    /// Of what `value` is a part of a hard-swish, and which.
    var part: HardSwishPart?
  }

  /// What stands within x · min(max(x + 3, 0), 6) / 6.
  enum HardSwishPart: Equatable {
    /// x + 3
    case moved(Graph.Value)
    /// min(max(x + 3, 0), 6)
    case gate(Graph.Value)
  }

  let source: ONNXModel
  private(set) var network: Graph
  /// What depends on the picture, by name.
  private var results: [String: Live] = [:]
  /// What was computed of constants, or read and asked for again, by name.
  private var computed: [String: KnownValue] = [:]
  /// Weights, so that nodes which share a constant share them too; by name, in each order in which they are read.
  private var arranged: [WeightOrder: [String: Constant]] = [:]
  private var constants: ONNXConstants
  /// How many values may still be computed of constants.
  private var budget: Int
  /// How many nodes wanted each name.
  private var names: [String: Int] = [:]
  /// Whether weights have 16 bits.
  private(set) var isHalf = false

  /// A translation from the picture's tensor `input`, a map of RGB pixels.
  ///
  /// - Parameter isChannelsFirst: whether the tensor is [1, 3, height, width], else [1, height, width, 3].
  package init(_ source: ONNXModel, input: String, size: Extent, channels: Int = 3, isChannelsFirst: Bool) {
    let shape = Shape(height: size.height, width: size.width, channels: channels)
    (self.source, network, constants) = (source, Graph(input: shape), ONNXConstants(source))
    budget = source.file.bytes.count + 1 << 20
    let view =
      isChannelsFirst
      ? StridedView(channelsFirst: (size.height, size.width, channels)) : StridedView(contiguous: shape.extents)
    results[input] = Live(value: network.input, view: view)
  }

  /// Translates the nodes at `places`, which stand in the order of the file.
  ///
  /// - Throws: `ImportError` naming all operators that are not supported, or the node that is not as it should be.
  mutating func translate(_ places: [Int]) throws(ImportError) {
    if let fault = source.unsupported(places.filter { !Self.knows(source.nodes[$0]) }) { throw fault }
    for place in places {
      guard let rule = Self.rules[source.nodes[place].operation], source.nodes[place].outputs.first?.isEmpty == false
      else { throw source.fault(place, "it gives nothing") }
      try rule(&self, place)
    }
  }

  /// Returns the graph that gives `outputs`, for tests of single operators: maps with their channels innermost.
  ///
  /// - Throws: `ImportError` iff a node cannot be translated, or an output does not depend on the picture.
  package static func graph(_ source: ONNXModel, height: Int, width: Int) throws(ImportError) -> Graph {
    guard let input = source.inputs.first?.name else { throw source.fault("it reads no picture") }
    var translation = ONNXTranslation(
      source, input: input, size: Extent(height: height, width: width), isChannelsFirst: true)
    try translation.translate(try source.needed(by: source.outputs, given: [input]))
    var values: [Graph.Value] = []
    for output in source.outputs {
      guard let found = translation.results[output] else {
        throw source.fault("an output does not depend on the picture")
      }
      values.append(found.view.isContiguous ? try translation.applied(found, nil) : found.value)
    }
    translation.network.markOutputs(values)
    return translation.network.droppingDeadNodes()
  }

  // MARK: What nodes read

  /// Returns the name of operand `index` of the node at `place`; nil where it is left out.
  func operand(_ place: Int, _ index: Int) -> String? {
    source.nodes[place].inputs.element(index).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Returns what operand `index` is where it depends on the picture; nil where it does not.
  func liveOperand(_ place: Int, _ index: Int) -> Live? { operand(place, index).flatMap { results[$0] } }

  /// Returns what the tensor `name` is where it depends on the picture.
  func live(_ name: String) -> Live? { results[name] }

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

  /// Returns operand `index` as a map [1, channels, rows, columns], with all that was kept back applied but `zeros`.
  mutating func map(_ place: Int, _ index: Int = 0) throws(ImportError) -> Graph.Value {
    let found = try liveInput(place, index)
    guard found.zeros == nil else { throw source.fault(place, "it reads a padded map, which is not supported") }
    return try map(found, place)
  }

  /// Returns `found` as a map [1, channels, rows, columns], its zeros left out.
  mutating func map(_ found: Live, _ place: Int) throws(ImportError) -> Graph.Value {
    guard let map = network.shape(of: found.value).map, found.view == StridedView(channelsFirst: map) else {
      throw source.fault(place, "its operand \(Shape(found.view.extents)) is no map with its channels first")
    }
    return try multiplied(found, place)
  }

  /// Returns `found` as a value of our graph in the file's shape and order.
  mutating func applied(_ found: Live, _ place: Int?) throws(ImportError) -> Graph.Value {
    guard found.view.isContiguous, found.zeros == nil else {
      throw fault(place, "the values of \(Shape(found.view.extents)) would have to be moved, which is not supported")
    }
    let value = try multiplied(found, place)
    if network.shape(of: value).extents == found.view.extents { return value }
    return try append(place, .reshape(Shape(found.view.extents)), [value])
  }

  /// Returns the value of `found` multiplied by its factor.
  mutating func multiplied(_ found: Live, _ place: Int?) throws(ImportError) -> Graph.Value {
    guard found.factor != 1 else { return found.value }
    let channels = try channels(of: found.value, place)
    return try append(place, .scaling(by: Constant(repeating: found.factor, count: channels)), [found.value])
  }

  /// Returns how many channels `value` has, which the node at `place` reads and will have constants of.
  ///
  /// - Throws: `ImportError` iff they are more than any network's, or there are too many constants already.
  mutating func channels(of value: Graph.Value, _ place: Int?) throws(ImportError) -> Int {
    let channels = network.shape(of: value).extents.last ?? 0
    guard (1...1 << 16).contains(channels) else { throw fault(place, "\(channels) channels are not supported") }
    try allow(place, channels)
    budget -= channels
    return channels
  }

  /// Returns the extents of operand `index`, whatever it is.
  mutating func extents(_ place: Int, _ index: Int) throws(ImportError) -> [Int] {
    guard let name = operand(place, index) else { throw source.fault(place, "it has no operand \(index)") }
    if let found = results[name] {
      guard found.zeros == nil else { throw source.fault(place, "it reads a padded map, which is not supported") }
      return found.view.extents
    }
    if let extents = computed[name]?.extents ?? source.initializers[name]?.extents { return extents }
    throw source.fault(place, "its operand \(index) is not known")
  }

  /// Returns the constant that operand `index` is; nil where it depends on the picture or is left out.
  mutating func constantOperand(_ place: Int, _ index: Int) throws(ImportError) -> KnownValue? {
    guard let name = operand(place, index) else { return nil }
    return try constant(name)
  }

  /// Returns the constant `name`; nil where it is none.
  mutating func constant(_ name: String) throws(ImportError) -> KnownValue? {
    if let value = computed[name] { return value }
    guard let tensor = source.initializers[name] else { return nil }
    if tensor.type.scalar == .float16 || tensor.type.scalar == .bfloat16 { isHalf = true }
    let value = try constants.value(of: tensor)
    if value.count <= 64 { computed[name] = value }
    return value
  }

  /// Returns what the node `node`, a `Constant`, gives; nil where that is not supported.
  mutating func value(ofConstant node: ONNXNode) throws(ImportError) -> KnownValue? {
    try constants.value(ofConstant: node)
  }

  /// Returns the constant that operand `index` must be.
  mutating func constantInput(_ place: Int, _ index: Int) throws(ImportError) -> KnownValue {
    if let value = try constantOperand(place, index) { return value }
    throw source.fault(place, "its operand \(index) is no constant")
  }

  /// Returns the real numbers that operand `index` must be.
  mutating func floats(_ place: Int, _ index: Int) throws(ImportError) -> [Float] {
    guard let floats = try constantInput(place, index).floats else {
      throw source.fault(place, "its operand \(index) is not of real numbers")
    }
    return floats
  }

  /// Returns the whole numbers that operand `index` must be.
  mutating func integers(_ place: Int, _ index: Int) throws(ImportError) -> [Int] {
    guard let integers = try constantInput(place, index).integers else {
      throw source.fault(place, "its operand \(index) is not of whole numbers")
    }
    return integers
  }

  /// Returns the weights that operand `index` must be, in the order in which our operators read them.
  mutating func weights(_ place: Int, _ index: Int, as order: WeightOrder) throws(ImportError) -> Constant {
    guard let name = operand(place, index) else { throw source.fault(place, "it has no operand \(index)") }
    if let known = arranged[order]?[name] { return known }
    let value = try constantInput(place, index)
    guard let floats = value.floats, let constant = order.arranged(floats, value.extents) else {
      throw source.fault(place, "weights \(Shape(value.extents)) are not supported")
    }
    arranged[order, default: [:]][name] = constant
    return constant
  }

  // MARK: What they give

  /// Gives the node at `place` the result `result`.
  mutating func set(_ place: Int, _ result: Live) { results[source.nodes[place].outputs[0]] = result }

  /// Gives the node at `place` the constant `value` as its result.
  mutating func set(_ place: Int, _ value: KnownValue?, isCopied: Bool = true) throws(ImportError) {
    guard let value else { throw source.fault(place, "its operands do not fit") }
    if isCopied {
      try allow(place, value.count)
      budget -= value.count
    }
    computed[source.nodes[place].outputs[0]] = value
  }

  /// Refuses to make `count` values for the node at `place`.
  ///
  /// - Throws: `ImportError` iff they are more than may still be computed of constants.
  func allow(_ place: Int?, _ count: Int) throws(ImportError) {
    guard count <= budget else { throw fault(place, "the constants are too large") }
  }

  /// Gives the node at `place` what `operation` makes of `inputs`, a map with its channels first.
  mutating func compute(_ place: Int, _ operation: Operator, _ inputs: [Graph.Value]) throws(ImportError) {
    let value = try append(place, operation, inputs)
    guard let map = network.shape(of: value).map else { throw source.fault(place, "it gives no map") }
    set(place, Live(value: value, view: StridedView(channelsFirst: map)))
  }

  /// Gives the node at `place` what `operation`, which changes no shape, makes of `found`.
  mutating func compute(_ place: Int, _ operation: Operator, valueByValue found: Live) throws(ImportError) {
    guard found.zeros == nil else { throw source.fault(place, "it reads a padded map, which is not supported") }
    let value = try append(place, operation, [try multiplied(found, place)])
    set(place, Live(value: value, view: found.view))
  }

  /// Adds a node that is named after the one at `place`, or after the head that it ends.
  mutating func append(_ place: Int?, _ operation: Operator, _ inputs: [Graph.Value]) throws(ImportError) -> Graph.Value
  {
    let name = unusedName(place)
    do throws(GraphError) {
      return try network.append(name: name, operation: operation, inputs: inputs)
    } catch {
      throw fault(place, error.reason)
    }
  }

  /// Returns an error at the node `place`, or about the model.
  func fault(_ place: Int?, _ reason: String) -> ImportError {
    place.map { source.fault($0, reason) } ?? source.fault(reason)
  }

  /// Returns a name for a node of ours: that of the file's node, else of what it gives, numbered where it is taken.
  private mutating func unusedName(_ place: Int?) -> String {
    let node = place.map { source.nodes[$0] }
    let written = node.map { $0.name.isEmpty ? $0.outputs.first ?? "node" : $0.name } ?? "head"
    let wanted = String(written.printable().map { $0 == " " ? "?" : $0 })
    let number = names[wanted, default: 0] + 1
    names[wanted] = number
    return number == 1 ? wanted : "\(wanted)#\(number)"
  }

  /// Marks the two heads, each as [1, rows, columns], as the network's outputs, and returns the network.
  mutating func finish(boxes: Live, classes: Live, rows: Int, columns: Int) throws(ImportError) -> Graph {
    var values: [Graph.Value] = []
    for (head, columns) in [(boxes, 4), (classes, columns)] {
      guard let view = head.view.reshaped([1, rows, columns]) else {
        throw source.fault("a head of shape \(Shape(head.view.extents)) is not supported")
      }
      var head = head
      head.view = view
      values.append(try applied(head, nil))
    }
    network.markOutputs(values)
    return network.droppingDeadNodes()
  }
}
