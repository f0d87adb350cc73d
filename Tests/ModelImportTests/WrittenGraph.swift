import Foundation
import Model
import ModelImport

/// Writes protobuf messages, for tests.
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  /// Appends a number of seven bits a byte.
  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Appends a field that holds a number.
  mutating func field(_ number: Int, varint value: Int) {
    varint(UInt64(number) << 3)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// Appends a field that holds a float.
  mutating func field(_ number: Int, float value: Float) {
    varint(UInt64(number) << 3 | 5)
    bytes += Self.bytes(of: [value])
  }

  /// Appends a field that holds bytes.
  mutating func field(_ number: Int, bytes value: [UInt8]) {
    varint(UInt64(number) << 3 | 2)
    varint(UInt64(value.count))
    bytes += value
  }

  /// Appends a field that holds the message which `write` writes.
  mutating func field(_ number: Int, _ write: (inout WireWriter) -> Void) {
    var message = WireWriter()
    write(&message)
    field(number, bytes: message.bytes)
  }

  /// Returns floats as they lie in a file.
  static func bytes(of floats: [Float]) -> [UInt8] {
    floats.flatMap { float in (0..<4).map { UInt8(truncatingIfNeeded: float.bitPattern >> (8 * $0)) } }
  }
}

/// A node of a graph that a test writes.
struct WrittenNode {
  /// What stands in an attribute.
  enum Attribute {
    case text(String)
    case integer(Int)
    case float(Float)
    case bool(Bool)
    case type(Int)
    case integers([Int])
    case shape([Int])
    case function(String)
    /// A constant: float32 (type 1) or int32 (type 3), as `tensor_content` or value by value.
    case floats([Float], extents: [Int], asContent: Bool)
    case numbers([Int], extents: [Int])
  }

  var name: String
  var operation: String
  var inputs: [String] = []
  var attributes: [String: Attribute] = [:]

  /// A node of any kind.
  init(_ name: String, _ operation: String, _ inputs: [String] = [], _ attributes: [String: Attribute] = [:]) {
    (self.name, self.operation, self.inputs, self.attributes) = (name, operation, inputs, attributes)
  }

  /// A constant of float32.
  static func floats(_ name: String, _ values: [Float], _ extents: [Int] = [], asContent: Bool = true) -> WrittenNode {
    WrittenNode(
      name, "Const", [],
      ["dtype": .type(1), "value": .floats(values, extents: extents, asContent: asContent)])
  }

  /// A constant of int32.
  static func numbers(_ name: String, _ values: [Int], _ extents: [Int]? = nil) -> WrittenNode {
    WrittenNode(
      name, "Const", [], ["dtype": .type(3), "value": .numbers(values, extents: extents ?? [values.count])])
  }

  /// Appends the fields of the message.
  func write(to writer: inout WireWriter) {
    writer.field(1, bytes: Array(name.utf8))
    writer.field(2, bytes: Array(operation.utf8))
    for input in inputs { writer.field(3, bytes: Array(input.utf8)) }
    for (key, attribute) in attributes.sorted(by: { $0.key < $1.key }) {
      writer.field(5) { entry in
        entry.field(1, bytes: Array(key.utf8))
        entry.field(2) { attribute.write(to: &$0) }
      }
    }
  }
}

extension WrittenNode.Attribute {
  /// Appends the fields of the message.
  fileprivate func write(to writer: inout WireWriter) {
    switch self {
    case .text(let text): writer.field(2, bytes: Array(text.utf8))
    case .integer(let value): writer.field(3, varint: value)
    case .float(let value): writer.field(4, float: value)
    case .bool(let value): writer.field(5, varint: value ? 1 : 0)
    case .type(let type): writer.field(6, varint: type)
    case .integers(let values):
      writer.field(1) { list in for value in values { list.field(3, varint: value) } }
    case .shape(let extents): writer.field(7) { shape in Self.extents(extents, &shape) }
    case .function(let name): writer.field(10) { $0.field(1, bytes: Array(name.utf8)) }
    case .floats(let values, let extents, let asContent):
      writer.field(8) { tensor in
        Self.head(1, extents, &tensor)
        if asContent {
          tensor.field(4, bytes: WireWriter.bytes(of: values))
        } else {
          tensor.field(5, bytes: WireWriter.bytes(of: values))
        }
      }
    case .numbers(let values, let extents):
      writer.field(8) { tensor in
        Self.head(3, extents, &tensor)
        for value in values { tensor.field(7, varint: value) }
      }
    }
  }

  /// Appends type and shape of a tensor.
  private static func head(_ type: Int, _ extents: [Int], _ tensor: inout WireWriter) {
    tensor.field(1, varint: type)
    tensor.field(2) { Self.extents(extents, &$0) }
  }

  /// Appends the extents of a shape.
  private static func extents(_ extents: [Int], _ shape: inout WireWriter) {
    for extent in extents { shape.field(2) { $0.field(1, varint: extent) } }
  }
}

/// A graph that a test writes.
struct WrittenGraph {
  var nodes: [WrittenNode]

  /// The node called `name`, which is there.
  subscript(name: String) -> WrittenNode {
    get { nodes.first { $0.name == name }! }
    set { nodes[nodes.firstIndex { $0.name == name }!] = newValue }
  }

  /// The graph as a file.
  var bytes: [UInt8] {
    var writer = WireWriter()
    for node in nodes { writer.field(1) { node.write(to: &$0) } }
    // What TensorFlow writes behind the nodes: a version.
    writer.field(4) { $0.field(1, varint: 26) }
    return writer.bytes
  }

  /// Imports the graph from a file of its own.
  func model() throws -> DetectionModel {
    try withFile(bytes) { try ModelLoader.model(at: $0) }
  }

  /// Returns the line with which the import of the graph fails, without the file's path; nil where it succeeds.
  func refusal() throws -> String? {
    try withFile(bytes) { path in
      do throws(ImportError) {
        _ = try ModelLoader.model(at: path)
        return nil
      } catch {
        return (error.place + [error.reason]).joined(separator: ": ")
      }
    }
  }
}

/// Runs `body` with the path of a file that holds `bytes`, alone in a folder, and removes both.
@discardableResult
func withFile<Result>(_ bytes: [UInt8], named name: String = "graph.pb", _ body: (String) throws -> Result) throws
  -> Result
{
  try withFiles([name: bytes]) { try body("\($0)/\(name)") }
}

/// Runs `body` with the path of a folder that holds `files`, by their paths in it, and removes it.
@discardableResult
func withFiles<Result>(_ files: [String: [UInt8]], _ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "import-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  for (path, bytes) in files {
    let file = folder.appending(path: path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }
  return try body(folder.path)
}
