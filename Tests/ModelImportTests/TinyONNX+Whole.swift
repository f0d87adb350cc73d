/// torchvision's whole model over the tiny network, as PyTorch's exporter unrolls it.
extension TinyONNX {
  /// A model that reads a picture [3, height, width] of any size and gives boxes, scores and labels.
  static func whole() -> WrittenONNX {
    var model = WrittenONNX()
    model.inputs = [("image", [3, nil, nil])]
    model.outputs = [("boxes", [nil, 4]), ("scores", [nil]), ("labels", [nil])]
    let half = { (model: inout WrittenONNX) in model.floats([0.5, 0.5, 0.5], [3, 1, 1]) }
    let difference = model.add("Sub", ["image", half(&model)])
    let quotient = model.add("Div", [difference, half(&model)])
    let zero = model.integers([0])
    let batch = model.add("Unsqueeze", [quotient, zero])
    let shape = model.add("Slice", [model.add("Shape", [batch]), zero, model.integers([2]), zero])
    let size = model.add("Concat", [shape, model.integers([16, 16])], ["axis": .integer(0)])
    let resized = model.add(
      "Resize", [batch, "", "", size],
      ["mode": .text("linear"), "coordinate_transformation_mode": .text("half_pixel")])
    let picture = model.add("Unsqueeze", [model.add("Gather", [resized, model.integers([0], [])]), zero])
    network(&model, from: model.add("Concat", [picture], ["axis": .integer(0)]), boxes: Array(repeating: 2, count: 6))
    for _ in sides { model.add("Tile", [model.floats([0.5, 0.25, 0.25, 0.5], [2, 2]), "times"]) }
    let boxes = decoding(&model)
    suppression(&model, boxes)
    return model
  }

  /// Adds the decoding of boxes; the anchors' own arithmetic is left out, for nobody looks at it.
  private static func decoding(_ model: inout WrittenONNX) -> String {
    let zero = model.integers([0])
    let rows = model.add("Squeeze", [model.add("Split", ["bbox_regression"], ["axis": .integer(0)]), zero])
    func part(_ start: Int, _ divisor: Float, _ model: inout WrittenONNX) -> String {
      let slice = model.add(
        "Slice",
        [rows, model.integers([start]), model.integers([.max]), model.integers([1]), model.integers([4])])
      return model.add("Div", [slice, model.floats([divisor], [])])
    }
    let (x, y) = (part(0, 10, &model), part(1, 10, &model))
    let sizes = [part(2, 5, &model), part(3, 5, &model)].map { code in
      model.add("Exp", [model.add("Clip", [code, "", model.floats([4.135166645], [])])])
    }
    let joined = model.add("Concat", [x, y] + sizes, ["axis": .integer(1)])
    let clipped = [0, 1].map { index in
      let nothing = model.floats([0], [])
      let side = model.floats([16], [])
      return model.add("Min", [model.add("Max", [joined, nothing]), side], named: "clipped_\(index)")
    }
    return model.add("Concat", clipped, ["axis": .integer(1)])
  }

  /// Adds the choice for each class and the suppression behind it.
  private static func suppression(_ model: inout WrittenONNX, _ boxes: String) {
    let zero = model.integers([0])
    let softmax = model.add("Softmax", ["cls_logits"], ["axis": .integer(-1)])
    let scores = model.add("Squeeze", [model.add("Split", [softmax], ["axis": .integer(0)]), zero])
    for column in 1...2 {
      let own = model.add("Gather", [scores, model.integers([column], [])], ["axis": .integer(1)])
      let passing = model.add("Greater", [own, model.floats([0.125], [])])
      let found = model.add("GatherND", [own, model.add("NonZero", [passing])])
      let count = model.add("Unsqueeze", [model.add("Shape", [found]), zero])
      let least = model.add(
        "ReduceMin", [model.add("Concat", [model.integers([7]), count], ["axis": .integer(0)])])
      model.add("TopK", [found, model.add("Reshape", [least, model.integers([1])])])
    }
    typealias Node = WrittenONNX.Node
    let inner: [Node] = [
      Node(operation: "Mul", inputs: ["classes", "span"], outputs: ["offsets"]),
      Node(operation: "Add", inputs: [boxes, "offsets"], outputs: ["shifted"]),
      Node(
        operation: "Constant", inputs: [], outputs: ["most"], attributes: ["value": .tensor(.integers([.max]))]),
      Node(
        operation: "Constant", inputs: [], outputs: ["overlap"],
        attributes: ["value": .tensor(.floats([0.5625], [1]))]),
      Node(operation: "NonMaxSuppression", inputs: ["shifted", "scores", "most", "overlap"], outputs: ["keep"]),
    ]
    let kept = model.add("If", ["empty"], ["else_branch": .graph(inner, output: "keep")])
    let first = model.add("Slice", [kept, zero, model.integers([9]), zero])
    for output in ["boxes", "scores", "labels"] { model.add("Gather", [boxes, first], named: output) }
  }
}
