internal import Model
internal import Posix

/// The graph of a SavedModel that serves: its nodes, the functions that they call, and which of its results are asked
/// for (tensorflow/core/protobuf/saved_model.proto and meta_graph.proto).
struct MetaGraph {
  /// `saved_model.pb`, in which constants lie.
  let file: ModelFile
  /// The nodes that no function has.
  private(set) var nodes: [NamedNode] = []
  /// The functions that nodes may call.
  private(set) var library = FunctionLibrary()
  /// The results of the signature `serving_default`: `node` or `node:1`.
  private(set) var outputs: [String] = []
  /// By a function's name, the objects that give its last arguments, as numbers of nodes in the graph of objects.
  private(set) var boundInputs: [String: [Int]] = [:]

  /// The tag of the graph that is taken, and its signature.
  private static let (tag, signature) = ("serve", "serving_default")

  /// Reads the graph with the tag `serve` out of `file`.
  ///
  /// - Throws: `ImportError` iff there is none, it has no signature `serving_default`, or it is damaged.
  init(_ file: ModelFile) throws(ImportError) {
    self.file = file
    var tags: [[String]] = []
    do throws(ByteError) {
      var reader = unsafe WireReader(file.bytes.bytes)
      while let field = try reader.next() {
        guard field.number == 2, case .bytes(let range) = field.value else { continue }
        let graph = try reader.message(in: range)
        tags.append(try Self.tags(graph))
        if tags.last?.contains(Self.tag) == true {
          try read(graph)
          break
        }
      }
    } catch {
      throw ImportError(file: file.path, error)
    }
    guard tags.last?.contains(Self.tag) == true else {
      throw ImportError(file: file.path, reason: "none of its \(tags.count) graphs has the tag \(Self.tag)")
    }
    guard !outputs.isEmpty else {
      throw ImportError(file: file.path, reason: "it has no signature \(Self.signature) with results")
    }
  }

  /// Reads the tags of the `MetaGraphDef` that `reader` walks.
  private static func tags(_ reader: WireReader) throws(ByteError) -> [String] {
    var (reader, tags) = (reader, [String]())
    while let field = try reader.next() {
      guard field.number == 1, case .bytes(let range) = field.value else { continue }
      var information = try reader.message(in: range)
      while let field = try information.next() {
        if field.number == 4, case .bytes(let range) = field.value { tags.append(try reader.text(in: range)) }
      }
    }
    return tags
  }

  /// Reads the `MetaGraphDef` that `reader` walks.
  private mutating func read(_ reader: WireReader) throws(ByteError) {
    var reader = reader
    while let field = try reader.next() {
      guard case .bytes(let range) = field.value else { continue }
      switch field.number {
      case 2: try readGraph(reader.message(in: range))
      case 5: try readSignature(reader.message(in: range))
      case 7: try readObjects(reader.message(in: range))
      default: continue
      }
    }
  }

  /// Reads the `GraphDef` that `reader` walks.
  private mutating func readGraph(_ reader: WireReader) throws(ByteError) {
    var reader = reader
    while let field = try reader.next() {
      guard case .bytes(let range) = field.value else { continue }
      switch field.number {
      case 1: nodes.append(try NamedNode(reader.message(in: range)))
      case 2: try library.add(reader.message(in: range))
      default: continue
      }
    }
  }

  /// Reads an entry of the map of signatures, and keeps the results of the one that serves.
  private mutating func readSignature(_ reader: WireReader) throws(ByteError) {
    guard let (name, signature) = try reader.mapEntry(), name == Self.signature else { return }
    var reader = try reader.message(in: signature)
    while let field = try reader.next() {
      guard field.number == 2, case .bytes(let range) = field.value,
        let (_, tensor) = try reader.message(in: range).mapEntry()
      else { continue }
      var information = try reader.message(in: tensor)
      while let field = try information.next() {
        if field.number == 1, case .bytes(let range) = field.value { outputs.append(try information.name(in: range)) }
      }
    }
  }

  /// Reads the `SavedObjectGraph` that `reader` walks: what the functions have bound.
  private mutating func readObjects(_ reader: WireReader) throws(ByteError) {
    var reader = reader
    while let field = try reader.next() {
      guard field.number == 2, case .bytes(let range) = field.value,
        let (name, function) = try reader.message(in: range).mapEntry()
      else { continue }
      var (inputs, bound) = (try reader.message(in: function), [Int]())
      while let field = try inputs.next() {
        if field.number == 2 { try inputs.appendVarints(of: field, to: &bound) }
      }
      boundInputs[name] = bound
    }
  }
}

extension WireReader {
  /// Returns the key of the map's entry that this reader walks, and where its value lies; nil where it has no value.
  func mapEntry() throws(ByteError) -> (key: String, value: Range<Int>)? {
    var (reader, key, value) = (self, "", Range<Int>?.none)
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let range)): key = try reader.name(in: range)
      case (2, .bytes(let range)): value = range
      default: continue
      }
    }
    return value.map { (key, $0) }
  }
}
