import Foundation
import Model
import ModelImport
import Scene
import TestData
import Testing

/// ONNX models made by code: what is read out of them, and how what is not supported is told.
@Suite struct ONNXFileTests {
  @Test(arguments: [9, 11, 13, 17, 21]) func headsHaveTorchvisionsRules(opset: Int) throws {
    let model = try TinyONNX.heads(opset: opset).model()
    #expect(model.format == "ONNX" && model.name == "tiny")
    #expect(model.input == .torchvision(width: 16, height: 16))
    #expect(model.head.anchors.count == 522 && model.head.columns == 3 && model.head.scores == .softmax)
    #expect(model.head.suppression == .torchvision && model.head.coder == .torchvision)
    #expect(model.graph.outputs.map { model.graph.shape(of: $0).extents } == [[1, 522, 4], [1, 522, 3]])
    #expect(model.notes.isEmpty && model.assumptions.allSatisfy { $0.contains("torchvision") })
    #expect(
      model.assumptions.map { $0.split(separator: ":")[0] } == [
        "channels rgb", "mean 127.5", "scale 0.007843138", "resize half_pixel_centers", "anchors 522",
        "factors 0.1, 0.1, 0.2, 0.2", "score_threshold 0.001", "iou_threshold 0.55", "total 300", "scores softmax",
      ])
    #expect(model.head.classNumbers == 1..<3)
  }

  @Test func hardSwishAndItsGateAreOneOperatorEach() throws {
    let graph = try TinyONNX.heads().model().graph.optimized()
    var kinds: [String: Int] = [:]
    for node in graph.nodes {
      switch node.operation {
      case .convolution(let convolution): kinds["\(convolution.activation)", default: 0] += 1
      case .gate(let factor):
        #expect(abs(factor * 6 - 1) <= 1e-6)
        kinds["gate", default: 0] += 1
      case .mean: kinds["mean", default: 0] += 1
      case .reshape, .concatenation: continue
      default: kinds["other", default: 0] += 1
      }
    }
    // Six maps and twelve predictors; the gate has a convolution of its own.
    #expect(kinds == ["hardSwish": 1, "relu": 1, "relu6": 4, "gate": 1, "mean": 1, "none": 13])
  }

  @Test func headsOfTensorFlowHaveItsRules() throws {
    let model = try TinyONNX.tensorFlowHeads().model()
    #expect(model.head.anchors.count == 330 && model.head.scores == .sigmoid && model.input.resize == .tensorFlowLegacy)
    #expect(
      model.head.coder.order == .yxhw && model.notes.isEmpty
        && model.assumptions.contains { $0.hasPrefix("iou_threshold 0.6: ") && $0.contains("Object Detection API") })
    // Channels are never moved: what remains of the transposes is nothing.
    #expect(model.graph.nodes.allSatisfy { !$0.name.hasPrefix("Transpose") })
  }

  @Test func theWholeModelsRulesAreItsConstants() throws {
    let model = try TinyONNX.whole().model()
    #expect(model.input == .torchvision(width: 16, height: 16))
    let rules = model.head.suppression
    #expect(rules.scoreThreshold == 0.125 && rules.iouThreshold == 0.5625 && rules.total == 9)
    #expect(rules.candidatesPerClass == 7 && rules.clipping == .beforeSuppression)
    #expect(model.head.coder == .torchvision && model.notes.isEmpty && model.assumptions.isEmpty)
    #expect(model.head.anchors.count == 174)
    #expect(model.head.centeredAnchors?[1] == CenteredBox(y: 0.0625, x: 0.0625, height: 0.5, width: 0.25))
  }

  /// A picture of open size is the published model's.
  @Test func anOpenSizeIsAssumedAndSaid() throws {
    var model = WrittenONNX()
    model.inputs = [("images", [nil, 3, nil, nil])]
    model.outputs = [("bbox_regression", []), ("cls_logits", [])]
    TinyONNX.network(&model, from: "images", boxes: Array(repeating: 6, count: 6))
    // The shapes in these heads are those of 16×16, which 320×320 does not fit.
    #expect(try model.refusal()?.contains("of 1×24×160×160 values would have to be moved") == true)
    let sidecar = Array(#"{"size": [16, 16]}"#.utf8)
    let found = try withFiles(["tiny.onnx": model.bytes, "tiny.stream.json": sidecar]) {
      try ModelLoader.model(at: "\($0)/tiny.onnx")
    }
    #expect(found.input == .torchvision(width: 16, height: 16) && found.head.anchors.count == 522)
    #expect(found.assumptions.contains { $0.hasPrefix("size: from ") } && found.assumptions.count == 11)
  }

  /// What scales the picture is the normalisation's, as far as its numbers are finite.
  @Test func aScaleThatOverflowsStaysInTheNetwork() throws {
    var model = TinyONNX.tensorFlowHeads()
    let large = model.floats([1e30, 2e30, 1e30])
    model.nodes[0].inputs = [model.add("Mul", [model.add("Mul", ["Preprocessor/sub:0", large]), large])]
    let found = try model.model()
    #expect(found.input.normalization.ofChannels.allSatisfy { $0.scale > 1e27 && $0.scale.isFinite })
    #expect(try found.graph.nodes.count == TinyONNX.tensorFlowHeads().model().graph.nodes.count + 1)
  }

  @Test func allUnknownOperatorsAreNamedAtOnce() throws {
    var model = TinyONNX.heads()
    let first = model.add("Loop", ["images"])
    let second = model.add("MaxRoiPool", [first])
    model.nodes.append(
      WrittenONNX.Node(operation: "Fused", inputs: [second], outputs: ["fused"], domain: "com.example"))
    model.nodes[0].inputs[0] = "fused"
    model.nodes = model.nodes.suffix(3) + model.nodes.dropLast(3)
    #expect(
      try model.refusal()
        == "Loop (\(first)), MaxRoiPool (\(second)), com.example.Fused (fused) are not supported")
  }

  @Test func aSuppressionOfAnotherKindIsRefusedByName() throws {
    var model = TinyONNX.whole()
    // Without its shift by classes it suppresses boxes of all classes together.
    let place = try #require(model.nodes.firstIndex { $0.operation == "If" })
    model.nodes[place].attributes = [:]
    model.add("NonMaxSuppression", ["clipped_0", "clipped_1"], named: "all")
    let refusal = try #require(try model.refusal())
    for name in ["NonMaxSuppression", "TopK", "If", "Resize"] { #expect(refusal.contains(name)) }
    #expect(refusal.hasSuffix("are not supported"))
  }

  @Test func whatIsNotRightIsSaid() throws {
    func refusal(_ change: (inout WrittenONNX) -> Void) throws -> String? {
      var model = TinyONNX.heads()
      change(&model)
      return try model.refusal()
    }
    #expect(try refusal { $0.opset = 8 } == "opset 8 is not supported; 9 to 23 are")
    #expect(try refusal { $0.inputs = [] } == "node Conv_0 (Conv): images, which it reads, is given by nothing")
    #expect(try refusal { $0.inputs[0].extents[1] = 4 } == "its input images of 1×4×16×16 is no RGB picture")
    #expect(try refusal { $0.outputs.removeLast() } == "its 1 outputs are not box encodings and class scores")
    #expect(
      try refusal { $0.nodes[0].inputs[0] = "Mul_2" } == "node Conv_0 (Conv): it waits for what it gives itself")
    #expect(try refusal { $0.nodes[1].outputs[0] = "Conv_0" }?.contains("has a value already") == true)
    #expect(
      try refusal { $0.nodes[0].attributes["group"] = .integer(5) }?.contains("5 groups of 3 channels") == true)
    #expect(
      try refusal { $0.nodes[1].attributes["alpha"] = nil }?.contains("the slope 0.2 is not supported") == true)
    #expect(
      try refusal { $0.nodes[0].attributes["auto_pad"] = .text("SAME_LOWER") }
        == "node Conv_0 (Conv): the padding SAME_LOWER is not supported")
  }

  /// The files from which mutations start are these.
  @Test func theCorpusHasTheTinyModels() throws {
    let corpus = TestData.checkout.appending(path: "Tests/FuzzCorpus/onnx")
    for (name, model) in [
      ("heads", TinyONNX.heads()), ("tensorflow", TinyONNX.tensorFlowHeads()), ("whole", TinyONNX.whole()),
    ] {
      #expect(try Data(contentsOf: corpus.appending(path: "tiny-\(name).onnx")) == Data(model.bytes), "\(name)")
    }
  }

  /// Converters to 16 bits put their casts behind all other nodes.
  @Test func nodesMayStandInAnyOrder() throws {
    var model = TinyONNX.heads()
    let expected = try model.model().graph
    model.nodes.reverse()
    let found = try model.model().graph
    #expect(found.nodes.count == expected.nodes.count)
    #expect(Set(found.nodes.map(\.name)) == Set(expected.nodes.map(\.name)))
  }

  /// Also where the constant is not computed with, but tells a rule.
  @Test func aConstantMayBeAListOfReals() throws {
    var model = TinyONNX.whole()
    let expected = try model.model().input
    model.nodes[0].inputs[1] = model.add("Constant", [], ["value_floats": .floats([0.5, 0.5, 0.5])])
    #expect(try model.model().input == expected)
  }

  @Test func weightsMayBeJoinedOfConstants() throws {
    func weights(_ model: WrittenONNX) throws -> [Float] {
      guard case .convolution(let convolution) = try model.model().graph.nodes[0].operation else { return [] }
      return convolution.weights.values
    }
    var model = TinyONNX.heads()
    let (expected, values) = (try weights(model), TinyONNX.numbers(108, seed: 0))
    // Of each output the first input, and both others.
    let first = model.floats((0..<4).flatMap { values[27 * $0..<27 * $0 + 9] }, [4, 1, 3, 3])
    let others = model.floats((0..<4).flatMap { values[27 * $0 + 9..<27 * $0 + 27] }, [4, 2, 3, 3])
    model.nodes[0].inputs[1] = model.add("Concat", [first, others], ["axis": .integer(-3)])
    #expect(try weights(model) == expected && expected.count == 108)
  }

  @Test func nothingIsAskedOfWhatNobodyNeeds() throws {
    var model = TinyONNX.heads()
    model.add("Loop", ["images"])
    #expect(try model.refusal() == nil)
  }

  @Test func aFileThatEndsEarlyIsRefusedWithItsPlace() throws {
    let bytes = TinyONNX.heads().bytes
    try withFile(Array(bytes.dropLast(100)), named: "cut.onnx") { path in
      let error = #expect(throws: ImportError.self) { try ModelLoader.model(at: path) }
      #expect(error?.reason.hasPrefix("the data ends early") == true)
    }
  }

  @Test func aFolderWithOneFileIsAModel() throws {
    try withFiles(["net/model.onnx": TinyONNX.heads().bytes, "net/labels.txt": Array("cat\ndog\n".utf8)]) { folder in
      let model = try ModelLoader.model(at: "\(folder)/net")
      #expect(model.name == "model" && model.labels.names == [1: "cat", 2: "dog"])
    }
  }
}
