internal import Model
internal import Posix

/// Puts the functions that a graph calls in the place of the calls, and loops of functions in the form of switches and
/// merges, as TensorFlow itself does before it runs a graph (tensorflow/core/common_runtime/inline_function_utils.cc,
/// lower_while_op.cc).
///
/// Only what the results need is taken. What comes out has no calls, and names like `call/node`.
struct Flattening {
  /// Operators that call the function in their attribute `f`.
  private static let calls: Set<String> = ["StatefulPartitionedCall", "PartitionedCall"]
  /// Operators that call a function as long as another says so.
  private static let loops: Set<String> = ["While", "StatelessWhile"]
  /// The outputs, in their order, of operators that have several under names of their own and that importers look into;
  /// a function's nodes call them by name. All others have one name, perhaps with a number.
  private static let outputs: [String: [String]] = {
    let norm = ["y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2", "reserve_space_3"]
    return [
      "FusedBatchNorm": norm, "FusedBatchNormV2": norm, "FusedBatchNormV3": norm,
      "Switch": ["output_false", "output_true"], "Merge": ["output", "value_index"], "TopKV2": ["values", "indices"],
      "TensorArrayV3": ["handle", "flow"], "NonMaxSuppressionV4": ["selected_indices", "valid_outputs"],
      "NonMaxSuppressionV5": ["selected_indices", "selected_scores", "valid_outputs"],
      "CombinedNonMaxSuppression": ["nmsed_boxes", "nmsed_scores", "nmsed_classes", "valid_detections"],
    ]
  }()
  /// How deep calls may be nested.
  private static let deepest = 64

  /// A body in which names stand, and what they stand for.
  private struct Scope {
    let body: NodeBody
    /// What the names of its nodes get in front.
    let prefix: String
    /// What its arguments are, by name.
    let arguments: [String: String]
  }

  private let file: ModelFile
  private var library: FunctionLibrary
  /// What has come out so far.
  private var nodes: [NamedNode] = []
  /// The functions whose bodies are being put in place, from the outside in.
  private var open: [String] = []
  /// How many more characters names may have, those that are read, those that are made and those that come out: no small
  /// file may unfold without end. A detector of 7,500 nodes takes a twelfth.
  private var allowance = 1 << 26

  /// Returns the nodes that the results of `graph` need.
  ///
  /// - Throws: `ImportError` iff a function calls itself or is not there, or an input names nothing.
  static func nodes(of graph: MetaGraph) throws(ImportError) -> [NamedNode] {
    var flattening = Flattening(file: graph.file, library: graph.library)
    let scope = Scope(body: NodeBody(graph.nodes), prefix: "", arguments: [:])
    _ = try flattening.expand(scope, results: graph.outputs)
    return flattening.nodes
  }

  private init(file: ModelFile, library: FunctionLibrary) { (self.file, self.library) = (file, library) }

  /// Appends what `results` of `scope` need; returns what they are called outside.
  private mutating func expand(_ scope: Scope, results: [String]) throws(ImportError) -> [String] {
    try charge(results)
    for place in try needed(scope, results) { try append(scope.body.nodes[place], scope) }
    var names: [String] = []
    for result in results { names.append(try outerName(of: result, scope)) }
    return names
  }

  /// Returns the places of the nodes that `results` of `scope` need, in the file's order.
  private func needed(_ scope: Scope, _ results: [String]) throws(ImportError) -> [Int] {
    var (found, waiting) = (Set<Int>(), results)
    while let input = waiting.popLast() {
      let name = Reference(input).node
      guard scope.arguments[name] == nil else { continue }
      guard let place = scope.body.places[name] else { throw fault("the input \(input) is not in the graph") }
      if found.insert(place).inserted { waiting += scope.body.nodes[place].inputs.filter { !$0.hasPrefix("^") } }
    }
    return found.sorted()
  }

  /// Appends `node`, or what it calls.
  private mutating func append(_ node: NamedNode, _ scope: Scope) throws(ImportError) {
    var node = node
    node.definition.name = scope.prefix + node.definition.name
    // Control inputs, and what calls read, do not come out, but are walked as often as the function is called.
    allowance -= node.definition.attributes.count
    try charge([node.definition.name])
    try charge(node.inputs)
    var inputs: [String] = []
    for input in node.inputs where !input.hasPrefix("^") { inputs.append(try outerName(of: input, scope)) }
    node.inputs = inputs
    if Self.calls.contains(node.definition.operation) {
      let results = try call("f", of: node, inputs, prefix: "")
      for (port, result) in results.enumerated() { try emit(Self.result(node, port), "Identity", [result]) }
    } else if Self.loops.contains(node.definition.operation) {
      try appendLoop(node)
    } else {
      try emit(node)
    }
  }

  /// Appends the loop `node`: each of its values enters, is merged with the one from the last turn, and goes into the
  /// body or out.
  private mutating func appendLoop(_ node: NamedNode) throws(ImportError) {
    let name = node.definition.name
    let merged = node.inputs.indices.map { "\(name)/merge_\($0)" }
    let goesOn = try call("cond", of: node, merged, prefix: "cond/")
    guard let goesOn = goesOn.first else { throw fault(node, "its condition has no result") }
    try emit("\(name)/condition", "LoopCond", [goesOn])
    for (index, input) in node.inputs.enumerated() {
      try emit("\(name)/enter_\(index)", "Enter", [input])
      try emit(merged[index], "Merge", ["\(name)/enter_\(index)", "\(name)/next_\(index)"])
      try emit("\(name)/switch_\(index)", "Switch", [merged[index], "\(name)/condition"])
      try emit(Self.result(node, index), "Exit", ["\(name)/switch_\(index)"])
    }
    let results = try call("body", of: node, node.inputs.indices.map { "\(name)/switch_\($0):1" }, prefix: "body/")
    guard results.count == merged.count else {
      throw fault(node, "its body gives \(results.count) values for \(merged.count)")
    }
    for (index, result) in results.enumerated() { try emit("\(name)/next_\(index)", "NextIteration", [result]) }
  }

  /// Appends the body of the function that `attribute` of `node` names; returns what its results are called.
  private mutating func call(_ attribute: String, of node: NamedNode, _ inputs: [String], prefix: String)
    throws(ImportError) -> [String]
  {
    guard case .function(let name) = node.definition[attribute] else {
      throw fault(node, "its attribute \(attribute) names no function")
    }
    guard !open.contains(name) else { throw fault(node, "the function \(name) calls itself") }
    guard open.count < Self.deepest else { throw fault(node, "calls are nested too deep") }
    let known: FunctionDef?
    do { known = try library.function(name) } catch {
      throw ImportError(file: file.path, place: ["function \(name)"], error)
    }
    guard let function = known else { throw fault(node, "there is no function \(name)") }
    guard function.arguments.count == inputs.count else {
      throw fault(node, "the function \(name) takes \(function.arguments.count) arguments, not \(inputs.count)")
    }
    open.append(name)
    defer { open.removeLast() }
    let arguments = Dictionary(zip(function.arguments, inputs)) { $1 }
    return try expand(
      Scope(body: function.body, prefix: "\(node.definition.name)/\(prefix)", arguments: arguments),
      results: function.results)
  }

  /// Returns what the tensor that is called `input` in `scope` is called outside, and charges for it.
  private mutating func outerName(of input: String, _ scope: Scope) throws(ImportError) -> String {
    let outer = try name(of: input, scope)
    try charge([outer])
    return outer
  }

  /// Returns what the tensor that is called `input` in `scope` is called outside.
  private func name(of input: String, _ scope: Scope) throws(ImportError) -> String {
    let reference = Reference(input)
    if let argument = scope.arguments[reference.node] { return argument }
    guard let place = scope.body.places[reference.node], let index = reference.index else {
      throw fault("the input \(input) is not in the graph")
    }
    var node = scope.body.nodes[place]
    node.definition.name = scope.prefix + node.definition.name
    let operation = node.definition.operation
    if Self.calls.contains(operation) || Self.loops.contains(operation) { return Self.result(node, index) }
    guard let output = reference.output, let names = Self.outputs[operation] else {
      return index == 0 ? node.definition.name : "\(node.definition.name):\(index)"
    }
    guard let port = names.firstIndex(of: output), index == 0 else {
      throw fault("the operator \(operation) has no output \(output)")
    }
    return "\(node.definition.name):\(port)"
  }

  /// Returns the name under which result `index` of the call `node` comes out.
  private static func result(_ node: NamedNode, _ index: Int) -> String { "\(node.definition.name)/output_\(index)" }

  /// Appends a node that the file does not have.
  private mutating func emit(_ name: String, _ operation: String, _ inputs: [String]) throws(ImportError) {
    try emit(NamedNode(name, operation, inputs))
  }

  /// Appends `node`.
  private mutating func emit(_ node: NamedNode) throws(ImportError) {
    try charge([node.definition.name])
    try charge(node.inputs)
    nodes.append(node)
  }

  /// Takes the characters of `names`, and one more for each, off the allowance.
  private mutating func charge(_ names: [String]) throws(ImportError) {
    allowance -= names.reduce(0) { $0 + $1.utf8.count + 1 }
    guard allowance >= 0 else {
      throw ImportError(file: file.path, reason: "its functions call each other too often to be put in one graph")
    }
  }

  /// Returns an error that stands at `node`.
  private func fault(_ node: NamedNode, _ reason: String) -> ImportError {
    ImportError(
      file: file.path, place: ["node \(node.definition.name) (\(node.definition.operation))"], reason: reason)
  }

  /// Returns an error that stands in the innermost function that is open, else in the graph.
  private func fault(_ reason: String) -> ImportError {
    ImportError(file: file.path, place: open.last.map { ["function \($0)"] } ?? [], reason: reason)
  }
}

/// A tensor as inputs name it: `node`, `node:1`, in a function `node:output:1`.
private struct Reference {
  let node: String
  /// What the operator's definition calls the output; nil where that is not said.
  var output: String?
  /// Which of the outputs of this name; nil where it is no number.
  var index: Int? = 0

  /// Takes `text` apart.
  init(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    node = String(parts[0])
    if parts.count == 3 { output = String(parts[1]) }
    if parts.count > 1, let last = parts.last { index = Int(last).flatMap { (0..<1 << 16).contains($0) ? $0 : nil } }
  }
}
