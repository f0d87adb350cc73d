internal import Model
internal import Posix

/// Nodes that name each other.
struct NodeBody {
  /// In the file's order.
  let nodes: [NamedNode]
  /// The place of each node by its name; of two of one name the last.
  let places: [String: Int]

  /// The body of these nodes.
  init(_ nodes: [NamedNode]) {
    self.nodes = nodes
    places = Dictionary(zip(nodes.lazy.map(\.definition.name), nodes.indices)) { $1 }
  }
}

/// A function of a graph's library: nodes with arguments and results (tensorflow/core/framework/function.proto).
struct FunctionDef {
  /// The names of its arguments, by which its nodes call them.
  let arguments: [String]
  /// What its nodes give, in the order of its results: `node:output:0`, or an argument's name.
  let results: [String]
  let body: NodeBody

  /// Reads the message that `reader` walks.
  init(_ reader: WireReader) throws(ByteError) {
    var (reader, nodes, arguments, names) = (reader, [NamedNode](), [String](), [String]())
    var returned: [String: String] = [:]
    while let field = try reader.next() {
      guard case .bytes(let range) = field.value else { continue }
      switch field.number {
      case 1:
        var signature = try reader.message(in: range)
        while let field = try signature.next() {
          guard case .bytes(let range) = field.value else { continue }
          if field.number == 2 { arguments.append(try Self.argument(signature.message(in: range))) }
          if field.number == 3 { names.append(try Self.argument(signature.message(in: range))) }
        }
      case 3: nodes.append(try NamedNode(reader.message(in: range)))
      case 4:
        if let (name, value) = try reader.message(in: range).mapEntry() { returned[name] = try reader.name(in: value) }
      default: continue
      }
    }
    (self.arguments, body) = (arguments, NodeBody(nodes))
    var results: [String] = []
    for name in names {
      guard let result = returned[name] else {
        throw ByteError(offset: reader.offset, reason: "the result \(name) of a function comes from nowhere")
      }
      results.append(result)
    }
    self.results = results
  }

  /// Reads the name of one argument or result.
  private static func argument(_ reader: WireReader) throws(ByteError) -> String {
    var (reader, name) = (reader, "")
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let range)): name = try reader.name(in: range)
      case (5, .bytes(let range)) where !range.isEmpty, (6, .bytes(let range)) where !range.isEmpty:
        throw ByteError(offset: range.lowerBound, reason: "lists as arguments of functions are not supported")
      default: continue
      }
    }
    return name
  }
}

/// The functions of a graph, by name; each is read when it is asked for, for most are never called.
struct FunctionLibrary {
  /// Where in the file each function lies.
  private var readers: [String: WireReader] = [:]
  /// What has been read.
  private var functions: [String: FunctionDef] = [:]

  /// Adds the functions of the `FunctionDefLibrary` that `reader` walks.
  mutating func add(_ reader: WireReader) throws(ByteError) {
    var reader = reader
    while let field = try reader.next() {
      guard field.number == 1, case .bytes(let range) = field.value else { continue }
      let function = try reader.message(in: range)
      readers[try Self.name(function)] = function
    }
  }

  /// Returns the function `name`; nil where there is none.
  mutating func function(_ name: String) throws(ByteError) -> FunctionDef? {
    if let known = functions[name] { return known }
    guard let reader = readers[name] else { return nil }
    let function = try FunctionDef(reader)
    functions[name] = function
    return function
  }

  /// Reads the name of the `FunctionDef` that `reader` walks.
  private static func name(_ reader: WireReader) throws(ByteError) -> String {
    var reader = reader
    while let field = try reader.next() {
      guard field.number == 1, case .bytes(let range) = field.value else { continue }
      var signature = try reader.message(in: range)
      while let field = try signature.next() {
        if field.number == 1, case .bytes(let range) = field.value { return try signature.name(in: range) }
      }
    }
    return ""
  }
}
