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
      "node NMS (CombinedNonMaxSuppression): the operator CombinedNonMaxSuppression is not supported"
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
