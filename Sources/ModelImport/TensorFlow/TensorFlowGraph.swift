package import Model
internal import Posix
internal import Scene

/// The importer of TensorFlow frozen graphs, as the Object Detection API exports SSD and SSDLite.
///
/// The network is found by structure, not by the names of nodes: it lies between the tensor that the first convolution
/// reads and the two tensors that join the predictors. What stands before and after it is replaced by our own code,
/// whose parameters are read from the graph's constants.
package enum TensorFlowGraph: ModelImporter {
  /// The format's name, for people.
  package static var formatName: String { "TensorFlow frozen graph" }

  /// Whether the bytes begin with a node that has a name and an operator.
  package static func recognizes(_ file: ModelFile) -> Bool {
    do throws(ByteError) {
      var reader = unsafe WireReader(file.bytes.bytes)
      guard let field = try reader.next(), field.number == 1, case .bytes(let range) = field.value else { return false }
      var node = try reader.message(in: range)
      for number in 1...2 {
        guard let field = try node.next(), field.number == number, case .bytes(let range) = field.value,
          try node.text(in: range).utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !range.isEmpty
        else { return false }
      }
      return true
    } catch {
      return false
    }
  }

  /// Reads the whole model, without labels: its file names no classes. Of the `pipeline.config` beside it comes what the
  /// file leaves to its caller; where they differ in what both say, the file counts, and a note says so.
  package static func model(from file: ModelFile) throws(ImportError) -> DetectionModel {
    try model(of: GraphDef(file), in: file)
  }

  /// Reads the whole model out of `graph`, which came out of `file` and all of whose weights are constants.
  static func model(of graph: GraphDef, in file: ModelFile) throws(ImportError) -> DetectionModel {
    var evaluator = Evaluator(graph)
    let heads = try Heads(graph, &evaluator)
    let input = try heads.input(graph)
    let contract = try Preprocessing.contract(graph, input: input, &evaluator)
    var translation = TensorFlowTranslation(
      graph, input: input, shape: Shape(height: contract.height, width: contract.width, channels: 3))
    try translation.translate(to: [heads.boxes, heads.classes])
    guard let columns = translation.shape(of: heads.classes)?.extents.last, columns >= 2 else {
      throw graph.fault(heads.classes, "there are no classes")
    }
    let maps = heads.boxPredictors(graph).compactMap { translation.shape(of: $0)?.map }.map {
      Extent(height: $0.height, width: $0.width)
    }
    try translation.finish([(heads.boxes, 4), (heads.classes, columns)])
    let rows = translation.network.outputs.map { translation.network.shape(of: $0).extents[1] }
    let companion = CompanionConfig(beside: file)
    let head =
      RawOutputs.end(graph, at: heads.boxes)
      ? try RawOutputs.head(
        graph, heads, maps: maps, rows: rows[0], columns: columns, config: companion?.config, &translation.evaluator)
      : try self.head(graph, heads, columns: columns, &translation.evaluator)
    guard rows.allSatisfy({ $0 == head.anchors.count }) else {
      throw graph.fault("\(head.anchors.count) anchors meet \(rows[0]) boxes and \(rows[1]) rows of logits")
    }
    var model = DetectionModel(name: "", graph: translation.network, input: contract, head: head, labels: Labels())
    if let note = companion?.note(on: model) { model.notes.append(note) }
    if RawOutputs.end(graph, at: heads.boxes) {
      // The rules would have been the configuration's: that they are not is seen only in what is found.
      if companion?.isFaulty == true { model.warnings = model.notes }
      RawOutputs.assume(&model, of: graph, input: input, isConfigured: companion?.config != nil)
    }
    return model
  }

  /// Reads what the numbers of the heads mean out of the part of the graph behind them.
  private static func head(_ graph: GraphDef, _ heads: Heads, columns: Int, _ evaluator: inout Evaluator)
    throws(ImportError) -> DetectionHead
  {
    let decoding = try BoxDecoding(graph, boxes: heads.boxes, &evaluator)
    return DetectionHead(
      anchors: decoding.anchors, coder: decoding.coder, columns: columns,
      backgroundColumn: try background(graph, heads, &evaluator),
      classOffset: try classOffset(graph, &evaluator), scores: heads.conversion,
      suppression: try SuppressionReading.suppression(graph, classes: columns - 1, &evaluator))
  }

  /// Returns the background's column: 0, where the scores are cut to begin behind it.
  private static func background(_ graph: GraphDef, _ heads: Heads, _ evaluator: inout Evaluator) throws(ImportError)
    -> Int
  {
    for reader in graph.readers(of: heads.scores, through: handingOn.union(["Reshape"])) {
      let definition = graph.nodes[reader]
      if definition.operation == "Slice", definition.inputs.count == 3,
        try evaluator.integers(definition.inputs[1]).last == 1
      {
        return 0
      }
    }
    throw graph.fault(heads.scores, "which column is the background's is not found: a Slice behind column 0 is")
  }

  /// Returns what is added to a column's number to give its class.
  ///
  /// The graph's result adds a number to the index among the columns behind the background, column − 1.
  private static func classOffset(_ graph: GraphDef, _ evaluator: inout Evaluator) throws(ImportError) -> Int {
    var found: Set<Int> = []
    for node in graph.nodes.indices where graph.readers[node].isEmpty {
      let result = graph.nodes[graph.origin(of: NodeDef.Output(node: node), through: handingOn).node]
      guard ["Add", "AddV2"].contains(result.operation) else { continue }
      for input in result.inputs {
        guard let value = evaluator.constant(input), value.count == 1, let number = value.floats?[0] else { continue }
        guard let added = Int(exactly: number), (0...1 << 20).contains(added) else {
          throw graph.fault(node, "\(number) is no class number")
        }
        found.insert(added - 1)
      }
    }
    guard let offset = found.first, found.count == 1 else {
      throw graph.fault("how classes are numbered is not found: a result that adds a constant to their index is")
    }
    return offset
  }
}
