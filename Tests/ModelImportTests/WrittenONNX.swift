import Foundation
import Model
import ModelImport

/// An ONNX model that a test writes, node by node.
struct WrittenONNX {
  /// What stands in an attribute.
  enum Attribute {
    case integer(Int)
    case float(Float)
    case text(String)
    case floats([Float])
    case integers([Int])
    case tensor(Tensor)
    /// A graph within a node, with the name of what it gives.
    case graph([Node], output: String)
  }

  /// A constant.
  struct Tensor {
    /// Where its values stand.
    enum Content {
      case raw([UInt8])
      /// float_data, packed or each with a tag of its own.
      case floats([Float], isPacked: Bool)
      /// int32_data.
      case words([Int])
      /// int64_data.
      case longs([Int])
      case doubles([Double])
      case external([String: String])
    }
    var extents: [Int]
    /// `TensorProto.DataType`.
    var type: Int
    var content: Content

    static func floats(_ values: [Float], _ extents: [Int]) -> Tensor {
      Tensor(extents: extents, type: 1, content: .raw(WireWriter.bytes(of: values)))
    }

    /// int64 in raw_data.
    static func integers(_ values: [Int], _ extents: [Int]? = nil) -> Tensor {
      let bytes = values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
      return Tensor(extents: extents ?? [values.count], type: 7, content: .raw(bytes))
    }
  }

  /// An operator.
  struct Node {
    var operation: String
    var inputs: [String]
    var outputs: [String]
    var attributes: [String: Attribute] = [:]
    var domain = ""
  }

  var nodes: [Node] = []
  var constants: [(name: String, tensor: Tensor)] = []
  var inputs: [(name: String, extents: [Int?])] = []
  var outputs: [(name: String, extents: [Int?])] = []
  var opset = 17
  /// Behind the other fields of the model.
  var functions = 0

  /// Appends a node and returns the name of what it gives.
  @discardableResult
  mutating func add(
    _ operation: String, _ inputs: [String], _ attributes: [String: Attribute] = [:], named name: String? = nil
  ) -> String {
    let output = name ?? "\(operation)_\(nodes.count)"
    nodes.append(Node(operation: operation, inputs: inputs, outputs: [output], attributes: attributes))
    return output
  }

  /// Adds a constant and returns its name.
  mutating func constant(_ tensor: Tensor, named name: String? = nil) -> String {
    let name = name ?? "constant_\(constants.count)"
    constants.append((name, tensor))
    return name
  }

  mutating func floats(_ values: [Float], _ extents: [Int]? = nil) -> String {
    constant(.floats(values, extents ?? [values.count]))
  }

  mutating func integers(_ values: [Int], _ extents: [Int]? = nil) -> String { constant(.integers(values, extents)) }

  /// The file.
  var bytes: [UInt8] {
    var writer = WireWriter()
    writer.field(1, varint: 8)
    writer.field(2, bytes: Array("test".utf8))
    writer.field(7) { graph in
      for node in nodes { graph.field(1) { node.write(to: &$0) } }
      graph.field(2, bytes: Array("graph".utf8))
      for (name, tensor) in constants { graph.field(5) { tensor.write(to: &$0, name: name) } }
      for (name, extents) in inputs { graph.field(11) { Self.write(name, extents, &$0) } }
      for (name, extents) in outputs { graph.field(12) { Self.write(name, extents, &$0) } }
    }
    writer.field(8) { version in
      version.field(1, bytes: [])
      version.field(2, varint: opset)
    }
    for _ in 0..<functions { writer.field(25) { $0.field(1, bytes: Array("function".utf8)) } }
    return writer.bytes
  }

  /// Appends name, type and shape.
  private static func write(_ name: String, _ extents: [Int?], _ writer: inout WireWriter) {
    writer.field(1, bytes: Array(name.utf8))
    writer.field(2) { type in
      type.field(1) { tensor in
        tensor.field(1, varint: 1)
        tensor.field(2) { shape in
          for extent in extents {
            shape.field(1) { dimension in
              if let extent { dimension.field(1, varint: extent) } else { dimension.field(2, bytes: Array("n".utf8)) }
            }
          }
        }
      }
    }
  }

  func model() throws -> DetectionModel { try withFile(bytes, named: "tiny.onnx") { try ModelLoader.model(at: $0) } }

  /// Returns the line with which the import fails, without the file's path; nil where it succeeds.
  func refusal(beside files: [String: [UInt8]] = [:]) throws -> String? {
    try withFiles(files.merging(["tiny.onnx": bytes]) { $1 }) { folder in
      do throws(ImportError) {
        _ = try ModelLoader.model(at: "\(folder)/tiny.onnx")
        return nil
      } catch {
        return (error.place + [error.reason]).joined(separator: ": ")
      }
    }
  }
}

extension WrittenONNX.Node {
  /// Appends the fields of the message.
  fileprivate func write(to writer: inout WireWriter) {
    for input in inputs { writer.field(1, bytes: Array(input.utf8)) }
    for output in outputs { writer.field(2, bytes: Array(output.utf8)) }
    writer.field(4, bytes: Array(operation.utf8))
    for (name, attribute) in attributes.sorted(by: { $0.key < $1.key }) {
      writer.field(5) { message in
        message.field(1, bytes: Array(name.utf8))
        switch attribute {
        case .float(let value): message.field(2, float: value)
        case .integer(let value): message.field(3, varint: value)
        case .text(let value): message.field(4, bytes: Array(value.utf8))
        case .tensor(let value): message.field(5) { value.write(to: &$0, name: "") }
        case .floats(let values): for value in values { message.field(7, float: value) }
        case .integers(let values): for value in values { message.field(8, varint: value) }
        case .graph(let nodes, let output):
          message.field(6) { graph in
            for node in nodes { graph.field(1) { node.write(to: &$0) } }
            graph.field(12) { $0.field(1, bytes: Array(output.utf8)) }
          }
        }
      }
    }
    if !domain.isEmpty { writer.field(7, bytes: Array(domain.utf8)) }
  }
}

extension WrittenONNX.Tensor {
  /// Appends the fields of the message.
  fileprivate func write(to writer: inout WireWriter, name: String) {
    for extent in extents { writer.field(1, varint: extent) }
    writer.field(2, varint: type)
    switch content {
    case .raw(let bytes): writer.field(9, bytes: bytes)
    case .floats(let values, isPacked: true): writer.field(4, bytes: WireWriter.bytes(of: values))
    case .floats(let values, isPacked: false): for value in values { writer.field(4, float: value) }
    case .words(let values): for value in values { writer.field(5, varint: value) }
    case .longs(let values): for value in values { writer.field(7, varint: value) }
    case .doubles(let values):
      let bytes = values.flatMap { value in
        (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) }
      }
      writer.field(10, bytes: bytes)
    case .external(let entries):
      for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
        writer.field(13) { entry in
          entry.field(1, bytes: Array(key.utf8))
          entry.field(2, bytes: Array(value.utf8))
        }
      }
      writer.field(14, varint: 1)
    }
    if !name.isEmpty { writer.field(8, bytes: Array(name.utf8)) }
  }
}
