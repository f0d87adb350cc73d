import Model
import ModelImport
import Scene
import Testing

/// TensorFlow Lite models made by code: what is read out of them, and how what is not supported is told.
struct TFLiteFileTests {
  @Test func theDetectionOperatorsRulesAreRead() throws {
    let model = try TinyLite.model().model()
    #expect(model.format == "TensorFlow Lite")
    #expect(model.head.anchors.count == 20 && model.head.columns == 2 && model.head.backgroundColumn == 0)
    #expect(model.head.scores == .sigmoid && model.head.centeredAnchors?[3].width == 0.5)
    #expect(model.head.coder.scales == BoxScales(y: 10, x: 10, height: 5, width: 5))
    let rules = model.head.suppression
    #expect(rules.isClassAgnostic && rules.includesThreshold && rules.isTotalFinal && rules.classesPerBox == 1)
    #expect(rules.scoreThreshold == 0.25 && rules.iouThreshold == 0.5 && rules.total == 6 && rules.keptPerClass == nil)
    #expect(rules.clipping == .never && !rules.dropsEmptyBoxes)
  }

  @Test func regularSuppressionHasItsCapForEachClass() throws {
    let rules = try TinyLite.model(options: TinyLite.options(["use_regular_nms": 1])).model().head.suppression
    #expect(!rules.isClassAgnostic && rules.prefersLaterClass && rules.keptPerClass == 100)
    let own = TinyLite.options(["use_regular_nms": 1, "detections_per_class": 3])
    #expect(try TinyLite.model(options: own).model().head.suppression.keptPerClass == 3)
  }

  @Test func theNetworkIsTheFilesWithoutItsEnd() throws {
    let graph = try TinyLite.model().model().graph
    let names = graph.nodes.map(\.name)
    #expect(names.contains("First/Conv2D") && names.contains("Second/depthwise") && names.contains("boxes"))
    #expect(graph.outputs.map { graph.shape(of: $0).extents } == [[1, 20, 4], [1, 20, 2]])
    // TensorFlow's SAME: over 8 values by steps of 2, the only zero stands behind.
    guard case .convolution(let first) = graph.nodes[0].operation else { throw Missing() }
    #expect(first.window.padding == .explicit(top: 0, left: 0, bottom: 1, right: 1))
    #expect(first.weights.shape.extents == [3, 3, 3, 4])
    // Output channel 1, row 0, column 1, input channel 2 is value 27 + 5 of the file.
    #expect(first.weights.values[4 * (3 + 2) + 1] == Float(32 % 7) / 8 - 0.25)
    #expect(graph.arithmetic == .float32)
  }

  @Test func aPictureIsNormalizedToOneUnlessMetadataSayOtherwise() throws {
    #expect(
      try TinyLite.model().model().input.normalization
        == Normalization(scale: 2 / 255, offset: -1, order: .afterResize))
    var lite = TinyLite.model()
    lite.describe(mean: 100, deviation: 50, labels: nil)
    #expect(
      try lite.model().input.normalization == Normalization(scale: 0.02, offset: -2, order: .afterResize))
  }

  @Test func classesAreNumberedFromOneBehindTheBackgroundOnly() throws {
    let bytes = TinyLite.model().bytes
    #expect(try WrittenLite.model(bytes).head.classNumbers == 0..<1)
    let behind = try WrittenLite.model(TinyLite.appended(bytes, "labelmap.txt", "???\nperson\n"))
    #expect(behind.head.classNumbers == 1..<2 && behind.labels.names == [1: "person"])
    #expect(behind.labelOrigin == .model)
    let plain = try WrittenLite.model(TinyLite.appended(bytes, "labelmap.txt", "person\n"))
    #expect(plain.head.classNumbers == 0..<1 && plain.labels.names == [0: "person"])
    #expect(try WrittenLite.model(bytes, labels: "???\ncat\n").labels.names == [1: "cat"])
    #expect(try WrittenLite.model(bytes, labels: "cat\n").labels.names == [0: "cat"])
  }

  /// A list has as many names as the model has classes; names from elsewhere replace it.
  @Test func aListThatDoesNotFitIsDoubted() throws {
    func doubt(_ list: String, labels: String? = nil) throws -> String? {
      try WrittenLite.model(TinyLite.appended(TinyLite.model().bytes, "labelmap.txt", list), labels: labels).labelDoubt
    }
    #expect(try doubt("???\nperson\n") == nil && doubt("person\n\n") == nil && doubt("???\n???\n") == nil)
    #expect(try doubt("???\n") == "the list of labels in it names 0 classes, but the model has 1")
    #expect(try doubt("???\nperson\ncat\n") == "the list of labels in it names 2 classes, but the model has 1")
    #expect(try doubt("a\nb\n", labels: "cat\n") == nil)
  }

  @Test func metadataNameTheListOfLabels() throws {
    var lite = TinyLite.model()
    lite.describe(mean: 127.5, deviation: 127.5, labels: "classes.names")
    let model = try WrittenLite.model(TinyLite.appended(lite.bytes, "classes.names", "bird\n"))
    #expect(model.labels.names == [0: "bird"])
    #expect(throws: ImportError.self) { try lite.model() }
    let packed = TinyLite.appended(lite.bytes, "classes.names", "bird\n", method: 8)
    let error = #expect(throws: ImportError.self) { try WrittenLite.model(packed) }
    #expect(error?.reason == "the list of labels classes.names is packed, which is not supported")
  }

  /// A file whose list was stripped or repacked is used with other names: an option's, or those beside it.
  @Test func namesFromElsewhereReplaceAListThatIsNotRead() throws {
    var lite = TinyLite.model()
    lite.describe(mean: 127.5, deviation: 127.5, labels: "classes.names")
    let packed = TinyLite.appended(lite.bytes, "classes.names", "bird\n", method: 8)
    for bytes in [lite.bytes, packed] {
      let given = try WrittenLite.model(bytes, labels: "???\ncat\n")
      #expect(given.labels.names == [1: "cat"])
      #expect(given.input.normalization == Normalization(scale: 1 / 127.5, offset: -1, order: .afterResize))
      for (name, text) in [
        ("labels.txt", "cat\n"), ("labelmap.txt", "cat\n"), ("detect.stream.json", #"{"labels": ["cat"]}"#),
      ] {
        try withFiles(["detect.tflite": bytes, name: Array(text.utf8)]) { folder in
          let model = try ModelLoader.model(at: "\(folder)/detect.tflite")
          #expect(model.labels.names == [0: "cat"], "\(name)")
        }
      }
    }
  }

  @Test(arguments: ["\u{E9}tiquettes.txt", String(repeating: "long", count: 100)])
  func aListOfLabelsMayHaveAnyName(name: String) throws {
    var lite = TinyLite.model()
    lite.describe(mean: 127.5, deviation: 127.5, labels: name)
    let model = try WrittenLite.model(TinyLite.appended(lite.bytes, name, "bird\n"))
    #expect(model.labels.names == [0: "bird"])
  }

  @Test func namesInErrorsArePrintableAndShort() throws {
    let rest = String(repeating: "x", count: 251)
    var lite = TinyLite.model()
    lite.describe(mean: 127.5, deviation: 127.5, labels: "a\nb\u{1B}\u{E9}\(rest)xxx")
    #expect(try lite.refusal()?.hasSuffix(": the list of labels a?b??\(rest) is not appended") == true)
  }

  @Test func nodesOfOneOperatorHaveNamesOfTheirOwn() throws {
    var lite = TinyLite.model()
    let first = lite.inputs[0]
    let picture = lite.tensor("pixels", [1, 8, 8, 3])
    let (half, wide) = (lite.tensor("half", [1, 8, 8, 3]), lite.tensor("wide", [1, 4, 16, 3]))
    let sum = lite.tensor("sum", [1, 4, 16, 3])
    lite.inputs = [picture]
    lite.add(18, [picture, lite.floats("factor", [1], [0.5])], [half])
    lite.add(22, [half, lite.integers("wider", [1, 4, 16, 3])], [wide])
    lite.add(0, [wide, lite.floats("offset", [3], [1, 2, 3])], [sum])
    lite.add(22, [sum, lite.integers("square", [1, 8, 8, 3])], [first])
    lite.operators = Array(lite.operators.suffix(4) + lite.operators.dropLast(4))
    let names = try lite.model().graph.nodes.map(\.name)
    #expect(Set(names).count == names.count, "\(names)")
    #expect(Array(names.prefix(3)) == ["sum (operator 2)", "sum (operator 2, 2)", "First/Conv2D"])
  }

  @Test func bytesBehindTheModelAreNoError() throws {
    #expect(try WrittenLite.model(TinyLite.model().bytes + [UInt8](repeating: 7, count: 999)).head.columns == 2)
  }

  @Test func aQuantizedNetworkHasWholeNumbersThroughout() throws {
    let model = try TinyLite.model(isQuantized: true).model()
    #expect(model.graph.arithmetic == .integer8 && model.graph.optimized().arithmetic == .integer8)
    let plain = try TinyLite.model().model()
    #expect(GraphStatistics(model.graph).total == GraphStatistics(plain.graph).total)
    // The picture's values as they are.
    #expect(model.input.normalization == Normalization(scale: 1, offset: 0, order: .afterResize))
    #expect(model.head.scores == .identity)
    #expect(model.graph.outputs.allSatisfy { !model.graph.isInteger($0) })
  }

  @Test(
    arguments: [
      (["num_classes": 3], "2 columns of scores do not fit 3 classes"),
      (["nms_iou_threshold": 0], "nms_iou_threshold 0.0 is not above 0 and at most 1"),
      (["max_detections": 0], "its option max_detections is 0.0, which is not supported"),
      (["y_scale": nil], "its option y_scale is missing or no number"),
      (["w_scale": -5], "its option w_scale is -5.0"),
    ] as [([String: Double?], String)])
  func optionsOutOfRangeAreNamed(changes: [String: Double?], reason: String) throws {
    let lite = TinyLite.model(options: TinyLite.options(changes))
    #expect(try lite.refusal() == "operator 13 CUSTOM TFLite_Detection_PostProcess: \(reason)")
  }

  @Test func allUnsupportedOperatorsAreNamedAtOnce() throws {
    var lite = TinyLite.model()
    // 99 is SQUARED_DIFFERENCE, 47 EXP, 150 has no name here.
    for (code, custom, version) in [(99, nil, 2), (47, nil, 1), (150, nil, 3), (32, "Fuse", 1), (32, "Mix", 1)] {
      let input = lite.inputs[0]
      lite.inputs[0] = lite.tensor("picture \(custom ?? "\(code)")", [1, 8, 8, 3])
      lite.add(code, [lite.inputs[0]], [input], custom: custom, version: version)
      lite.operators.insert(lite.operators.removeLast(), at: 0)
    }
    #expect(
      try lite.refusal()
        == "CUSTOM Mix version 1 (operator 0), CUSTOM Fuse version 1 (operator 1), code 150 version 3 (operator 2), "
        + "EXP version 1 (operator 3), SQUARED_DIFFERENCE version 2 (operator 4) are not supported")
  }

  @Test func anActivationThatWeDoNotComputeIsNamed() throws {
    var lite = TinyLite.model()
    lite.operators[0][4] = .table(WrittenTable([1: .word(2), 2: .word(2), 3: .byte(2)]))
    #expect(try lite.refusal() == "operator 0 CONV_2D: the fused activation RELU_N1_TO_1 is not supported")
    lite.operators[0][4] = nil
    #expect(try lite.refusal() == "operator 0 CONV_2D: strides and dilations [0, 0, 1, 1] are not supported")
  }

  @Test func aFileWithoutHeadsIsToldSo() throws {
    var lite = TinyLite.model()
    lite.operators.removeLast()
    #expect(try lite.refusal()?.hasPrefix("its 4 outputs are not box encodings and class scores") == true)
  }

  @Test func headsWithoutAnchorsAreRefusedUnlessTheyAreTheStandardOnes() throws {
    var lite = TinyLite.model()
    lite.operators.removeLast()
    let names = lite.tensors.map { table -> String in if case .text(let name) = table[3] { name } else { "" } }
    lite.outputs = ["boxes", "logits"].map { names.firstIndex(of: $0)! }
    #expect(try lite.refusal()?.hasPrefix("the file has no anchors") == true)
  }

  /// Boxes and scores both have four columns, and the scores come first: only LOGISTIC tells them apart.
  @Test(arguments: [false, true]) func scoresOfWholeNumbersAreMadeOnce(beforeTheyAreJoined: Bool) throws {
    let model = try TinyLite.heads(scoredBeforeJoining: beforeTheyAreJoined).model()
    #expect(model.head.scores == .identity && model.head.columns == 4 && model.head.anchors.count == 1284)
  }

  /// With `keep_num_dims` that is a map again.
  @Test func aFullyConnectedLayerHasTheExtentsThatTheFileSays() throws {
    var lite = TinyLite.model(isQuantized: true)
    let first = lite.inputs[0]
    lite.inputs = [lite.tensor("pixels", [1, 8, 8, 3], .uint8, scales: [0.0078125], zeros: [128])]
    let weights = lite.tensor(
      "mixed", [3, 3], .uint8, content: Array(repeating: 130, count: 9), scales: [0.5], zeros: [128])
    lite.add(9, [lite.inputs[0], weights, -1], [first])
    lite.operators.insert(lite.operators.removeLast(), at: 0)
    #expect(try lite.refusal() == nil)
    for others in [[64, 3], [1, 8, 8, 4], [1, 4, 8, 3]] {
      lite.tensors[first][0] = .words(others)
      #expect(try lite.refusal()?.contains("is no feature map") == true, "\(others)")
    }
  }

  /// What a test does not find.
  struct Missing: Error {}
}

extension WrittenLite {
  /// Adds metadata that normalise the picture and name a list of labels.
  mutating func describe(mean: Float, deviation: Float, labels: String?) {
    let options = WrittenTable([0: .floats([mean]), 1: .floats([deviation])])
    let input = WrittenTable([4: .tables([WrittenTable([0: .byte(1), 1: .table(options)])])])
    var output = WrittenTable([0: .text("category")])
    if let labels { output[6] = .tables([WrittenTable([0: .text(labels), 2: .byte(3)])]) }
    let graph = WrittenTable([2: .tables([input]), 3: .tables([output])])
    let content = WrittenTable([0: .text("detector"), 3: .tables([graph])]).bytes(identifier: "M001")
    metadata = [WrittenTable([0: .text("TFLITE_METADATA"), 1: .word(buffers.count)])]
    buffers.append(WrittenTable([0: .bytes(content)]))
  }
}
