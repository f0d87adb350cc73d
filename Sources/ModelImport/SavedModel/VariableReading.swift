internal import Model
internal import Posix

/// Makes constants of a graph's variables, with the values in the tensor bundle beside the graph.
struct VariableReading {
  /// Operators that stand for a variable.
  private static let operations: Set<String> = ["Variable", "VariableV2", "VarHandleOp"]

  private let graph: MetaGraph
  private var bundle: TensorBundle
  /// Which object each variable is, where a function has bound it.
  private let objects: [String: Int]
  /// Under which keys the bundle has the variables of objects; nil for bundles of TensorFlow 1, whose keys are names.
  private let objectGraph: ObjectGraph?

  /// Returns `nodes` of `graph` without variables. Where there are none, no other file is looked for.
  ///
  /// - Throws: `ImportError` naming the variable that has no value, or one of another type or shape.
  static func nodes(_ nodes: [NamedNode], of graph: MetaGraph) throws(ImportError) -> [NamedNode] {
    let variables = nodes.indices.filter { operations.contains(nodes[$0].definition.operation) }
    guard !variables.isEmpty else { return nodes }
    var (reading, nodes) = (try VariableReading(graph), nodes)
    for place in variables { try reading.replace(&nodes[place]) }
    return nodes
  }

  /// Opens the bundle beside `graph`.
  private init(_ graph: MetaGraph) throws(ImportError) {
    self.graph = graph
    var bundle = try TensorBundle(beside: graph.file)
    if bundle.contains(ObjectGraph.key) {
      let (file, range) = try bundle.string(ObjectGraph.key)
      do {
        objectGraph = try ObjectGraph(unsafe WireReader(file.bytes.bytes).message(in: range))
      } catch {
        throw ImportError(file: file.path, place: ["tensor \(ObjectGraph.key)"], error)
      }
    } else {
      objectGraph = nil
    }
    self.bundle = bundle
    var objects: [String: Int] = [:]
    for node in graph.nodes {
      guard case .function(let function) = node.definition["f"], let bound = graph.boundInputs[function] else {
        continue
      }
      let inputs = node.inputs.filter { !$0.hasPrefix("^") }
      // What a function has bound comes behind what it is called with.
      for (input, object) in zip(inputs.suffix(bound.count), bound.suffix(inputs.count)) { objects[input] = object }
    }
    self.objects = objects
  }

  /// Makes a constant of the variable `node`.
  private mutating func replace(_ node: inout NamedNode) throws(ImportError) {
    let definition = node.definition
    let tensor = try bundle.tensor(key(of: definition))
    func expect(_ isRight: Bool, _ what: String, _ found: String) throws(ImportError) {
      guard !isRight else { return }
      throw ImportError(
        file: graph.file.path, place: ["node \(definition.name) (\(definition.operation))"],
        reason: "the variable is \(what), but \(bundle.index.path) has \(found) for it")
    }
    if case .type(let type) = definition["dtype"] {
      try expect(type == tensor.type, "of type \(type)", "\(tensor.type)")
    }
    if case .shape(let extents) = definition["shape"] {
      let fits =
        extents.count == tensor.extents.count && zip(extents, tensor.extents).allSatisfy { $0 == -1 || $0 == $1 }
      try expect(fits, "\(Shape(extents))", "\(Shape(tensor.extents))")
    }
    node = NamedNode(definition.name, "Const", [], [("dtype", .type(tensor.type)), ("value", .tensor(tensor))])
  }

  /// Returns the key of a variable: its name, or what the graph of objects says of it.
  private func key(of node: NodeDef) throws(ImportError) -> String {
    var name = node.name
    if case .text(let shared) = node["shared_name"], !shared.isEmpty { name = shared }
    guard !bundle.contains(name), let objectGraph else { return name }
    let keys = objectGraph.keys[name] ?? []
    if keys.count == 1, let key = keys.first { return key }
    if let object = objects[node.name], let key = objectGraph.keysOfObjects[object] { return key }
    let reason = keys.isEmpty ? "there is no variable \(name)" : "there are \(keys.count) variables \(name)"
    throw ImportError(file: bundle.index.path, reason: reason)
  }
}
