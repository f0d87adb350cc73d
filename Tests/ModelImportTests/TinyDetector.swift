/// A detector of two feature maps and one class with all parts of an Object Detection API export, small enough to read:
/// picture 8×8, maps 4×4 and 2×2 of 4 channels, one anchor a cell, 20 anchors.
enum TinyDetector {
  /// The anchors' corners.
  static let anchors: [Float] = (0..<20).flatMap { row -> [Float] in
    let start = Float(row) / 32
    return [start, start / 2, start + 0.25, start / 2 + 0.125]
  }

  /// The whole graph, in the form of late 2018: suppression first, then clipping.
  static var graph: WrittenGraph {
    WrittenGraph(nodes: picture + network + predictors + decoding + scores + suppression + result)
  }

  /// The form of early 2018: scores filtered and boxes clipped before the suppression.
  static var oldGraph: WrittenGraph {
    var graph = graph
    graph.nodes += [
      WrittenNode("Filter/Greater", "Greater", ["ScoreList", "Filter/Greater/y"]), .floats("Filter/Greater/y", [0.25]),
      WrittenNode("Filter/Where", "Where", ["Filter/Greater"]),
      WrittenNode("Filter/Reshape", "Reshape", ["Filter/Where", "All"]),
      WrittenNode("Filter/Cast", "Cast", ["Filter/Reshape"], ["DstT": .type(3)]),
      WrittenNode("Filter/Boxes", "Gather", ["BoxList", "Filter/Cast"]),
      WrittenNode("Filter/Scores", "Gather", ["ScoreList", "Filter/Cast"]),
    ]
    graph["Clip/split"].inputs[1] = "Filter/Boxes"
    graph["NMS"] = WrittenNode("NMS", "NonMaxSuppressionV2", ["Clip/boxes", "Filter/Scores", "NMS/size", "NMS/iou"])
    return graph
  }

  /// The detector with two classes, each with a suppression of its own, as exporters unroll them.
  static var twoClasses: WrittenGraph {
    var graph = graph
    for name in ["Classes0", "Classes1"] {
      graph["\(name)/weights"] = .floats("\(name)/weights", ramp(12), [1, 1, 4, 3])
      graph["\(name)/biases"] = .floats("\(name)/biases", ramp(3), [3])
      graph["\(name)/extent2"] = .numbers("\(name)/extent2", [3], [])
    }
    graph.nodes += [
      .floats("NMS_1/iou", [0.55]),
      WrittenNode("NMS_1", "NonMaxSuppressionV3", ["BoxList", "ScoreList", "NMS/size", "NMS_1/iou", "NMS/score"]),
      WrittenNode("NMS/all", "ConcatV2", ["NMS", "NMS_1", "zero"]),
    ]
    graph["Total/count"].inputs = ["NMS/all"]
    return graph
  }

  /// From the picture to the network's input.
  private static let picture: [WrittenNode] = [
    WrittenNode("image", "Placeholder", [], ["dtype": .type(4)]),
    WrittenNode("ToFloat", "Cast", ["image"], ["DstT": .type(1)]),
    .numbers("Resize/size", [8, 8]),
    WrittenNode("Resize", "ResizeBilinear", ["ToFloat", "Resize/size"], ["align_corners": .bool(false)]),
    .floats("Scale/x", [0.0078431377]), WrittenNode("Scale", "Mul", ["Scale/x", "Resize"]),
    .floats("Offset/y", [1]), WrittenNode("Offset", "Sub", ["Scale", "Offset/y"]),
    WrittenNode("input", "Identity", ["Offset"]),
  ]

  /// The attributes of a convolution with SAME padding.
  static func window(stride: Int) -> [String: WrittenNode.Attribute] {
    ["strides": .integers([1, stride, stride, 1]), "padding": .text("SAME")]
  }

  /// Returns `count` weights of moderate size.
  private static func ramp(_ count: Int) -> [Float] { (0..<count).map { Float($0 % 7) / 8 - 0.25 } }

  /// Two feature maps.
  private static let network: [WrittenNode] = [
    .floats("First/weights", ramp(108), [3, 3, 3, 4]), WrittenNode("First/read", "Identity", ["First/weights"]),
    WrittenNode("First", "Conv2D", ["input", "First/read"], window(stride: 2)),
    WrittenNode("First/Relu6", "Relu6", ["First"]),
    .floats("Second/weights", ramp(36), [3, 3, 4, 1]),
    WrittenNode("Second", "DepthwiseConv2dNative", ["First/Relu6:0", "Second/weights"], window(stride: 2)),
    WrittenNode("Second/Relu", "Relu", ["Second", "^First"]),
  ]

  /// Predictors of both maps, joined.
  private static let predictors: [WrittenNode] =
    predictor("Boxes0", of: "First/Relu6", channels: 4, [1, 16, 1, 4])
    + predictor("Boxes1", of: "Second/Relu", channels: 4, [1, -1, 1, 4])
    + predictor("Classes0", of: "First/Relu6", channels: 2, [1, 16, 2])
    + predictor("Classes1", of: "Second/Relu", channels: 2, [1, -1, 2])
    + [
      .numbers("axis", [1], []),
      WrittenNode("concat", "ConcatV2", ["Boxes0/Reshape", "Boxes1/Reshape", "axis"]),
      WrittenNode("Squeeze", "Squeeze", ["concat"], ["squeeze_dims": .integers([2])]),
      WrittenNode("concat_1", "ConcatV2", ["Classes0/Reshape", "Classes1/Reshape", "axis"]),
    ]

  /// One predictor of `map`.
  private static func predictor(_ name: String, of map: String, channels: Int, _ extents: [Int]) -> [WrittenNode] {
    // The batch comes out of the map's own shape, as exporters write it.
    [
      .floats("\(name)/weights", ramp(4 * channels), [1, 1, 4, channels]),
      WrittenNode(name, "Conv2D", [map, "\(name)/weights"], window(stride: 1)),
      .floats("\(name)/biases", ramp(channels), [channels]),
      WrittenNode("\(name)/BiasAdd", "BiasAdd", [name, "\(name)/biases"]),
      WrittenNode("\(name)/Shape", "Shape", [map]),
      .numbers("\(name)/begin", [0]), .numbers("\(name)/end", [1]), .numbers("\(name)/step", [1]),
      WrittenNode(
        "\(name)/batch", "StridedSlice", ["\(name)/Shape", "\(name)/begin", "\(name)/end", "\(name)/step"],
        ["shrink_axis_mask": .integer(1)]),
      WrittenNode(
        "\(name)/shape", "Pack", ["\(name)/batch"] + extents.indices.dropFirst().map { "\(name)/extent\($0)" }),
      WrittenNode("\(name)/Reshape", "Reshape", ["\(name)/BiasAdd", "\(name)/shape"]),
    ] + extents.indices.dropFirst().map { .numbers("\(name)/extent\($0)", [extents[$0]], []) }
  }

  /// Box encodings and anchors to boxes.
  private static let decoding: [WrittenNode] =
    [
      .floats("anchors", anchors, [20, 4]), .numbers("swap", [1, 0]), .numbers("rows", [-1, 4]),
      WrittenNode("Anchors/transpose", "Transpose", ["anchors", "swap"]),
      WrittenNode("Anchors/unstack", "Unpack", ["Anchors/transpose"], ["num": .integer(4)]),
      WrittenNode("height", "Sub", ["Anchors/unstack:2", "Anchors/unstack"]),
      WrittenNode("width", "Sub", ["Anchors/unstack:3", "Anchors/unstack:1"]),
      WrittenNode("Encodings", "Reshape", ["Squeeze", "rows"]),
      WrittenNode("Encodings/transpose", "Transpose", ["Encodings", "swap"]),
      WrittenNode("Encodings/unstack", "Unpack", ["Encodings/transpose"], ["num": .integer(4)]),
    ]
    + zip([Float(10), 10, 5, 5], 0...).flatMap { scale, port in
      [
        .floats("scale\(port)", [scale]),
        WrittenNode("scaled\(port)", "RealDiv", ["Encodings/unstack:\(port)", "scale\(port)"]),
      ]
    }
    + [
      WrittenNode("Exp", "Exp", ["scaled3"]), WrittenNode("w", "Mul", ["Exp", "width"]),
      WrittenNode("Exp_1", "Exp", ["scaled2"]), WrittenNode("h", "Mul", ["Exp_1", "height"]),
      WrittenNode("y", "Mul", ["scaled0", "height"]), WrittenNode("x", "Mul", ["scaled1", "width"]),
      WrittenNode("stack", "Pack", ["y", "x", "h", "w"]),
      WrittenNode("BoxList", "Transpose", ["stack", "swap"]),
    ]

  /// Logits to scores without the background.
  private static let scores: [WrittenNode] = [
    .floats("scale_logits/y", [1]), WrittenNode("scale_logits", "RealDiv", ["concat_1", "scale_logits/y"]),
    WrittenNode("convert_scores", "Sigmoid", ["scale_logits"]),
    .numbers("Slice/begin", [0, 0, 1]), .numbers("Slice/size", [-1, -1, -1]),
    WrittenNode("Slice", "Slice", ["convert_scores", "Slice/begin", "Slice/size"]),
    .numbers("All", [-1]), WrittenNode("ScoreList", "Reshape", ["Slice", "All"]),
  ]

  /// Suppression, clipping, and the test for area.
  private static let suppression: [WrittenNode] =
    [
      .numbers("NMS/most", [30], []), WrittenNode("NMS/count", "Size", ["ScoreList"]),
      WrittenNode("NMS/size", "Minimum", ["NMS/most", "NMS/count"]),
      .floats("NMS/iou", [0.55]), .floats("NMS/score", [0.125]),
      WrittenNode("NMS", "NonMaxSuppressionV3", ["BoxList", "ScoreList", "NMS/size", "NMS/iou", "NMS/score"]),
      .numbers("zero", [0], []), .numbers("one", [1], []),
      WrittenNode("Kept", "GatherV2", ["BoxList", "NMS", "zero"]),
      WrittenNode("Clip/split", "Split", ["one", "Kept"], ["num_split": .integer(4)]),
      .floats("Clip/high", [1]), .floats("Clip/low", [0]),
    ]
    + (0..<4).flatMap { port in
      [
        WrittenNode("Clip/Minimum\(port)", "Minimum", ["Clip/split:\(port)", "Clip/high"]),
        WrittenNode("Clip/Maximum\(port)", "Maximum", ["Clip/Minimum\(port)", "Clip/low"]),
      ]
    }
    + [
      WrittenNode("Clip/boxes", "ConcatV2", (0..<4).map { "Clip/Maximum\($0)" } + ["one"]),
      WrittenNode("Area/split", "Split", ["one", "Clip/boxes"], ["num_split": .integer(4)]),
      WrittenNode("Area/h", "Sub", ["Area/split:2", "Area/split"]),
      WrittenNode("Area/w", "Sub", ["Area/split:3", "Area/split:1"]),
      WrittenNode("Area", "Mul", ["Area/h", "Area/w"]), WrittenNode("Area/Squeeze", "Squeeze", ["Area"]),
      .floats("Area/none", [0]), WrittenNode("HasArea", "Greater", ["Area/Squeeze", "Area/none"]),
    ]

  /// The cap and the class numbers.
  private static let result: [WrittenNode] = [
    .numbers("Total/most", [50], []), WrittenNode("Total/count", "Size", ["NMS"]),
    WrittenNode("Total", "Minimum", ["Total/most", "Total/count"]),
    WrittenNode("Total/range", "Range", ["zero", "Total", "one"]),
    WrittenNode("Classes", "ZerosLike", ["NMS"]),
    .floats("Classes/first", [1]), WrittenNode("Classes/add", "Add", ["Classes", "Classes/first"]),
    WrittenNode("detection_classes", "Identity", ["Classes/add"]),
  ]
}
