package import Model
internal import Posix

/// An ONNX model as its file says it: nodes, initializers, inputs and outputs, nothing interpreted yet
/// (onnx/onnx.proto).
package struct ONNXModel {
  /// The file, in which the values of constants lie.
  let file: ModelFile
  /// In the order in which they run.
  let nodes: [ONNXNode]
  /// Constants by their names.
  let initializers: [String: ONNXTensor]
  /// What a caller fills: the graph's inputs that are no initializers.
  let inputs: [Input]
  /// The names of what a caller reads.
  let outputs: [String]
  /// The extents that the file gives its outputs, by name.
  let outputExtents: [String: [Int?]]
  /// The version of ONNX's operators.
  let opset: Int

  /// An input or an output of the graph.
  struct Input {
    let name: String
    /// nil is an extent that the file leaves open.
    let extents: [Int?]
  }

  /// The versions of operators whose forms are known.
  static let opsets = 9...23

  /// The most nodes of a graph, and constants: several times what detectors with all their post-processing have.
  private static let (mostNodes, mostInitializers) = (1 << 16, 1 << 16)

  /// Reads the whole file; the values of constants stay where they are.
  ///
  /// - Throws: `ImportError` where the file is damaged, or wants operators of another version.
  package init(_ file: ModelFile) throws(ImportError) {
    var (graph, version) = (Range<Int>?.none, Int?.none)
    do throws(ByteError) {
      var reader = unsafe WireReader(file.bytes.bytes)
      while let field = try reader.next() {
        guard case .bytes(let range) = field.value else { continue }
        if field.number == 7 { graph = range }
        if field.number == 8, let found = try Self.version(reader, range) { version = found }
      }
      guard let range = graph else { throw ByteError(offset: 0, reason: "there is no graph") }
      let found = try Self.graph(reader, range)
      (nodes, initializers, outputs) = (found.nodes, found.initializers, found.outputs.map { $0.name })
      outputExtents = Dictionary(found.outputs.map { ($0.name, $0.extents) }) { first, _ in first }
      inputs = found.inputs.filter { found.initializers[$0.name] == nil }
    } catch {
      throw ImportError(file: file.path, error)
    }
    self.file = file
    guard let version else { throw ImportError(file: file.path, reason: "it names no opset") }
    guard Self.opsets.contains(version) else {
      let known = "\(Self.opsets.lowerBound) to \(Self.opsets.upperBound)"
      throw ImportError(file: file.path, reason: "opset \(version) is not supported; \(known) are")
    }
    opset = version
  }

  /// Reads an `OperatorSetIdProto`; nil where it is not ONNX's own.
  private static func version(_ parent: WireReader, _ range: Range<Int>) throws(ByteError) -> Int? {
    var reader = try parent.message(in: range)
    var (domain, version) = ("", 0)
    while let field = try reader.next() {
      if field.number == 1, case .bytes(let range) = field.value { domain = try reader.text(in: range) }
      if field.number == 2, case .varint(let value) = field.value { version = Int(truncatingIfNeeded: value) }
    }
    return domain.isEmpty || domain == "ai.onnx" ? version : nil
  }

  /// Reads a `GraphProto`.
  private static func graph(_ parent: WireReader, _ range: Range<Int>) throws(ByteError)
    -> (nodes: [ONNXNode], initializers: [String: ONNXTensor], inputs: [Input], outputs: [Input])
  {
    var reader = try parent.message(in: range)
    var (nodes, initializers) = ([ONNXNode](), [String: ONNXTensor]())
    var (inputs, outputs) = ([Input](), [Input]())
    while let field = try reader.next() {
      guard case .bytes(let range) = field.value else { continue }
      switch field.number {
      case 1: nodes.append(try ONNXNode(reader, range))
      case 5:
        let tensor = try ONNXTensor(reader, range)
        guard initializers.updateValue(tensor, forKey: tensor.name) == nil else {
          throw ByteError(offset: range.lowerBound, reason: "two constants have the name \(tensor.name.printable())")
        }
      case 11: inputs.append(try input(reader, range))
      case 12: outputs.append(try input(reader, range))
      case 15: throw ByteError(offset: range.lowerBound, reason: "a sparse constant is not supported")
      default: break
      }
      guard nodes.count <= mostNodes, initializers.count <= mostInitializers else {
        throw ByteError(offset: range.lowerBound, reason: "the graph has too many nodes or constants")
      }
    }
    return (nodes, initializers, inputs, outputs)
  }

  /// Returns the nodes of the graph within an operator that lies in `range`; none where it cannot be read.
  func nodes(within range: Range<Int>) -> [ONNXNode] {
    let reader = unsafe WireReader(file.bytes.bytes)
    return (try? Self.graph(reader, range).nodes) ?? []
  }

  /// Reads a `ValueInfoProto`.
  private static func input(_ parent: WireReader, _ range: Range<Int>) throws(ByteError) -> Input {
    var reader = try parent.message(in: range)
    var (name, extents) = ("", [Int?]())
    while let field = try reader.next() {
      guard case .bytes(let range) = field.value else { continue }
      if field.number == 1 { name = try reader.text(in: range) }
      if field.number == 2 { extents = try shape(reader, range) }
    }
    return Input(name: name, extents: extents)
  }

  /// Reads a `TypeProto` of a tensor: its shape.
  private static func shape(_ parent: WireReader, _ range: Range<Int>) throws(ByteError) -> [Int?] {
    var extents: [Int?] = []
    try forEachMessage(parent, range, number: 1) { tensor, range throws(ByteError) in
      try forEachMessage(tensor, range, number: 2) { shape, range throws(ByteError) in
        try forEachMessage(shape, range, number: 1) { dimensions, range throws(ByteError) in
          var (reader, extent) = (try dimensions.message(in: range), Int?.none)
          while let field = try reader.next() {
            guard field.number == 1, case .varint(let value) = field.value, (1...1 << 30).contains(value) else {
              continue
            }
            extent = Int(value)
          }
          extents.append(extent)
        }
      }
    }
    return extents
  }

  /// Calls `body` with each message in field `number` of the message in `range`.
  private static func forEachMessage(
    _ parent: WireReader, _ range: Range<Int>, number: Int,
    _ body: (WireReader, Range<Int>) throws(ByteError) -> Void
  ) throws(ByteError) {
    var reader = try parent.message(in: range)
    while let field = try reader.next() {
      if field.number == number, case .bytes(let range) = field.value { try body(reader, range) }
    }
  }

  /// Returns an error about the model as a whole.
  func fault(_ reason: String) -> ImportError { ImportError(file: file.path, reason: reason) }

  /// Returns an error that stands at node number `place`.
  func fault(_ place: Int, _ reason: String) -> ImportError {
    ImportError(file: file.path, place: ["node \(label(of: place))"], reason: reason)
  }

  /// Returns an error about a constant.
  func fault(constant: ONNXTensor, _ reason: String) -> ImportError {
    let name = constant.name.isEmpty ? "constant" : "constant \(constant.name.printable())"
    return ImportError(file: file.path, place: [name], reason: reason)
  }

  /// Returns what people find a node by: its name, else that of what it gives, with its operator.
  func label(of place: Int) -> String {
    let node = nodes[place]
    let name = node.name.isEmpty ? node.outputs.first ?? "" : node.name
    return "\(name.isEmpty ? "\(place)" : name.printable()) (\(node.kind))"
  }
}
