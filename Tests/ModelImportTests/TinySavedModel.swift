/// `TinyDetector` in the forms of SavedModels.
enum TinySavedModel {
  /// What a user asks of it.
  private static let outputs = ["detection_classes", "HasArea", "Total/range"]

  /// As the exporter of TensorFlow 1 leaves it: all weights are constants.
  static var frozen: WrittenSavedModel { WrittenSavedModel(TinyDetector.graph.nodes, outputs: outputs) }

  /// TensorFlow 1, with variables of both kinds, and with what saves and restores them.
  static var variables: WrittenSavedModel {
    var model = frozen
    for (number, place) in model.nodes.indices.filter({ isWeight(model.nodes[$0]) }).enumerated() {
      let node = model.nodes[place]
      guard case .floats(let values, let extents, _) = node.attributes["value"] else { continue }
      model.bundle.add(node.name, values, extents)
      let attributes: [String: WrittenNode.Attribute] = ["dtype": .type(1), "shape": .shape(extents)]
      if number.isMultiple(of: 2) {
        model.nodes[place] = WrittenNode(node.name, "VariableV2", [], attributes)
      } else {
        let handle = attributes.merging(["shared_name": .text(node.name)]) { $1 }
        model.nodes[place] = WrittenNode("\(node.name)/handle", "VarHandleOp", [], handle)
        model.nodes.append(WrittenNode(node.name, "ReadVariableOp", ["\(node.name)/handle"]))
      }
      model.nodes.append(WrittenNode("\(node.name)/Assign", "Assign", [node.name, "restore:\(number)"]))
    }
    model.nodes.append(WrittenNode("restore", "RestoreV2"))
    model.nodes.append(WrittenNode("global_step", "VariableV2", [], ["dtype": .type(9), "shape": .shape([])]))
    return model
  }

  /// TensorFlow 2: a call of a wrapper around the network's function, with a loop of functions over the pictures, and
  /// variables under keys of their own.
  static var functions: WrittenSavedModel { functions() }

  /// The same, some of whose variables have other names than the constants that they were.
  ///
  /// - Parameter hasVariables: false leaves all weights constants of the function, as a whole model in one file.
  static func functions(named names: [String: String] = [:], hasVariables: Bool = true) -> WrittenSavedModel {
    var network = WrittenFunction(
      name: "network", arguments: ["image"], results: outputs.map { ($0.replacing("/", with: "_"), "\($0):output:0") },
      nodes: loop)
    var model = WrittenSavedModel([WrittenNode("serving_image", "Placeholder", [], ["dtype": .type(4)])], outputs: [])
    var objects = WireWriter()
    for node in TinyDetector.graph.nodes where !["image", "ToFloat", "Resize", "Resize/size"].contains(node.name) {
      guard hasVariables, isWeight(node), case .floats(let values, let extents, _) = node.attributes["value"] else {
        network.nodes.append(inFunction(node, argument: "image"))
        continue
      }
      let (argument, number) = (node.name.replacing("/", with: "_").lowercased(), network.arguments.count - 1)
      network.arguments.append(argument)
      network.nodes.append(WrittenNode(node.name, "ReadVariableOp", [argument]))
      model.nodes.append(
        WrittenNode(
          node.name, "VarHandleOp", [],
          ["dtype": .type(1), "shape": .shape(extents), "shared_name": .text(names[node.name] ?? node.name)]))
      let key = "model/variables/\(number)/.ATTRIBUTES/VARIABLE_VALUE"
      model.bundle.add(key, values, extents)
      objects.field(1) { object in
        object.field(2) { attribute in
          for (field, text) in zip(1..., ["VARIABLE_VALUE", names[node.name] ?? node.name, key]) {
            attribute.field(field, bytes: Array(text.utf8))
          }
        }
      }
    }
    if hasVariables { model.bundle.add("_CHECKPOINTABLE_OBJECT_GRAPH", string: objects.bytes) }
    model.bound["wrapper"] = Array(0..<network.arguments.count - 1)
    let call = "StatefulPartitionedCall"
    model.nodes.append(
      WrittenNode(
        call, call, ["serving_image"] + model.nodes.dropFirst().map(\.name), ["f": .function("wrapper")]))
    model.outputs = network.results.indices.map { $0 == 0 ? call : "\(call):\($0)" }
    var wrapper = WrittenFunction(name: "wrapper", arguments: network.arguments, results: [], nodes: [])
    wrapper.nodes.append(WrittenNode(call, "PartitionedCall", wrapper.arguments, ["f": .function("network")]))
    for (index, result) in network.results.enumerated() {
      wrapper.nodes.append(WrittenNode("Identity_\(index)", "Identity", ["\(call):output:\(index)"]))
      wrapper.results.append((result.name, "Identity_\(index):output:0"))
    }
    model.functions = [wrapper, network] + turns
    return model
  }

  /// Whether `node` is what training would change.
  private static func isWeight(_ node: WrittenNode) -> Bool {
    node.operation == "Const" && (node.name.hasSuffix("/weights") || node.name.hasSuffix("/biases"))
  }

  /// Returns `node` with inputs as they are written in functions.
  private static func inFunction(_ node: WrittenNode, argument: String) -> WrittenNode {
    var node = node
    node.inputs = node.inputs.map { input in
      if input.hasPrefix("^") || input == argument { return input }
      let parts = input.split(separator: ":")
      return "\(parts[0]):output:\(parts.count == 2 ? parts[1] : "0")"
    }
    return node
  }

  /// The loop over the pictures of a batch, in the network: a counter, the list of results, the list of pictures.
  private static let loop: [WrittenNode] = [
    .numbers("start", [0], []), .numbers("shape", [-1, -1, 3]), .numbers("count", [1], []),
    WrittenNode("pictures", "TensorListFromTensor", ["image", "shape:output:0"]),
    WrittenNode("resized", "TensorListReserve", ["shape:output:0", "count:output:0"]),
    WrittenNode(
      "while", "StatelessWhile", ["start:output:0", "resized:handle:0", "pictures:output_handle:0"],
      ["cond": .function("goes_on"), "body": .function("turn")]),
    WrittenNode("stacked", "TensorListStack", ["while:output:1", "shape:output:0"]),
    WrittenNode("Resize", "StopGradient", ["stacked:tensor:0"]),
  ]

  /// The functions of the loop.
  private static let turns = [
    WrittenFunction(
      name: "goes_on", arguments: ["index", "results", "pictures"], results: [("go", "Less:z:0")],
      nodes: [.numbers("most", [1], []), WrittenNode("Less", "Less", ["index", "most:output:0"])]),
    WrittenFunction(
      name: "turn", arguments: ["index", "results", "pictures"],
      results: [("next", "add:z:0"), ("written", "set:output_handle:0"), ("same", "pictures")],
      nodes: [
        .numbers("one", [1], []), .numbers("shape", [-1, -1, 3]), .numbers("zero", [0]), .numbers("ones", [1]),
        WrittenNode("add", "AddV2", ["index", "one:output:0"]),
        WrittenNode("picture", "TensorListGetItem", ["pictures", "index", "shape:output:0"]),
        WrittenNode("Cast", "Cast", ["picture:item:0"], ["DstT": .type(1)]),
        WrittenNode("batch", "ExpandDims", ["Cast:y:0", "zero:output:0"]),
        .numbers("size", [8, 8]),
        WrittenNode("Bilinear", "ResizeBilinear", ["batch:output:0", "size:output:0"]),
        WrittenNode(
          "first", "StridedSlice", ["Bilinear:resized_images:0", "zero:output:0", "ones:output:0", "ones:output:0"],
          ["shrink_axis_mask": .integer(1)]),
        WrittenNode("set", "TensorListSetItem", ["results", "index", "first:output:0"]),
      ]),
  ]
}
