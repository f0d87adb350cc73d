internal import Model

/// Reads the way from the picture to the network's input, backwards, and says it as an `InputContract`.
struct Preprocessing {
  /// What is read.
  private let graph: GraphDef
  /// `x · scale`, `x + offset`, from the network towards the picture.
  private var steps: [(isProduct: Bool, value: Float)] = []
  /// How many of `steps` come after the resize.
  private var stepsAfterResize: Int?
  /// What the picture is resized to; nil before the resize was met.
  private var size: (height: Int, width: Int)?

  /// - Throws: `ImportError` naming the node that is not understood, or what is missing.
  static func contract(_ graph: GraphDef, input: Int, _ evaluator: inout Evaluator) throws(ImportError) -> InputContract
  {
    if let contract = RawOutputs.contract(graph, input: input) { return contract }
    var reading = Preprocessing(graph)
    try reading.walk(from: NodeDef.Output(node: input), &evaluator)
    return try reading.contract()
  }

  /// A reading that has not begun.
  private init(_ graph: GraphDef) { self.graph = graph }

  /// Follows the picture's data from the network back to the placeholder, through the loop over the batch.
  private mutating func walk(from start: NodeDef.Output, _ evaluator: inout Evaluator) throws(ImportError) {
    var seen: Set<Int> = []
    var node = start.node
    while graph.nodes[node].operation != "Placeholder" {
      guard seen.insert(node).inserted else { throw graph.fault(node, "the pre-processing goes in a circle") }
      let index: Int
      switch graph.nodes[node].operation {
      case "Identity", "StopGradient", "Cast", "Squeeze", "ExpandDims", "Exit", "Switch", "NextIteration", "Enter",
        "TensorListStack", "TensorListGetItem", "TensorListFromTensor":
        index = 0
      case "Pack" where graph.nodes[node].inputs.count == 1, "Unpack" where isOfOne(node): index = 0
      case "StridedSlice" where try isWhole(node, &evaluator): index = 0
      // A loop's value comes from its last turn, but for one that no turn changes; an array's from what was written.
      case "Merge": index = isInvariant(node) ? 0 : 1
      case "TensorArrayGatherV3", "TensorArrayReadV3", "TensorArrayWriteV3", "TensorArrayScatterV3",
        "TensorListSetItem":
        index = 2
      case "ResizeBilinear":
        try resize(node, &evaluator)
        index = 0
      case "Mul", "Add", "AddV2", "Sub": index = try normalize(node, &evaluator)
      default:
        guard graph.nodes.count(where: { $0.operation == "ResizeBilinear" }) < 2 else {
          throw graph.fault(node, "several resizes are not supported, as of a resizer that keeps the aspect ratio")
        }
        throw graph.fault(node, "this is not understood as pre-processing of the picture")
      }
      guard index < graph.nodes[node].inputs.count else { throw graph.fault(node, "it has too few inputs") }
      node = graph.nodes[node].inputs[index].node
    }
  }

  /// Whether the loop's value that `node` merges comes back as it went into the loop's body.
  private func isInvariant(_ node: Int) -> Bool {
    guard let last = graph.nodes[node].inputs.dropFirst().first else { return false }
    return graph.origin(of: last, through: handingOn.union(["NextIteration", "Switch"])).node == node
  }

  /// Whether `node` takes a list of one apart.
  private func isOfOne(_ node: Int) -> Bool {
    if case .integer(1) = graph.nodes[node]["num"] { true } else { false }
  }

  /// Whether the cut `node` leaves the picture whole: it gives it an axis for the batch, or takes the first of a batch.
  private func isWhole(_ node: Int, _ evaluator: inout Evaluator) throws(ImportError) -> Bool {
    let definition = graph.nodes[node]
    func mask(_ name: String) -> Int { if case .integer(let bits) = definition[name] { bits } else { 0 } }
    guard definition.inputs.count == 4, mask("ellipsis_mask") == 0 else { return false }
    let begin = try evaluator.integers(definition.inputs[1])
    guard try evaluator.integers(definition.inputs[3]).allSatisfy({ $0 == 1 }) else { return false }
    let all = mask("begin_mask") & mask("end_mask")
    for (axis, start) in begin.enumerated() where axis < 8 && all >> axis & 1 == 0 {
      let isFirst = mask("shrink_axis_mask") >> axis & 1 == 1 && axis == 0 && start == 0
      guard isFirst || mask("new_axis_mask") >> axis & 1 == 1 else { return false }
    }
    return begin.count <= 4
  }

  /// Records the resize.
  private mutating func resize(_ node: Int, _ evaluator: inout Evaluator) throws(ImportError) {
    let definition = graph.nodes[node]
    guard size == nil else { throw graph.fault(node, "a second resize is not supported") }
    for flag in ["align_corners", "half_pixel_centers"] {
      if case .bool(true) = definition[flag] { throw graph.fault(node, "\(flag) is not supported") }
    }
    guard definition.inputs.count == 2 else { throw graph.fault(node, "it has no size") }
    let extents = try evaluator.integers(definition.inputs[1])
    guard extents.count == 2, extents.allSatisfy({ Extent.sides.contains($0) }) else {
      throw graph.fault(node, "the size \(extents) is not supported")
    }
    size = (extents[0], extents[1])
    stepsAfterResize = steps.count
  }

  /// Records a product or a sum with a constant; returns which input goes on.
  private mutating func normalize(_ node: Int, _ evaluator: inout Evaluator) throws(ImportError) -> Int {
    let definition = graph.nodes[node]
    guard definition.inputs.count == 2 else {
      throw graph.fault(node, "it has \(definition.inputs.count) inputs, not 2")
    }
    let isConstant = definition.inputs.map { evaluator.constant($0)?.count == 1 }
    guard let live = isConstant.firstIndex(of: false), isConstant[1 - live] else {
      throw graph.fault(node, "this is not understood as pre-processing: one number for all channels is")
    }
    let value = try evaluator.scalar(definition.inputs[1 - live])
    guard definition.operation != "Sub" || live == 0 else { throw graph.fault(node, "the picture is subtracted") }
    steps.append((definition.operation == "Mul", definition.operation == "Sub" ? -value : value))
    return live
  }

  /// Returns what the steps amount to.
  private func contract() throws(ImportError) -> InputContract {
    guard let size, let stepsAfterResize else { throw graph.fault("the graph does not resize its picture") }
    let order: Normalization.Order = stepsAfterResize == 0 && !steps.isEmpty ? .beforeResize : .afterResize
    guard stepsAfterResize == 0 || stepsAfterResize == steps.count else {
      throw graph.fault("the picture is normalised both before and after its resize, which is not supported")
    }
    var (scale, offset) = (Float(1), Float(0))
    // Backwards: the offset stands before the scale.
    switch (steps.first, steps.dropFirst().first, steps.count) {
    case (nil, _, _): break
    case (let only?, nil, _): if only.isProduct { scale = only.value } else { offset = only.value }
    case (let last?, let first?, 2) where first.isProduct && !last.isProduct:
      (scale, offset) = (first.value, last.value)
    default: throw graph.fault("this normalisation is not supported: a product and then a sum is")
    }
    return InputContract(
      width: size.width, height: size.height, channelOrder: .rgb, resize: .tensorFlowLegacy,
      normalization: Normalization(scale: scale, offset: offset, order: order))
  }
}
