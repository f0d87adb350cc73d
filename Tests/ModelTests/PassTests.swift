import Model
import Testing

@Suite struct PassTests {
  private let map = Shape(height: 4, width: 4, channels: 2)

  @Test func aBatchNormIsFoldedIntoTheConvolutionBeforeIt() throws {
    var graph = Graph(input: map)
    let sum = try graph.add("conv", pointwise(2, 3, bias: counting([3])), graph.input)
    let norm = try graph.add(
      "norm", .affine(scale: counting([3], from: 2), offset: counting([3], from: 10, by: 10)), sum)
    graph.markOutputs([norm])
    let folded = graph.foldingAffine()
    #expect(folded.names == ["conv"])
    let convolution = try #require(folded.nodes[0].operation.asConvolution)
    #expect(convolution.weights.values == [2, 6, 12, 8, 15, 24])
    #expect(convolution.bias?.values == [12, 26, 42])
  }

  @Test func aBatchNormInTwoPartsIsFoldedIntoADepthwiseConvolution() throws {
    var graph = Graph(input: map)
    let sum = try graph.add("depthwise", depthwise(2), graph.input)
    let scaled = try graph.add(
      "mul", .affine(scale: counting([2], from: 2), offset: counting([2], from: 0, by: 0)), sum)
    let norm = try graph.add("add", .affine(scale: counting([2], from: 1, by: 0), offset: counting([2])), scaled)
    graph.markOutputs([norm])
    let folded = graph.foldingAffine()
    #expect(folded.names == ["depthwise"])
    let convolution = try #require(folded.nodes[0].operation.asDepthwise)
    #expect(Array(convolution.weights.values.prefix(4)) == [2, 6, 6, 12])
    #expect(convolution.bias?.values == [1, 2])
  }

  /// Caffe's batch norm and scale behind a sum that others read too.
  @Test func aBatchNormInTwoPartsByItselfIsOne() throws {
    var graph = Graph(input: map)
    let norm = try graph.add("norm", .affine(scale: counting([2], from: 2), offset: counting([2])), graph.input)
    let scaled = try graph.add("scale", .affine(scale: counting([2], from: 3), offset: counting([2], from: 5)), norm)
    graph.markOutputs([scaled])
    let folded = graph.foldingAffine()
    #expect(folded.names == ["norm"])
    guard case .affine(let scale, let offset) = folded.nodes[0].operation else { throw CancellationError() }
    #expect(scale.values == [6, 12] && offset.values == [8, 14])
  }

  @Test func aFoldedBiasIsRoundedOnce() throws {
    let (bias, scale, offset): (Float, Float, Float) = (1 + .ulpOfOne, 1 - .ulpOfOne / 2, -1)
    func constant(_ value: Float) -> Constant { Constant([value], shape: Shape([1])) }
    var graph = Graph(input: Shape(height: 1, width: 1, channels: 1))
    let sum = try graph.add("c", pointwise(1, 1, bias: constant(bias)), graph.input)
    graph.markOutputs([try graph.add("n", .affine(scale: constant(scale), offset: constant(offset)), sum)])
    let folded = graph.foldingAffine().nodes[0].operation.asConvolution?.bias?.values
    #expect(folded == [Float(Double(bias) * Double(scale) + Double(offset))])
    #expect(folded != [bias * scale + offset])
  }

  @Test func whatStandsBeforeAFakeQuantisationIsComputedByIt() throws {
    var graph = Graph(input: map)
    let sum = try graph.add("conv", pointwise(2, 3), graph.input)
    let biased = try graph.add("bias", .affine(scale: counting([3], by: 0), offset: counting([3])), sum)
    let active = try graph.add("relu6", .activation(.relu6), biased)
    graph.markOutputs([try graph.add("quant", .fakeQuantization(FakeQuantization(grid: bytes)), active)])
    let optimized = graph.optimized()
    #expect(optimized.names == ["conv", "bias"])
    let convolution = try #require(optimized.nodes[0].operation.asConvolution)
    #expect(convolution.bias == nil && convolution.activation == .none)
    guard case .fakeQuantization(let quantization) = optimized.nodes[1].operation else {
      Issue.record("It became \(optimized.nodes[1]).")
      return
    }
    #expect(quantization.activation == .relu6 && quantization.affine?.offset.values == [1, 2, 3])
    // The bias counts once, wherever it stands.
    #expect(GraphStatistics(graph).total == GraphStatistics(optimized).total)
    #expect(GraphStatistics(graph).total.parameters == 9)
  }

  @Test func anActivationIsFusedIntoWhatComesBeforeIt() throws {
    var graph = Graph(input: map)
    let first = try graph.add("conv", pointwise(2, 2), graph.input)
    let second = try graph.add("relu6", .activation(.relu6), first)
    let third = try graph.add("depthwise", depthwise(2), second)
    let fourth = try graph.add("relu", .activation(.relu), third)
    let sum = try graph.add("add", .add(.none), fourth, graph.input)
    graph.markOutputs([try graph.add("last", .activation(.relu6), sum)])
    let fused = graph.fusingActivations()
    #expect(fused.names == ["conv", "depthwise", "add"])
    #expect(fused.nodes[0].operation.asConvolution?.activation == .relu6)
    #expect(fused.nodes[1].operation.asDepthwise?.activation == .relu)
    guard case .add(.relu6) = fused.nodes[2].operation else {
      Issue.record("The sum has not taken the activation.")
      return
    }
  }

  @Test func aSecondActivationStaysApart() throws {
    var graph = Graph(input: map)
    let first = try graph.add("conv", pointwise(2, 2), graph.input)
    let second = try graph.add("relu6", .activation(.relu6), first)
    graph.markOutputs([try graph.add("relu", .activation(.relu), second)])
    #expect(graph.fusingActivations().names == ["conv", "relu"])
  }

  @Test func aValueThatOthersReadIsNotMerged() throws {
    var graph = Graph(input: map)
    let sum = try graph.add("conv", pointwise(2, 2), graph.input)
    let active = try graph.add("relu", .activation(.relu), sum)
    let both = try graph.add("add", .add(.none), active, sum)
    graph.markOutputs([both])
    #expect(graph.optimized().names == ["conv", "relu", "add"])
    graph.markOutputs([active, sum])
    #expect(graph.optimized().names == ["conv", "relu"])
  }

  @Test func aResidualSumIsFusedIntoTheConvolutionThatIsComputedLast() throws {
    var graph = Graph(input: map)
    let first = try graph.add("first", pointwise(2, 2), graph.input)
    let second = try graph.add("second", pointwise(2, 2), graph.input)
    let sum = try graph.add("add", .add(.none), second, first)
    graph.markOutputs([try graph.add("relu", .activation(.relu), sum)])
    let fused = graph.optimized()
    #expect(fused.names == ["first", "second"])
    #expect(fused.nodes[1].inputs == [fused.input, fused.nodes[0].output])
    #expect(fused.nodes[1].operation.asConvolution?.activation == .relu)
  }

  @Test func aSumAfterAnActivationStaysApart() throws {
    var graph = Graph(input: map)
    let sum = try graph.add("conv", pointwise(2, 2), graph.input)
    let active = try graph.add("relu", .activation(.relu), sum)
    graph.markOutputs([try graph.add("add", .add(.none), active, graph.input)])
    #expect(graph.optimized().names == ["conv", "add"])
  }

  @Test func aValueAddedToItselfStaysApart() throws {
    var graph = Graph(input: map)
    let sum = try graph.add("conv", pointwise(2, 2), graph.input)
    graph.markOutputs([try graph.add("add", .add(.none), sum, sum)])
    #expect(graph.optimized().names == ["conv", "add"])
  }

  @Test func whatNoOutputNeedsIsDropped() throws {
    var graph = Graph(input: map)
    let used = try graph.add("used", pointwise(2, 2), graph.input)
    let unused = try graph.add("unused", pointwise(2, 2), used)
    _ = try graph.add("unused too", .activation(.relu), unused)
    graph.markOutputs([used])
    let dropped = graph.droppingDeadNodes()
    #expect(dropped.names == ["used"])
    #expect(dropped.outputs == [dropped.nodes[0].output])
    #expect(dropped.shapes.count == 2)
  }

  @Test func aPredictorComesRightBehindTheMapThatItReads() throws {
    var graph = Graph(input: map)
    let stem = try graph.add("stem", pointwise(2, 2), graph.input)
    let body = try graph.add("body", pointwise(2, 2), stem)
    var end = body
    for name in ["deep", "deeper", "deepest"] { end = try graph.add(name, pointwise(2, 2), end) }
    let boxes = try graph.add("boxes", depthwise(2), stem)
    let bodyBoxes = try graph.add("body boxes", pointwise(2, 4), body)
    let scores = try graph.add("scores", pointwise(2, 4), boxes)
    let both = try graph.add("both", .add(.none), scores, bodyBoxes)
    graph.markOutputs([both, end])
    let ordered = graph.readingSoon()
    #expect(
      ordered.names == ["stem", "boxes", "scores", "body", "body boxes", "both", "deep", "deeper", "deepest"])
    #expect(ordered.outputs == [ordered.nodes[5].output, ordered.nodes[8].output])
    #expect(ordered.nodes[5].inputs == [ordered.nodes[2].output, ordered.nodes[4].output])
  }

  @Test func statisticsCountWeightsBiasesAndNorms() throws {
    var graph = Graph(input: Shape(height: 10, width: 10, channels: 3))
    let stem = try graph.add("stem", convolution([3, 3, 3, 8], stride: 2), graph.input)
    let norm = try graph.add("norm", .affine(scale: counting([8]), offset: counting([8])), stem)
    let spread = try graph.add("depthwise", depthwise(8, stride: 2), norm)
    let head = try graph.add("head", pointwise(8, 6, bias: counting([6])), spread)
    graph.markOutputs([try graph.add("flat", .reshape(Shape([1, 9, 6])), head)])
    let statistics = GraphStatistics(graph)
    #expect(statistics.nodes.map(\.parameters) == [216, 16, 72, 54, 0])
    #expect(statistics.nodes.map(\.multiplyAdds) == [25 * 216, 0, 9 * 72, 9 * 48, 0])
    #expect(statistics.total == .init(parameters: 358, multiplyAdds: 6480))
  }
}
