internal import Model
internal import Scene

/// Reads box coder and anchors out of the part of a graph that decodes the boxes (Faster R-CNN, section 3.1.2).
///
/// The encodings are transposed and split into four (`Unpack`); each is divided by its scale; the sizes go through
/// `Exp` and are multiplied by the anchors' sizes, which are differences of the anchors' corners, split likewise.
struct BoxDecoding {
  /// Operators that change only how the encodings or anchors lie, for a batch of one.
  private static let moving = handingOn.union(["Squeeze", "Reshape", "Transpose", "ExpandDims", "Tile"])

  /// In which order the encodings stand and what they are multiplied by.
  let coder: BoxCoder
  /// The anchors' corners, in the order of the encodings.
  let anchors: [Box]

  /// - Throws: `ImportError` naming what the graph does not have.
  init(_ graph: GraphDef, boxes: Int, _ evaluator: inout Evaluator) throws(ImportError) {
    let split = graph.readers(of: boxes, through: Self.moving).filter { graph.nodes[$0].operation == "Unpack" }
    guard let split = split.first else { throw graph.fault(boxes, "no decoding of these box encodings is found") }
    var factors: [Float] = []
    var corners: NodeDef.Output?
    for port in 0..<4 {
      let (scaled, factor) = try Self.factor(graph, NodeDef.Output(node: split, port: port), &evaluator)
      factors.append(factor)
      // Height and width, in this order, are the third and the fourth number.
      guard port >= 2 else { continue }
      let found = try Self.anchors(graph, scaled, from: port - 2)
      guard corners == nil || corners == found else {
        throw graph.fault(split, "height and width use different anchors")
      }
      corners = found
    }
    guard let corners else { throw graph.fault(split, "no anchors are found") }
    coder = BoxCoder(
      order: .yxhw, centerYFactor: factors[0], centerXFactor: factors[1], heightFactor: factors[2],
      widthFactor: factors[3])
    let origin = graph.origin(of: corners, through: Self.moving)
    let value = try evaluator.value(of: origin)
    guard let floats = value.floats, value.extents.last == 4 else {
      throw graph.fault(origin.node, "anchors \(Shape(value.extents)) are not four floats each")
    }
    anchors = stride(from: 0, to: floats.count, by: 4).map {
      Box(yMin: floats[$0], xMin: floats[$0 + 1], yMax: floats[$0 + 2], xMax: floats[$0 + 3])
    }
  }

  /// Returns the node that scales `encoding`, and by what: a divisor as its reciprocal, rounded to float32.
  private static func factor(_ graph: GraphDef, _ encoding: NodeDef.Output, _ evaluator: inout Evaluator)
    throws(ImportError) -> (node: Int, factor: Float)
  {
    for reader in graph.readers[encoding.node] {
      let definition = graph.nodes[reader]
      guard ["RealDiv", "Div", "Mul"].contains(definition.operation), definition.inputs.count == 2,
        let side = definition.inputs.firstIndex(of: encoding),
        evaluator.constant(definition.inputs[1 - side])?.count == 1
      else { continue }
      let constant = try evaluator.scalar(definition.inputs[1 - side])
      if definition.operation == "Mul" { return (reader, constant) }
      if side == 0 { return (reader, 1 / constant) }
    }
    throw graph.fault(encoding.node, "no scale of box encoding \(encoding.port) is found")
  }

  /// Returns the anchors' corners, before they are split, whose size number `axis` (0 height, 1 width) the
  /// exponential of `scaled` is multiplied by.
  private static func anchors(_ graph: GraphDef, _ scaled: Int, from axis: Int) throws(ImportError) -> NodeDef.Output {
    for exponential in graph.readers[scaled] where graph.nodes[exponential].operation == "Exp" {
      for product in graph.readers[exponential] where graph.nodes[product].operation == "Mul" {
        for operand in graph.nodes[product].inputs where graph.nodes[operand.node].operation == "Sub" {
          let corners = graph.nodes[operand.node].inputs
          guard corners.count == 2, corners[0].node == corners[1].node, corners[0].port == axis + 2,
            corners[1].port == axis, graph.nodes[corners[0].node].operation == "Unpack",
            let whole = graph.nodes[corners[0].node].inputs.first
          else { continue }
          return whole
        }
      }
    }
    throw graph.fault(scaled, "the size that this \(axis == 0 ? "height" : "width") is relative to is not found")
  }
}
