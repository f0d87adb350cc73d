import Model
import ModelImport
import Scene
import Testing

/// Constant expressions, seen through the anchors that a graph computes with them.
struct EvaluatorTests {
  /// Returns the first anchor of the tiny detector when `nodes`, whose last gives [20, 4] or what can be tiled to it,
  /// stand where its anchors were.
  static func anchors(_ nodes: [WrittenNode]) throws -> [Float] {
    var graph = TinyDetector.graph
    graph.nodes += nodes
    graph["Anchors/transpose"].inputs[0] = nodes.last!.name
    return try graph.model().head.anchors.flatMap { [$0.yMin, $0.xMin, $0.yMax, $0.xMax] }
  }

  @Test func gridsAreComputedAsTensorFlowDoes() throws {
    // The rows' places, the columns' places beside them, and their sums with two sizes: what meshgrid does.
    let nodes: [WrittenNode] = [
      .numbers("start", [0], []), .numbers("limit", [20], []), .numbers("step", [1], []),
      WrittenNode("Range", "Range", ["start", "limit", "step"]),
      WrittenNode("Cast", "Cast", ["Range"], ["DstT": .type(1)]),
      .floats("twenty", [20]), WrittenNode("RealDiv", "RealDiv", ["Cast", "twenty"]),
      WrittenNode("ExpandDims", "ExpandDims", ["RealDiv", "step"]),
      .numbers("four", [4], []), WrittenNode("Packed", "Pack", ["step", "four"], ["axis": .integer(0)]),
      WrittenNode("Tile", "Tile", ["ExpandDims", "Packed"]),
      .floats("sizes", [-1, -2, 1, 2], [4]), .floats("half", [0.5]), WrittenNode("halves", "Mul", ["half", "sizes"]),
      WrittenNode("Grid", "AddV2", ["Tile", "halves"]),
    ]
    let expected = (0..<20).flatMap { row in [-0.5, -1, 0.5, 1].map { Float(row) / 20 + $0 } }
    #expect(try Self.anchors(nodes) == expected)
  }

  @Test func movesKeepEveryValueInItsPlace() throws {
    let values = (0..<80).map { Float($0) }
    let nodes: [WrittenNode] = [
      .floats("all", values, [2, 10, 4]),
      .numbers("b0", [0, 0, 0]), .numbers("s0", [1, -1, -1]), .numbers("b1", [1, 0, 0]),
      WrittenNode("low", "Slice", ["all", "b0", "s0"]), WrittenNode("high", "Slice", ["all", "b1", "s0"]),
      .numbers("joinAxis", [-2], []), WrittenNode("joined", "ConcatV2", ["high", "low", "joinAxis"]),
      WrittenNode("flat", "Squeeze", ["joined"]),
      .numbers("three", [5, 16]), WrittenNode("odd", "Reshape", ["flat", "three"]),
      WrittenNode("Shape", "Shape", ["flat"]), WrittenNode("back", "Reshape", ["odd", "Shape"]),
    ]
    #expect(try Self.anchors(nodes) == Array(values[40...] + values[..<40]))
  }

  @Test func valuesAreComputedInFloat32() throws {
    let nodes: [WrittenNode] = [
      .floats("two", [2]), WrittenNode("root", "Sqrt", ["two"]), WrittenNode("inverse", "Rsqrt", ["two"]),
      .floats("tenth", [0.1]), .floats("third", [0.3333]),
      WrittenNode("product", "Mul", ["tenth", "third"]), WrittenNode("quotient", "RealDiv", ["tenth", "root"]),
      WrittenNode("least", "Minimum", ["root", "inverse"]),
      WrittenNode("row", "Pack", ["root", "product", "quotient", "least"]),
      .numbers("front", [0], []), WrittenNode("rowed", "ExpandDims", ["row", "front"]),
      .numbers("times", [20, 1]), WrittenNode("list", "Tile", ["rowed", "times"]),
      WrittenNode("same", "Maximum", ["list", "list"]),
    ]
    let root = Float(2).squareRoot()
    #expect(try Self.anchors(nodes)[76...] == [root, 0.1 * 0.3333 as Float, 0.1 / root, 1 / root])
  }

  @Test func shapesOfMapsAreKnown() throws {
    // 0.25 times the number of the second map's channels, wherever that map's values are never computed.
    let nodes: [WrittenNode] = [
      WrittenNode("MapShape", "Shape", ["Second/Relu"]),
      .numbers("from", [3]), .numbers("to", [4]), .numbers("by", [1]),
      WrittenNode("channels", "StridedSlice", ["MapShape", "from", "to", "by"], ["shrink_axis_mask": .integer(1)]),
      WrittenNode("count", "Cast", ["channels"], ["DstT": .type(1)]),
      .floats("quarter", [0.25]), WrittenNode("scaled", "Mul", ["count", "quarter"]),
      .numbers("whole", [20, 4]), WrittenNode("filled", "Fill", ["whole", "scaled"]),
    ]
    #expect(try Self.anchors(nodes) == Array(repeating: 1, count: 80))
  }

  @Test func operatorsThatAreNotSupportedAreNamed() throws {
    var graph = TinyDetector.graph
    graph.nodes.append(WrittenNode("Cosine", "Cos", ["anchors"]))
    graph["Anchors/transpose"].inputs[0] = "Cosine"
    #expect(try graph.refusal() == "node Cosine (Cos): Cos of constants is not supported")
  }
}
