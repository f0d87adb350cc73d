import ModelImport

/// A function of a graph's library that a test writes.
struct WrittenFunction {
  var name: String
  var arguments: [String]
  /// Each result's name, and what gives it: `node:output:0`.
  var results: [(name: String, value: String)]
  var nodes: [WrittenNode]

  /// Appends the fields of the message.
  func write(to writer: inout WireWriter) {
    writer.field(1) { signature in
      signature.field(1, bytes: Array(name.utf8))
      for argument in arguments { signature.field(2) { $0.field(1, bytes: Array(argument.utf8)) } }
      for result in results { signature.field(3) { $0.field(1, bytes: Array(result.name.utf8)) } }
    }
    for node in nodes { writer.field(3) { node.write(to: &$0) } }
    for result in results {
      writer.field(4) { entry in
        entry.field(1, bytes: Array(result.name.utf8))
        entry.field(2, bytes: Array(result.value.utf8))
      }
    }
  }
}

/// A SavedModel that a test writes.
struct WrittenSavedModel {
  var nodes: [WrittenNode] = []
  var functions: [WrittenFunction] = []
  /// The results of its signature.
  var outputs: [String] = []
  var (tag, signature) = ("serve", "serving_default")
  /// The objects that a function has bound.
  var bound: [String: [Int]] = [:]
  /// Its variables.
  var bundle = WrittenBundle()

  /// A model whose results are `outputs`.
  init(_ nodes: [WrittenNode], outputs: [String]) { (self.nodes, self.outputs) = (nodes, outputs) }

  /// The node called `name`, which is there, of the graph or of the function `function`.
  subscript(name: String, in function: String? = nil) -> WrittenNode {
    get { (function.map(self.function)?.nodes ?? nodes).first { $0.name == name }! }
    set {
      guard let function else {
        nodes[nodes.firstIndex { $0.name == name }!] = newValue
        return
      }
      let place = functions.firstIndex { $0.name == function }!
      functions[place].nodes[functions[place].nodes.firstIndex { $0.name == name }!] = newValue
    }
  }

  /// The function called `name`, which is there.
  func function(_ name: String) -> WrittenFunction { functions.first { $0.name == name }! }

  /// The file `saved_model.pb`.
  var bytes: [UInt8] {
    var writer = WireWriter()
    writer.field(1, varint: 1)
    writer.field(2) { graph in
      graph.field(1) { $0.field(4, bytes: Array(tag.utf8)) }
      graph.field(2) { definition in
        for node in nodes { definition.field(1) { node.write(to: &$0) } }
        if !functions.isEmpty {
          definition.field(2) { library in for function in functions { library.field(1) { function.write(to: &$0) } } }
        }
      }
      graph.field(5) { entry in
        entry.field(1, bytes: Array(signature.utf8))
        entry.field(2) { signature in
          for output in outputs {
            signature.field(2) { result in
              result.field(1, bytes: Array(output.utf8))
              result.field(2) { $0.field(1, bytes: Array(output.utf8)) }
            }
          }
        }
      }
      graph.field(7) { objects in
        for (function, inputs) in bound {
          objects.field(2) { entry in
            entry.field(1, bytes: Array(function.utf8))
            entry.field(2) { value in for input in inputs { value.field(2, varint: input) } }
          }
        }
      }
    }
    return writer.bytes
  }

  /// The files of its folder, by their paths in it; without variables only `saved_model.pb`.
  var files: [String: [UInt8]] {
    var files = ["saved_model.pb": bytes]
    if !bundle.tensors.isEmpty {
      files["variables/variables.index"] = bundle.index
      files["variables/variables.data-00000-of-00001"] = bundle.data
    }
    return files
  }
}
