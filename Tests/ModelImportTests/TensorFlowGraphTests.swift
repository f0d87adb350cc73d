import Model
import ModelImport
import Scene
import Testing

/// What is read out of a graph, and what is refused.
struct TensorFlowGraphTests {
  @Test func parametersComeOutOfTheGraph() throws {
    let model = try TinyDetector.graph.model()
    #expect(
      model.input
        == InputContract(
          width: 8, height: 8, channelOrder: .rgb, resize: .tensorFlowLegacy,
          normalization: Normalization(scale: 0.0078431377, offset: -1, order: .afterResize)))
    #expect(
      model.head.suppression
        == Suppression(
          clipping: .afterSuppression, dropsEmptyBoxes: true, scoreThreshold: 0.125, iouThreshold: 0.55,
          candidatesPerClass: nil, keptPerClass: 30, total: 50))
    #expect(
      model.head.coder
        == BoxCoder(
          order: .yxhw, centerYFactor: 0.1, centerXFactor: 0.1, heightFactor: 0.2, widthFactor: 0.2))
    #expect(model.head.scores == .sigmoid)
    #expect(model.head.columns == 2)
    #expect(model.head.backgroundColumn == 0)
    #expect(model.head.classOffset == 0)
    #expect(model.head.anchors.flatMap { [$0.yMin, $0.xMin, $0.yMax, $0.xMax] } == TinyDetector.anchors)
  }

  @Test func theNetworkEndsInTwoHeads() throws {
    let graph = try TinyDetector.graph.model().graph
    #expect(graph.shape(of: graph.input) == Shape(height: 8, width: 8, channels: 3))
    #expect(graph.outputs.map(graph.shape) == [Shape([1, 20, 4]), Shape([1, 20, 2])])
    // What the picture's network does not need was not taken over.
    #expect(graph.nodes.map(\.name).filter { $0.hasPrefix("Exp") || $0 == "Resize" }.isEmpty)
  }

  @Test func earlyGraphsClipBeforeTheSuppression() throws {
    let suppression = try TinyDetector.oldGraph.model().head.suppression
    #expect(suppression.clipping == .beforeSuppression)
    #expect(suppression.scoreThreshold == 0.25)
    #expect(suppression.dropsEmptyBoxes)
  }

  @Test func suppressionsUnrolledByClassAreOneRule() throws {
    let head = try TinyDetector.twoClasses.model().head
    #expect(head.classNumbers == 1..<3)
    #expect(head.suppression == (try TinyDetector.graph.model().head.suppression))
  }

  @Test func classesWithRulesOfTheirOwnAreRefused() throws {
    var graph = TinyDetector.twoClasses
    graph["NMS_1/iou"] = .floats("NMS_1/iou", [0.5])
    #expect(
      try graph.refusal()
        == "node NMS_1 (NonMaxSuppressionV3): classes with parameters of their own are not supported")
    graph["NMS_1"].operation = "Identity"
    #expect(
      try graph.refusal()
        == "node NMS (NonMaxSuppressionV3): 1 suppressions for 2 classes are not supported: one a class is")
  }

  @Test func oneSuppressionOfTheBestClassesIsOfAllClasses() throws {
    var graph = TinyDetector.twoClasses
    graph.nodes.append(WrittenNode("Best", "Max", ["ScoreList", "one"]))
    graph["NMS"].inputs[1] = "Best"
    graph["NMS_1"] = WrittenNode("NMS_1", "Identity", ["NMS"])
    let suppression = try graph.model().head.suppression
    #expect(suppression.isClassAgnostic)
    #expect(suppression.keptPerClass == 30 && suppression.total == 50)
    #expect(!(try TinyDetector.graph.model().head.suppression.isClassAgnostic))
  }

  @Test(arguments: [nil, false, true]) func oneOperatorMaySuppressAllClasses(clips: Bool?) throws {
    var graph = TinyDetector.twoClasses
    graph["NMS"] = WrittenNode(
      "NMS", "CombinedNonMaxSuppression", ["BoxList", "ScoreList", "NMS/most", "Total/most", "NMS/iou", "NMS/score"],
      clips.map { ["clip_boxes": .bool($0)] } ?? [:])
    let suppression = try graph.model().head.suppression
    #expect(
      suppression
        == Suppression(
          clipping: clips == false ? .never : .afterSuppression, dropsEmptyBoxes: false, scoreThreshold: 0.125,
          iouThreshold: 0.55, candidatesPerClass: nil, keptPerClass: 30, total: 50))
    graph["NMS"].attributes["pad_per_class"] = .bool(true)
    #expect(
      try graph.refusal() == "node NMS (CombinedNonMaxSuppression): pad_per_class is not supported")
  }

  @Test func aTotalOfStaticShapesIsFound() throws {
    var graph = TinyDetector.graph
    graph["Total/count"] = .numbers("Total/count", [200], [])
    graph.nodes.append(WrittenNode("Chosen", "GatherV2", ["Kept", "Total/range", "zero"]))
    #expect(try graph.model().head.suppression.total == 50)
  }

  /// The tiny detector without all that stands before and after its network.
  static func rawOutputs(anchors: [Float]) -> WrittenGraph {
    let graph = TinyDetector.graph
    let end = graph.nodes.firstIndex { $0.name == "anchors" } ?? 0
    let network = graph.nodes[..<end].filter { $0.name.contains("/") && !$0.name.hasPrefix("Resize") }
    let names = [
      "First", "Second", "Boxes0", "Boxes1", "Classes0", "Classes1", "axis", "concat", "Squeeze", "concat_1",
    ]
    return WrittenGraph(
      nodes: [WrittenNode("input", "Placeholder", [], ["dtype": .type(1), "shape": .shape([1, 8, 8, 3])])]
        + graph.nodes[..<end].filter { node in network.contains { $0.name == node.name } || names.contains(node.name) }
        .filter { !["Scale/x", "Offset/y"].contains($0.name) } + [
          WrittenNode("raw_outputs/box_encodings", "Identity", ["Squeeze"]),
          WrittenNode("raw_outputs/class_predictions", "Sigmoid", ["concat_1"]),
          .floats("anchors", anchors, [anchors.count / 4, 4]),
        ])
  }

  @Test func aGraphThatEndsInItsHeadsIsReadWithTheExportersNumbers() throws {
    let anchors = (0..<20).flatMap { row -> [Float] in [Float(row) / 32, 0.5, 0.25, 0.125] }
    let model = try Self.rawOutputs(anchors: anchors).model()
    #expect((model.input.width, model.input.height) == (8, 8))
    #expect(model.input.normalization == Normalization(scale: 2 / 255, offset: -1, order: .beforeResize))
    #expect(model.head.anchors[2] == Box(yMin: -0.0625, xMin: 0.4375, yMax: 0.1875, xMax: 0.5625))
    #expect((model.head.columns, model.head.backgroundColumn, model.head.classOffset) == (2, 0, 0))
    #expect((model.head.suppression.scoreThreshold, model.head.suppression.iouThreshold) == (1e-8, 0.6))
    #expect(
      try Self.rawOutputs(anchors: Array(anchors.dropLast(4))).refusal()
        == "node concat (ConcatV2): no decoding of these box encodings is found, and no list of 20 anchors")
  }

  @Test func normalisationBeforeTheResizeIsSeen() throws {
    var graph = TinyDetector.graph
    graph["Scale"].inputs[1] = "ToFloat"
    graph["Resize"].inputs[0] = "Offset"
    graph["input"].inputs = ["Resize"]
    #expect(
      try graph.model().input.normalization == Normalization(scale: 0.0078431377, offset: -1, order: .beforeResize))
  }

  @Test func softmaxIsSeen() throws {
    var graph = TinyDetector.graph
    graph["convert_scores"].operation = "Softmax"
    #expect(try graph.model().head.scores == .softmax)
  }

  @Test func classNumbersFollowTheGraph() throws {
    var graph = TinyDetector.graph
    graph["Classes/first"] = .floats("Classes/first", [5])
    #expect(try graph.model().head.classOffset == 4)
  }

  /// Each change to the graph, and the line with which it is refused.
  static let refusals: [(change: @Sendable (inout WrittenGraph) -> Void, line: String)] = [
    ({ $0["First/Relu6"].operation = "Elu" }, "node First/Relu6 (Elu): the operator Elu is not supported"),
    (
      { $0["Resize"].attributes["half_pixel_centers"] = .bool(true) },
      "node Resize (ResizeBilinear): half_pixel_centers is not supported"
    ),
    (
      { $0["First"].attributes["data_format"] = .text("NCHW") },
      "node First (Conv2D): the layout NCHW is not supported, only NHWC"
    ),
    ({ $0["First"].attributes["padding"] = nil }, "node First (Conv2D): it has no padding"),
    ({ $0["First"].attributes["strides"] = nil }, "node First (Conv2D): it has no strides"),
    (
      { $0["First"].attributes["strides"] = .integers([1, 0, 2, 1]) },
      "node First (Conv2D): strides [1, 0, 2, 1] are not supported"
    ),
    (
      { $0["Second/weights"] = .floats("Second/weights", Array(repeating: 1, count: 72), [3, 3, 4, 2]) },
      "node Second (DepthwiseConv2dNative): weights 3×3×4×2 are not supported"
    ),
    (
      { $0["scale_logits/y"] = .floats("scale_logits/y", [2]) },
      "node scale_logits (RealDiv): a logit scale other than 1 is not supported"
    ),
    (
      { $0["convert_scores"].operation = "Identity" },
      "no class scores are found: a Sigmoid or Softmax of the joined predictors"
    ),
    (
      { $0["Slice/begin"] = .numbers("Slice/begin", [0, 0, 0]) },
      "node convert_scores (Sigmoid): which column is the background's is not found: a Slice behind column 0 is"
    ),
    (
      { $0["scaled2"].operation = "Sub" }, "node Encodings/unstack (Unpack): no scale of box encoding 2 is found"
    ),
    (
      { $0["anchors"] = .floats("anchors", Array(TinyDetector.anchors[..<76]), [19, 4]) },
      "19 anchors meet 20 boxes and 20 rows of logits"
    ),
    (
      { $0["anchors"].operation = "Placeholder" },
      "node anchors (Placeholder): Placeholder of constants is not supported"
    ),
    ({ $0["NMS"].operation = "NoOp" }, "no non-maximum suppression is found"),
    (
      { $0["NMS"].operation = "CombinedNonMaxSuppression" },
      "node NMS (CombinedNonMaxSuppression): it has 5 inputs, not 6"
    ),
    (
      { $0["Classes/first"] = .floats("Classes/first", [-0x1p63]) },
      "node detection_classes (Identity): -9.223372e+18 is no class number"
    ),
    ({ $0["Total"].operation = "Maximum" }, "how many detections a picture has at most is not found"),
    (
      { $0["Classes/add"].operation = "Sub" },
      "how classes are numbered is not found: a result that adds a constant to their index is"
    ),
    (
      { $0["Offset"] = WrittenNode("Offset", "Sqrt", ["Scale"]) },
      "node Offset (Sqrt): this is not understood as pre-processing of the picture"
    ),
    ({ $0["Scale"].inputs[1] = "ToFloat" }, "the graph does not resize its picture"),
    ({ $0.nodes.append($0["NMS"]) }, "node NMS: there are two nodes of this name"),
    ({ $0["NMS"].inputs[0] = "Nowhere" }, "node NMS: its input Nowhere is not in the graph"),
    ({ $0["Second"].inputs[0] = "Second/Relu" }, "node Second/Relu (Relu): the node needs its own result"),
    (
      { $0["First/weights"] = .floats("First/weights", Array(repeating: 1, count: 72), [3, 3, 2, 4]) },
      "node First (Conv2D): 3 input channels meet weights for 2"
    ),
  ]

  @Test(arguments: refusals.indices) func whatIsNotUnderstoodIsNamed(index: Int) throws {
    var graph = TinyDetector.graph
    Self.refusals[index].change(&graph)
    #expect(try graph.refusal() == Self.refusals[index].line)
  }
}
