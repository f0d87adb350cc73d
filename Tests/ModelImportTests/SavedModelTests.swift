import Foundation
import Model
import ModelImport
import Scene
import TestData
import Testing

/// SavedModels of both generations: what is read, and what is refused.
struct SavedModelTests {
  /// The constants of all convolutions, in their order.
  private static func weights(_ model: DetectionModel) -> [[Float]] {
    model.graph.nodes.compactMap { node in
      switch node.operation {
      case .convolution(let operation): operation.weights.values
      case .depthwise(let operation): operation.weights.values
      case .affine(_, let offset): offset.values
      default: nil
      }
    }
  }

  /// Returns the line with which the import of `model` fails, without its folder; nil where it succeeds.
  static func refusal(_ model: WrittenSavedModel, _ change: (inout [String: [UInt8]]) -> Void = { _ in }) throws
    -> String?
  {
    var files = model.files
    change(&files)
    return try withFiles(files) { folder in
      do throws(ImportError) {
        _ = try ModelLoader.model(at: folder)
        return nil
      } catch {
        #expect(!"\(error)".contains("\n"))
        return "\(error)".replacing("\(folder)/", with: "")
      }
    }
  }

  @Test(arguments: [TinySavedModel.frozen, TinySavedModel.variables, TinySavedModel.functions])
  func everyFormIsTheSameModel(form: WrittenSavedModel) throws {
    let expected = try TinyDetector.graph.model()
    let model = try withFiles(form.files) { try ModelLoader.model(at: $0) }
    #expect(model.format == "TensorFlow SavedModel")
    #expect(model.input == expected.input)
    #expect(model.head.suppression == expected.head.suppression && model.head.coder == expected.head.coder)
    #expect(model.head.anchors == expected.head.anchors && model.head.classOffset == 0)
    #expect(model.graph.nodes.count == expected.graph.nodes.count)
    #expect(Self.weights(model) == Self.weights(expected) && Self.weights(model).count == 10)
  }

  /// As TensorFlow 2's models are shipped: labels and configuration around the folder of the SavedModel.
  @Test func itIsReadOutOfADownload() throws {
    let expected = try TinyDetector.graph.model()
    var files = TinySavedModel.variables.files.map { ("tiny/saved_model/\($0.key)", $0.value) }.sorted { $0.0 < $1.0 }
    files.append(("tiny/pipeline.config", Array("model { faster_rcnn {} }".utf8)))
    let archive = TarArchive(files.map { (path: $0.0, content: $0.1) })
    let packed = try withFiles(["download.tar": archive.content]) { try ModelLoader.model(at: "\($0)/download.tar") }
    let unpacked = try withFiles(Dictionary(uniqueKeysWithValues: files)) { try ModelLoader.model(at: "\($0)/tiny") }
    for model in [packed, unpacked] {
      #expect(model.name == "tiny" && model.format == "TensorFlow SavedModel")
      #expect(Self.weights(model) == Self.weights(expected))
      #expect(model.notes.count == 1 && model.notes.allSatisfy { $0.contains("pipeline.config") }, "\(model.notes)")
    }
    let torn = TarArchive(files.filter { !$0.0.hasSuffix(".index") }.map { (path: $0.0, content: $0.1) })
    let error = #expect(throws: ImportError.self) {
      try withFiles(["download.tar": torn.content]) { _ = try ModelLoader.model(at: "\($0)/download.tar") }
    }
    #expect("\(error, default: "")".hasSuffix("variables/variables.index: no such file or directory"))
  }

  /// The files from which mutations start are these.
  @Test func theCorpusHasTheTinyModels() throws {
    let corpus = TestData.checkout.appending(path: "Tests/FuzzCorpus")
    let model = TinySavedModel.functions(hasVariables: false)
    #expect(try Data(contentsOf: corpus.appending(path: "graph/tiny-saved-model.pb")) == Data(model.bytes))
    var bundle = TensorBundleTests.written
    bundle.tensors.removeLast()
    #expect(try Data(contentsOf: corpus.appending(path: "bundle/tiny.index")) == Data(bundle.index))
  }

  @Test func theFolderOfADownloadIsTheModel() throws {
    var files = TinySavedModel.functions.files.map { ("saved_model/\($0)", $1) }
    files += [
      ("checkpoint/ckpt-0.index", [1]), ("pipeline.config", Array("model {}".utf8)),
      ("labels.txt", Array("walker".utf8)),
    ]
    try withFiles(Dictionary(uniqueKeysWithValues: files)) { folder in
      for path in ["", "/", "/saved_model", "/saved_model/", "/saved_model/saved_model.pb"] {
        let model = try ModelLoader.model(at: folder + path)
        #expect(model.name == folder.split(separator: "/").last.map(String.init))
        #expect(model.labels.names == [1: "walker"], "\(path)")
      }
    }
  }

  @Test func aFrozenGraphComesFirst() throws {
    try withFiles(["frozen_inference_graph.pb": TinyDetector.graph.bytes, "saved_model/saved_model.pb": [1]]) {
      folder in
      let model = try ModelLoader.model(at: folder)
      #expect(model.format == "TensorFlow frozen graph")
    }
    // The name may be one of a file as well.
    try withFiles(["saved_model": [], "x": []]) { folder in
      #expect(ModelLoaderTests.refusal(folder)?.hasPrefix("the folder holds no") == true)
    }
  }

  @Test func checkpointsAreNamed() throws {
    let bundle = TensorBundleTests.written
    let reason =
      "this is a checkpoint of a training, not a model: the frozen_inference_graph.pb or the folder saved_model of the same download is one"
    let names = ["model.ckpt.index", "model.ckpt.data-00000-of-00001", "model.ckpt.meta"]
    try withFiles([names[0]: bundle.index, names[1]: bundle.data, names[2]: [10, 0]]) { folder in
      for path in [folder] + names.map({ "\(folder)/\($0)" }) { #expect(ModelLoaderTests.refusal(path) == reason) }
    }
  }

  /// All of the file but its first bytes is one message, so that each cut is within it.
  @Test func aGraphThatIsCutShortIsRefusedWithItsPlace() throws {
    let (name, model) = ("saved_model.pb", TinySavedModel.variables)
    let size = model.bytes.count
    for count in [6, 100, size / 2, size - 1] {
      let line = try #require(try Self.refusal(model) { $0[name]?.removeLast(size - count) })
      #expect(
        line.contains(#/^saved_model\.pb: byte 3: the data ends early: \d+ bytes are promised, \d+ are there$/#),
        "\(line)")
    }
    #expect(try Self.refusal(model) { $0[name] = [8, 1, 18, 200] }?.hasSuffix("the data ends within a number") == true)
    for other in [[8, 1], [8, 1, 200], [8, 1, 26, 100], [8, 2, 18, 100]] as [[UInt8]] {
      #expect(try Self.refusal(model) { $0[name] = other }?.contains("no model of a known format") == true)
    }
  }

  @Test func whatAVariableLacksIsNamed() throws {
    let (old, new) = (TinySavedModel.variables, TinySavedModel.functions)
    let (index, data) = ("variables/variables.index", "variables/variables.data-00000-of-00001")
    for model in [old, new] {
      #expect(try Self.refusal(model) { $0[index] = nil } == "\(index): no such file or directory")
      #expect(try Self.refusal(model) { $0[data] = nil } == "\(data): no such file or directory")
      #expect(try Self.refusal(model) { $0[data]?.removeLast() }?.hasPrefix("\(data): tensor ") == true)
      #expect(
        try Self.refusal(model) { $0[data]?[40] ^= 1 }?.hasSuffix("its checksum is not that of its bytes") == true)
    }
    var other = old
    other.bundle = TinySavedModel.functions(named: ["First/weights": "weights"]).bundle
    #expect(try Self.refusal(other) == "\(index): there is no variable First/weights")
    other = new
    other.bundle = old.bundle
    other.bundle.tensors.removeFirst()
    #expect(try Self.refusal(other) == "\(index): there is no tensor First/weights")
    other = old
    other["First/weights"].attributes["shape"] = .shape([3, 3, 4, 3])
    #expect(
      try Self.refusal(other)?.replacing(#/but \S+ has/#, with: "but the index has")
        == "saved_model.pb: node First/weights (VariableV2): the variable is 3×3×4×3, but the index has 3×3×3×4 for it")
    other["First/weights"].attributes["shape"] = .shape([-1, 3, 3, 4])
    #expect(try Self.refusal(other) == nil)
    other["First/weights"].attributes["dtype"] = .type(9)
    #expect(try Self.refusal(other)?.contains("the variable is of type int64, but ") == true)
  }

  /// Layers may share their names; then the function says which object's variable it has bound.
  @Test func namesOfSeveralVariablesAreToldApartByTheirObjects() throws {
    var model = TinySavedModel.functions(named: ["Boxes0/biases": "biases", "Boxes1/biases": "biases"])
    let (read, expected) = (
      try withFiles(model.files) { try ModelLoader.model(at: $0) }, try TinyDetector.graph.model()
    )
    #expect(Self.weights(read) == Self.weights(expected))
    model.bound = [:]
    #expect(try Self.refusal(model) == "variables/variables.index: there are 2 variables biases")
  }

  @Test func functionsThatDoNotFitAreNamed() throws {
    let model = TinySavedModel.functions
    func line(_ change: (inout WrittenSavedModel) -> Void) throws -> String? {
      var model = model
      change(&model)
      return try Self.refusal(model)?.replacing("saved_model.pb: ", with: "")
    }
    let call = "StatefulPartitionedCall"
    #expect(
      try line { $0[call, in: "wrapper"].attributes["f"] = .function("wrapper") }
        == "node \(call)/\(call) (PartitionedCall): the function wrapper calls itself")
    #expect(
      try line { $0["while", in: "network"].attributes["body"] = .function("network") }?
        .hasSuffix("the function network calls itself") == true)
    #expect(
      try line { $0[call].attributes["f"] = .function("nothing") }
        == "node \(call) (\(call)): there is no function nothing")
    #expect(
      try line { $0[call].attributes["f"] = nil } == "node \(call) (\(call)): its attribute f names no function")
    #expect(
      try line { $0[call].inputs.removeLast() }
        == "node \(call) (\(call)): the function wrapper takes 11 arguments, not 10")
    #expect(
      try line { $0["first", in: "turn"].inputs[0] = "nowhere:y:0" }
        == "function turn: the input nowhere:y:0 is not in the graph")
    #expect(
      try line { $0["while", in: "network"].attributes["body"] = .function("goes_on") }
        == "node \(call)/\(call)/while (StatelessWhile): its body gives 1 values for 3")
    #expect(try line { $0.tag = "train" } == "none of its 1 graphs has the tag serve")
    #expect(try line { $0.signature = "train" } == "it has no signature serving_default with results")
    #expect(try line { $0.outputs = ["nowhere"] } == "the input nowhere is not in the graph")
    #expect(
      try line { $0["first", in: "turn"].attributes["shrink_axis_mask"] = nil }?
        .hasSuffix("this is not understood as pre-processing of the picture") == true)
  }

  /// Each function calls the next one twice: unfolded, a million nodes.
  @Test func functionsThatUnfoldWithoutEndAreRefused() throws {
    var model = TinySavedModel.frozen
    let name = String(repeating: "long_name_", count: 20)
    for number in 0..<40 {
      model.functions.append(
        WrittenFunction(
          name: "f\(number)", arguments: ["x"], results: [("y", "\(name)b:output:0")],
          nodes: ["a", "b"].map { letter in
            WrittenNode(
              name + letter, "PartitionedCall", [letter == "a" ? "x" : "\(name)a:output:0"],
              ["f": .function("f\(number + 1)")])
          }))
    }
    model.functions.append(WrittenFunction(name: "f40", arguments: ["x"], results: [("y", "x")], nodes: []))
    model.nodes.append(WrittenNode("call", "PartitionedCall", ["image"], ["f": .function("f0")]))
    model.outputs.append("call")
    #expect(
      try Self.refusal(model) == "saved_model.pb: its functions call each other too often to be put in one graph")
  }

  @Test func everyTruncationIsRefused() throws {
    let files = TinySavedModel.functions.files
    let whole = try #require(files["saved_model.pb"])
    for count in stride(from: 0, to: whole.count, by: 97 * TestData.portion) {
      #expect(try Self.refusal(TinySavedModel.functions) { $0["saved_model.pb"] = Array(whole[..<count]) } != nil)
    }
  }
}
