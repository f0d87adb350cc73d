import Model
import ModelImport
import Testing

/// How each operator of TensorFlow comes out.
struct TensorFlowRulesTests {
  /// Imports the tiny detector with `nodes` between its first convolution and the activation behind it, the last of
  /// them read by that, and returns the network's operators before the activation.
  static func operators(_ nodes: [WrittenNode]) throws -> [Operator] {
    var graph = TinyDetector.graph
    graph.nodes += nodes
    graph["First/Relu6"].inputs = [nodes.last!.name]
    let network = try graph.model().graph
    let end = try #require(network.nodes.firstIndex { $0.name == "First/Relu6" })
    return network.nodes[..<end].map(\.operation)
  }

  /// The scale and offset of the affine operator that `nodes` become.
  static func affine(_ nodes: [WrittenNode]) throws -> (scale: [Float], offset: [Float]) {
    let operators = try operators(nodes)
    #expect(operators.count == 2)
    guard case .affine(let scale, let offset) = operators.last else {
      Issue.record("It became \(operators).")
      return ([], [])
    }
    return (scale.values, offset.values)
  }

  /// Constants of a batch norm of four channels.
  private static let gamma: [Float] = [1, 2, 0.5, -1]
  private static let beta: [Float] = [0, 1, -2, 3]
  private static let mean: [Float] = [0.5, -1, 2, 0]
  private static let variance: [Float] = [1, 4, 0.25, 2]
  /// The nodes of these constants.
  private static let constants: [WrittenNode] = [
    .floats("gamma", gamma, [4]), .floats("beta", beta, [4]), .floats("mean", mean, [4]),
    .floats("variance", variance, [4]),
  ]

  /// The formula of batch norm, in double.
  private static func normed(_ epsilon: Double) -> (scale: [Float], offset: [Float]) {
    let scale = zip(gamma, variance).map { Double($0) / (Double($1) + epsilon).squareRoot() }
    let offset = (0..<4).map { Double(beta[$0]) - Double(mean[$0]) * scale[$0] }
    return (scale.map { Float($0) }, offset.map { Float($0) })
  }

  @Test(arguments: ["FusedBatchNorm", "FusedBatchNormV3"]) func fusedBatchNormBecomesAffine(operation: String) throws {
    let norm = WrittenNode(
      "norm", operation, ["First", "gamma", "beta", "mean", "variance"],
      ["is_training": .bool(false), "epsilon": .float(0.25)])
    let (scale, offset) = try Self.affine(Self.constants + [norm])
    #expect(scale == Self.normed(0.25).scale)
    #expect(offset == Self.normed(0.25).offset)
  }

  @Test func epsilonHasTheOperatorsDefault() throws {
    let norm = WrittenNode(
      "norm", "FusedBatchNorm", ["First", "gamma", "beta", "mean", "variance"], ["is_training": .bool(false)])
    #expect(try Self.affine(Self.constants + [norm]).scale == Self.normed(Double(Float(0.0001))).scale)
  }

  @Test(arguments: [nil, true]) func batchNormInTrainingIsRefused(isTraining: Bool?) throws {
    var graph = TinyDetector.graph
    graph.nodes += Self.constants
    graph.nodes.append(
      WrittenNode(
        "norm", "FusedBatchNormV3", ["First", "gamma", "beta", "mean", "variance"],
        isTraining.map { ["is_training": .bool($0)] } ?? [:]))
    graph["First/Relu6"].inputs = ["norm"]
    #expect(try graph.refusal() == "node norm (FusedBatchNormV3): the batch norm is in training mode")
  }

  @Test(arguments: [false, true]) func decomposedBatchNormBecomesOneAffine(swapped: Bool) throws {
    func pair(_ first: String, _ second: String) -> [String] { swapped ? [second, first] : [first, second] }
    let nodes: [WrittenNode] =
      Self.constants + [
        .floats("epsilon", [0.25]), WrittenNode("add", "Add", pair("variance", "epsilon")),
        WrittenNode("Rsqrt", "Rsqrt", ["add"]), WrittenNode("mul", "Mul", pair("Rsqrt", "gamma")),
        WrittenNode("mul_1", "Mul", pair("First", "mul")), WrittenNode("mul_2", "Mul", pair("mean", "mul")),
        WrittenNode("sub", "Sub", ["beta", "mul_2"]), WrittenNode("add_1", "AddV2", pair("mul_1", "sub")),
      ]
    let (scale, offset) = try Self.affine(nodes)
    for (found, exact) in zip(scale + offset, Self.normed(0.25).scale + Self.normed(0.25).offset) {
      #expect(abs(found - exact) <= 4 * exact.ulp.magnitude + 1e-7)
    }
  }

  @Test func sumsAndProductsWithConstantsAreCollected() throws {
    let nodes: [WrittenNode] = [
      .floats("two", [2]), .floats("list", [1, 2, 3, 4], [1, 1, 1, 4], asContent: false),
      WrittenNode("a", "Mul", ["First", "two"]), WrittenNode("b", "Add", ["list", "a"]),
      WrittenNode("c", "Sub", ["b", "two"]), WrittenNode("d", "Sub", ["two", "c"]),
      WrittenNode("e", "RealDiv", ["d", "two"]), WrittenNode("f", "BiasAdd", ["e", "bias"]),
    ]
    // ((2 − (2x + list − 2)) / 2) + 8
    let (scale, offset) = try Self.affine([.floats("bias", [8, 8, 8, 8], [4])] + nodes)
    #expect(scale == [-1, -1, -1, -1])
    #expect(offset == [9.5, 9, 8.5, 8])
  }

  @Test func oneWrittenValueFillsAConstant() throws {
    let nodes: [WrittenNode] = [
      .floats("bias", [3], [4], asContent: false), WrittenNode("sum", "BiasAdd", ["First", "bias"]),
    ]
    #expect(try Self.affine(nodes).offset == [3, 3, 3, 3])
  }

  @Test func sumsOfTwoMapsAreSums() throws {
    let operators = try Self.operators([
      WrittenNode("twice", "Add", ["First", "First"])
    ])
    guard operators.count == 2, case .add(.none) = operators[1] else {
      Issue.record("It became \(operators).")
      return
    }
  }

  /// The nodes of x · Relu6(x + 3) · 1/6 of `First`, the operands in one order or the other.
  private static func hardSwish(swapped: Bool, three: Float = 3) -> [WrittenNode] {
    func pair(_ first: String, _ second: String) -> [String] { swapped ? [second, first] : [first, second] }
    return constants + [
      WrittenNode("norm", "BiasAdd", ["First", "beta"]), .floats("three", [three]), .floats("sixth", [0.16666667]),
      WrittenNode("add", "AddV2", pair("norm", "three")), WrittenNode("Relu6", "Relu6", ["add"]),
      WrittenNode("mul", "Mul", pair("norm", "Relu6")), WrittenNode("mul_1", "Mul", pair("mul", "sixth")),
    ]
  }

  @Test(arguments: [false, true]) func hardSwishIsSeenAsOneActivation(swapped: Bool) throws {
    let operators = try Self.operators(Self.hardSwish(swapped: swapped))
    guard operators.count == 3, case .affine = operators[1], case .activation(.hardSwish) = operators[2] else {
      Issue.record("It became \(operators).")
      return
    }
  }

  @Test func productsThatAreNearlyAHardSwishAreRefused() throws {
    var graph = TinyDetector.graph
    graph.nodes += Self.hardSwish(swapped: false, three: 2.5)
    graph["First/Relu6"].inputs = ["mul_1"]
    #expect(
      try graph.refusal()
        == "node mul (Mul): the operator Mul of two tensors is supported only as a hard-swish or with one number a channel"
    )
  }

  /// The nodes of a squeeze-and-excite of `First`.
  private static func gate(keepsAxes: Bool = true, axes: [Int] = [1, 2], swapped: Bool = false) -> [WrittenNode] {
    [
      .numbers("axes", axes), WrittenNode("Mean", "Mean", ["First", "axes"], ["keep_dims": .bool(keepsAxes)]),
      .floats("three", [3]), .floats("sixth", [0.16667]), WrittenNode("add", "AddV2", ["Mean", "three"]),
      WrittenNode("Gate/Relu6", "Relu6", ["add"]), WrittenNode("mul", "Mul", ["Gate/Relu6", "sixth"]),
      WrittenNode("gated", "Mul", swapped ? ["mul", "First"] : ["First", "mul"]),
    ]
  }

  @Test(arguments: [false, true], [[1, 2], [-2, -3]])
  func oneNumberAChannelIsAGate(swapped: Bool, axes: [Int]) throws {
    let operators = try Self.operators(Self.gate(axes: axes, swapped: swapped))
    guard operators.count == 5, case .mean = operators[1], case .affine = operators[2],
      case .activation(.relu6) = operators[3], case .gate(factor: 0.16667) = operators[4]
    else {
      Issue.record("It became \(operators).")
      return
    }
  }

  @Test(arguments: [(false, [1, 2]), (true, [1]), (true, [1, 3])])
  func otherMeansAreRefused(keepsAxes: Bool, axes: [Int]) throws {
    var graph = TinyDetector.graph
    graph.nodes += Self.gate(keepsAxes: keepsAxes, axes: axes)
    graph["First/Relu6"].inputs = ["gated"]
    #expect(
      try graph.refusal()
        == "node Mean (Mean): the operator Mean is supported only over rows and columns, which stay as 1")
  }

  @Test func unsupportedOperatorsAreAllNamedAtOnce() throws {
    var graph = TinyDetector.graph
    graph["First/Relu6"].operation = "Elu"
    graph["Second/Relu"].operation = "LeakyRelu"
    graph.nodes += (0..<6).map { WrittenNode("e\($0)", "Elu", [$0 == 0 ? "First" : "e\($0 - 1)"]) }
    graph["First/Relu6"].inputs = ["e5"]
    let line = try graph.refusal()
    #expect(
      line == "the operators Elu (e0, e1, e2, e3 and 3 more), LeakyRelu (Second/Relu) are not supported")
  }

  @Test func productsOfTwoMapsAreRefused() throws {
    var graph = TinyDetector.graph
    graph.nodes.append(WrittenNode("square", "Mul", ["First", "First"]))
    graph["First/Relu6"].inputs = ["square"]
    #expect(
      try graph.refusal()
        == "node square (Mul): the operator Mul of two tensors is supported only as a hard-swish or with one number a channel"
    )
  }

  /// The tiny detector with fake quantisations of its first weights and of its first activation, twice.
  static var quantisationAware: WrittenGraph {
    var graph = TinyDetector.graph
    graph.nodes += [
      .floats("low", [-1]), .floats("high", [1]),
      WrittenNode(
        "weights_quant", "FakeQuantWithMinMaxVars", ["First/read", "low", "high"],
        ["num_bits": .integer(4), "narrow_range": .bool(true)]),
      WrittenNode("act_quant", "FakeQuantWithMinMaxVars", ["First/Relu6", "low", "high"]),
      WrittenNode("args_quant", "FakeQuantWithMinMaxArgs", ["act_quant"], ["num_bits": .integer(2)]),
    ]
    graph["First"].inputs[1] = "weights_quant"
    graph["Second"].inputs[0] = "args_quant"
    return graph
  }

  @Test func fakeQuantisationsOfActivationsAreOperators() throws {
    let nodes = try Self.quantisationAware.model().graph.nodes
    let grids = nodes.compactMap { node -> QuantizationGrid? in
      if case .fakeQuantization(let quantization) = node.operation { quantization.grid } else { nil }
    }
    let expected = [
      QuantizationGrid((-1, 1), bits: 8, isNarrow: false), QuantizationGrid((-6, 6), bits: 2, isNarrow: false),
    ]
    #expect(grids == expected.compactMap { $0 })
  }

  @Test func fakeQuantisationsOfWeightsAreComputedOnce() throws {
    let nodes = try Self.quantisationAware.model().graph.nodes
    let plain = try TinyDetector.graph.model().graph.nodes
    guard case .convolution(let quantised) = nodes[0].operation, case .convolution(let exact) = plain[0].operation
    else {
      Issue.record("The first nodes are \(nodes[0]) and \(plain[0]).")
      return
    }
    let grid = try #require(QuantizationGrid((-1, 1), bits: 4, isNarrow: true))
    #expect(quantised.weights.values == exact.weights.values.map { grid($0) })
    #expect(quantised.weights.values != exact.weights.values)
  }

  @Test(arguments: ["weights_quant", "act_quant"]) func fakeQuantisationsWithoutARangeAreRefused(node: String) throws {
    var graph = Self.quantisationAware
    graph["low"] = .floats("low", [1])
    graph[node].inputs[2] = "low"
    let other = node == "act_quant" ? "weights_quant" : "act_quant"
    graph[other].operation = "Identity"
    graph[other].inputs = [graph[other].inputs[0]]
    #expect(
      try graph.refusal()
        == "node \(node) (FakeQuantWithMinMaxVars): its range or its number of bits is not supported: "
        + "one that holds 0, and 2 to 16 bits are")
  }

  @Test func windowsAreReadWithTheirDefaults() throws {
    var graph = TinyDetector.graph
    graph["First"].attributes = [
      "strides": .integers([1, 2, 2, 1]), "padding": .text("EXPLICIT"),
      "explicit_paddings": .integers([0, 0, 0, 1, 1, 0, 0, 0]), "dilations": .integers([1, 1, 1, 1]),
    ]
    let network = try graph.model().graph
    guard case .convolution(let convolution) = network.nodes[0].operation else {
      Issue.record("The first node is \(network.nodes[0]).")
      return
    }
    #expect(
      convolution.window
        == Window(
          stride: Extent(height: 2, width: 2), padding: .explicit(top: 0, left: 1, bottom: 1, right: 0)))
    #expect(convolution.weights.shape == Shape([3, 3, 3, 4]))
    #expect(convolution.weights.values[..<3] == [-0.25, -0.125, 0])
    #expect(convolution.bias == nil || convolution.bias?.values == [])
  }
}
