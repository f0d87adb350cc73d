internal import Model
internal import Scene

/// The form of a detector whose file ends in its heads, as the published MobileNetV3 archives do: what comes before and
/// after the network is left to the caller (export_tflite_ssd_graph.py with `add_postprocessing_op` false).
///
/// The anchors are a constant that nothing reads. The other numbers are those of the `pipeline.config` beside the file,
/// which lays the anchors too where the file has none; without one they are those that the Object Detection API's
/// configurations for such models have in common.
enum RawOutputs {
  /// Operators that change no value on the way to the file's results.
  private static let handing = handingOn.union(["Squeeze", "Reshape"])

  /// Whether nothing is computed from the joined box encodings, the node `boxes`.
  static func end(_ graph: GraphDef, at boxes: Int) -> Bool { graph.readers(of: boxes, through: handing).isEmpty }

  /// Returns what the numbers of the heads mean.
  ///
  /// - Parameters:
  ///   - heads: where the network ends.
  ///   - maps: the sizes of the feature maps, in the order in which their predictors are joined.
  ///   - rows: the number of anchors.
  ///   - columns: the number of classes and the background.
  ///   - config: the configuration beside the file.
  /// - Throws: `ImportError` iff there is no constant of as many anchors, or more than one, and no configuration that
  ///   lays as many.
  static func head(
    _ graph: GraphDef, _ heads: Heads, maps: [Extent], rows: Int, columns: Int, config: SSDConfig?,
    _ evaluator: inout Evaluator
  ) throws(ImportError) -> DetectionHead {
    guard let anchors = anchors(graph, rows, &evaluator) ?? anchors(config, maps, rows) else {
      throw graph.fault(heads.boxes, "no decoding of these box encodings is found, and no list of \(rows) anchors")
    }
    var head = DetectionHead.standard(anchors: anchors, columns: columns, scores: heads.conversion)
    if let config {
      head.coder = config.coder
      let rules = config.suppression
      (head.suppression.scoreThreshold, head.suppression.iouThreshold) = (rules.scoreThreshold, rules.iouThreshold)
      (head.suppression.keptPerClass, head.suppression.total) = (rules.keptPerClass, rules.total)
    }
    return head
  }

  /// Notes what the file leaves to its caller.
  ///
  /// - Parameter isConfigured: whether a `pipeline.config` beside it says some of that.
  static func assume(_ model: inout DetectionModel, of graph: GraphDef, input node: Int, isConfigured: Bool) {
    let reason = "what the Object Detection API's configurations for such models have in common"
    if contract(graph, input: node) != nil {
      model.assume(
        OpenQuestion.picture, because: "\(reason); the file begins behind its pre-processing", isGuess: true)
    }
    model.assume(
      [.factors] + OpenQuestion.suppression,
      because: isConfigured ? "the pipeline.config beside the file" : "\(reason); no pipeline.config lies beside it")
  }

  /// Returns the anchors of the one constant that has `rows` of them and that nothing reads: centre y and x, height, width.
  private static func anchors(_ graph: GraphDef, _ rows: Int, _ evaluator: inout Evaluator) -> [Box]? {
    var found: [KnownValue] = []
    for node in graph.nodes.indices where graph.nodes[node].operation == "Const" {
      guard graph.readers(of: node, through: handingOn).isEmpty,
        let value = evaluator.constant(NodeDef.Output(node: node)), value.extents == [rows, 4], value.floats != nil
      else { continue }
      found.append(value)
    }
    guard found.count == 1, let numbers = found[0].floats else { return nil }
    return CenteredBox.boxes(numbers).map(\.corners)
  }

  /// Returns the anchors that `config` lays over `maps`; nil where they are not `rows`.
  private static func anchors(_ config: SSDConfig?, _ maps: [Extent], _ rows: Int) -> [Box]? {
    guard let config, config.anchors.layerCount == maps.count,
      maps.allSatisfy({ max($0.height, $0.width) <= Extent.sides.upperBound })
    else { return nil }
    let count = maps.indices.reduce(0) { $0 + maps[$1].height * maps[$1].width * config.anchors.count($1) }
    guard count == rows else { return nil }
    return config.anchors.anchors(maps: maps, height: config.height, width: config.width)
  }

  /// Returns how a picture becomes what the placeholder `node` takes; nil where that is no picture of float32 numbers.
  static func contract(_ graph: GraphDef, input node: Int) -> InputContract? {
    let definition = graph.nodes[node]
    guard definition.operation == "Placeholder", case .type(.scalar(.float32)) = definition["dtype"],
      case .shape(let extents) = definition["shape"], extents.count == 4, extents[0] == 1, extents[3] == 3,
      Extent.sides.contains(extents[1]), Extent.sides.contains(extents[2])
    else { return nil }
    return InputContract(
      width: extents[2], height: extents[1], channelOrder: .rgb, resize: .tensorFlowLegacy,
      normalization: Normalization(scale: 2 / 255, offset: -1, order: .beforeResize))
  }
}
