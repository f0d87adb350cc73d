import Model
import Testing

@Suite struct ShapeRuleTests {
  /// Output size and zeros of TensorFlow's SAME for odd and even maps, kernels and strides.
  @Test(arguments: [
    (300, 3, 2, 1, 150, 0, 1), (75, 3, 2, 1, 38, 1, 1), (19, 3, 1, 1, 19, 1, 1), (10, 5, 2, 1, 5, 1, 2),
    (1, 3, 2, 1, 1, 1, 1), (2, 3, 2, 1, 1, 0, 1), (7, 1, 2, 1, 4, 0, 0), (19, 3, 1, 6, 19, 6, 6), (5, 2, 1, 1, 5, 0, 1),
  ])
  func samePaddingIsResolvedAsTensorFlowDoes(
    size: Int, kernel: Int, stride: Int, dilation: Int, count: Int, before: Int, after: Int
  ) throws {
    var graph = Graph(input: Shape(height: size, width: size + stride, channels: 2))
    let output = try graph.add(
      "c", convolution([kernel, kernel, 2, 3], stride: stride, dilation: dilation), graph.input)
    #expect(graph.shape(of: output) == Shape(height: count, width: count + 1, channels: 3))
    guard case .explicit(let top, _, let bottom, _) = graph.nodes[0].operation.asConvolution?.window.padding else {
      Issue.record("The padding is not explicit.")
      return
    }
    #expect((top, bottom) == (before, after))
  }

  @Test func explicitPaddingCountsOnEachSide() throws {
    var graph = Graph(input: Shape(height: 8, width: 9, channels: 1))
    let padding = Padding.explicit(top: 1, left: 0, bottom: 2, right: 3)
    let output = try graph.add("c", convolution([3, 2, 1, 4], stride: 2, padding: padding), graph.input)
    #expect(graph.shape(of: output) == Shape(height: 5, width: 6, channels: 4))
  }

  @Test func concatenationAddsUpItsAxis() throws {
    var graph = Graph(input: Shape([1, 6, 4]))
    let other = try graph.add("r", .reshape(Shape([1, 3, 8])), graph.input)
    let back = try graph.add("b", .reshape(Shape([1, 6, 4])), other)
    let output = try graph.add("c", .concatenation(axis: 1), graph.input, back, graph.input)
    #expect(graph.shape(of: output) == Shape([1, 18, 4]))
  }

  @Test func aMeanHasOnePixelAndAGateTheMapsShape() throws {
    var graph = Graph(input: Shape(height: 5, width: 4, channels: 3))
    let mean = try graph.add("m", .mean, graph.input)
    #expect(graph.shape(of: mean) == Shape(height: 1, width: 1, channels: 3))
    let gated = try graph.add("g", .gate(factor: 0.5), graph.input, mean)
    #expect(graph.shape(of: gated) == Shape(height: 5, width: 4, channels: 3))
  }

  /// Each operator with inputs that do not fit, and a word of the reason.
  static let refused: [(Operator, [Shape], String)] = [
    (pointwise(3, 4), [Shape(height: 2, width: 2, channels: 5)], "5 input channels meet weights for 3"),
    (pointwise(3, 4), [Shape([2, 2, 2, 3])], "no feature map"),
    (pointwise(3, 4), [], "0 inputs"),
    (.mean, [Shape([2, 2, 3])], "no feature map"),
    (
      .resize(Resize(.bilinear, .centers, to: Extent(height: 0, width: 4))), [Shape([1, 2, 2, 3])],
      "0×4 is out of range"
    ),
    (.resize(Resize(.nearest, .ends, to: Extent(height: 4, width: 4))), [Shape([2, 2])], "no feature map"),
    (.gate(factor: 1), [Shape([1, 2, 2, 3])], "1 inputs"),
    (.gate(factor: 1), [Shape([1, 2, 2, 3]), Shape([1, 1, 1, 4])], "cannot be multiplied"),
    (.gate(factor: 1), [Shape([1, 2, 2, 3]), Shape([1, 2, 2, 3])], "cannot be multiplied"),
    (pointwise(3, 4), [Shape([1, 2, 2, 3]), Shape([1, 2, 2, 3])], "cannot be added"),
    (pointwise(3, 4, bias: counting([3])), [Shape([1, 2, 2, 3])], "bias"),
    (convolution([3, 3, 4]), [Shape([1, 2, 2, 3])], "four extents"),
    (convolution([3, 3, 3, 4], stride: 0), [Shape([1, 2, 2, 3])], "out of range"),
    (convolution([3, 3, 3, 4], dilation: .max), [Shape([1, 2, 2, 3])], "out of range"),
    (
      convolution([3, 3, 3, 4], padding: .explicit(top: 0, left: 0, bottom: -1, right: 0)), [Shape([1, 4, 4, 3])],
      "padding"
    ),
    (
      convolution([3, 3, 3, 4], padding: .explicit(top: 0, left: 0, bottom: 0, right: 0)), [Shape([1, 2, 4, 3])],
      "does not fit"
    ),
    (
      convolution([1, 1, 3, 4], padding: .explicit(top: 1 << 24, left: 1 << 24, bottom: 0, right: 0)),
      [Shape([1, 2, 2, 3])], "too large"
    ),
    (depthwise(4), [Shape([1, 2, 2, 3])], "3 input channels meet weights for 4"),
    (.affine(scale: counting([3]), offset: counting([4])), [Shape([1, 2, 2, 3])], "do not fit"),
    (
      .fakeQuantization(FakeQuantization(affine: (counting([3]), counting([2])), grid: bytes)), [Shape([1, 2, 2, 3])],
      "do not fit"
    ),
    (.fakeQuantization(FakeQuantization(grid: bytes)), [], "0 inputs"),
    (.activation(.relu), [], "0 inputs"),
    (.add(.none), [Shape([1, 2])], "1 inputs"),
    (.add(.none), [Shape([1, 2]), Shape([2, 1])], "cannot be added"),
    (.reshape(Shape([3])), [Shape([1, 2])], "is not"),
    (.reshape(Shape([Int.max, Int.max])), [Shape([1, 2])], "is not"),
    (.reshape(Shape([-1, -2])), [Shape([1, 2])], "is not"),
    (.concatenation(axis: 2), [Shape([1, 2])], "axis 2"),
    (.concatenation(axis: -1), [Shape([1, 2])], "axis -1"),
    (.concatenation(axis: 0), [], "no inputs"),
    (.concatenation(axis: 0), [Shape([1, 2]), Shape([1, 3])], "cannot follow"),
    (.concatenation(axis: 0), [Shape([1, 2]), Shape([1, 2, 1])], "cannot follow"),
    (.concatenation(axis: 0), [Shape([Int.max, 2]), Shape([Int.max, 2])], "cannot follow"),
    (.concatenation(axis: 0), [Shape([0, 2])], "empty"),
  ]

  @Test(arguments: refused.indices)
  func whatDoesNotFitIsRefusedByNameAndReason(index: Int) throws {
    let (operation, shapes, reason) = Self.refused[index]
    #expect {
      _ = try operation.applied(to: shapes)
    } throws: { error in
      (error as? ShapeError)?.reason.contains(reason) == true
    }
  }

  @Test func anErrorNamesItsNode() throws {
    var graph = Graph(input: Shape(height: 2, width: 2, channels: 3))
    #expect(throws: GraphError(node: "head/conv", reason: "3 input channels meet weights for 8")) {
      try graph.append(name: "head/conv", operation: pointwise(8, 4), inputs: [graph.input])
    }
    #expect(graph.nodes.isEmpty && graph.shapes.count == 1)
  }
}
