package import Model
internal import Posix
internal import Scene

/// A TensorFlow graph as its file says it: nodes and who reads whom, nothing interpreted yet
/// (tensorflow/core/framework/graph.proto).
///
/// Invariant: every input names a node of `nodes`.
package struct GraphDef {
  /// The file, in which the constants lie.
  let file: ModelFile
  /// The nodes in the file's order.
  let nodes: [NodeDef]
  /// The place of each node by its name.
  let places: [String: Int]
  /// Which nodes read a node, by its place.
  let readers: [[Int]]

  /// Reads the whole file; constants stay where they are in it.
  ///
  /// - Throws: `ImportError` where the file is damaged, two nodes share a name, or an input names no node.
  package init(_ file: ModelFile) throws(ImportError) {
    var named: [NamedNode] = []
    do {
      var reader = unsafe WireReader(file.bytes.bytes)
      while let field = try reader.next() {
        guard field.number == 1, case .bytes(let range) = field.value else { continue }
        named.append(try NamedNode(reader.message(in: range)))
      }
    } catch {
      throw ImportError(file: file.path, error)
    }
    try self.init(file, named)
  }

  /// Finds the nodes that the inputs of `named`, the nodes in `file`, name.
  ///
  /// - Throws: `ImportError` where two nodes share a name, or an input names no node.
  init(_ file: ModelFile, _ named: [NamedNode]) throws(ImportError) {
    self.file = file
    var nodes = named.map(\.definition)
    var places = [String: Int](minimumCapacity: nodes.count)
    for (place, node) in nodes.enumerated() {
      guard places.updateValue(place, forKey: node.name) == nil else {
        throw ImportError(file: file.path, place: ["node \(node.name)"], reason: "there are two nodes of this name")
      }
    }
    var readers = [[Int]](repeating: [], count: nodes.count)
    for (place, node) in named.enumerated() {
      for input in node.inputs where !input.hasPrefix("^") {
        guard let output = Self.output(input, places) else {
          throw ImportError(
            file: file.path, place: ["node \(nodes[place].name)"], reason: "its input \(input) is not in the graph")
        }
        nodes[place].inputs.append(output)
        readers[output.node].append(place)
      }
    }
    (self.nodes, self.places, self.readers) = (nodes, places, readers)
  }

  /// Returns an error that stands at `node`.
  func fault(_ node: Int, _ reason: String) -> ImportError {
    ImportError(file: file.path, place: ["node \(nodes[node].name) (\(nodes[node].operation))"], reason: reason)
  }

  /// Returns the error that names all operators of `nodes`, none of which is supported; nil where there are none.
  func unsupported(_ nodes: [Int]) -> ImportError? {
    guard let first = nodes.first else { return nil }
    guard nodes.count > 1 else { return fault(first, "the operator \(self.nodes[first].operation) is not supported") }
    let names = Dictionary(grouping: nodes) { self.nodes[$0].operation }
    let list = names.sorted { $0.key < $1.key }.map { operation, nodes in
      "\(operation) (\(nodes.lazy.map { self.nodes[$0].name }.listed(most: Self.namedNodes)))"
    }
    let text = list.listed(most: Self.namedOperators)
    return fault(list.count == 1 ? "the operator \(text) is not supported" : "the operators \(text) are not supported")
  }

  /// The most operators, and nodes of each, that an error names: a hostile graph has any number.
  private static let (namedOperators, namedNodes) = (40, 4)

  /// Returns an error about the graph as a whole.
  func fault(_ reason: String) -> ImportError { ImportError(file: file.path, reason: reason) }

  /// Resolves `x` and `x:0` to the first output of x, `x:2` to its third; nil where there is no such node.
  private static func output(_ name: String, _ places: [String: Int]) -> NodeDef.Output? {
    if let place = places[name] { return NodeDef.Output(node: place) }
    guard let colon = name.utf8.lastIndex(of: UInt8(ascii: ":")),
      let port = Int(name[name.index(after: colon)...]), (0..<1 << 16).contains(port),
      let place = places[String(name[..<colon])]
    else { return nil }
    return NodeDef.Output(node: place, port: port)
  }
}

extension WireReader {
  /// Returns the name in `range`.
  ///
  /// - Throws: `ByteError` iff it is not of printable ASCII characters, as names in graphs are.
  func name(in range: Range<Int>) throws(ByteError) -> String {
    if let name = try printable(in: range) { return name }
    _ = try text(in: range)
    throw ByteError(offset: range.lowerBound, reason: "a name has characters that are not printable")
  }
}
