import Foundation
import Model
import ModelImport
import Scene
import TestData
import Testing

/// Caffe's files: what is found beside them, and what is refused in which words.
@Suite struct CaffeFileTests {
  /// Reads `text`, with or without weights beside it.
  private func model(_ text: String, hasWeights: Bool = true) throws -> DetectionModel {
    var files = ["deploy.prototxt": Array(text.utf8)]
    if hasWeights { files["tiny.caffemodel"] = try TinyCaffe.binary }
    return try withFiles(files) { try ModelLoader.model(at: "\($0)/deploy.prototxt") }
  }

  private func reason(_ text: String, hasWeights: Bool = true) throws -> String {
    let error = #expect(throws: ImportError.self) { try model(text, hasWeights: hasWeights) }
    #expect(error?.description.contains { $0.isNewline } == false)
    return error?.description ?? ""
  }

  /// The file from which mutations start is this; `STREAM_WRITE_CORPUS` writes it.
  @Test func theCorpusHasTheTinyModel() throws {
    let file = TestData.checkout.appending(path: "Tests/FuzzCorpus/caffe/tiny-ssd.caffemodel")
    if ProcessInfo.processInfo.environment["STREAM_WRITE_CORPUS"] != nil { try Data(TinyCaffe.binary).write(to: file) }
    #expect(try Data(contentsOf: file) == Data(TinyCaffe.binary))
  }

  @Test func eitherFileAndTheirFolderAreTheModel() throws {
    let files = try ["deploy.prototxt": Array(TinyCaffe.text.utf8), "tiny.caffemodel": TinyCaffe.binary]
    try withFiles(files) { folder in
      let all = try ["/deploy.prototxt", "/tiny.caffemodel", ""].map { try ModelLoader.model(at: folder + $0) }
      for model in all {
        #expect(model.format == "Caffe" && model.hasWeights && model.head.anchors == all[0].head.anchors)
        #expect(model.head.columns == 3 && model.input.resize == .openCV && model.input.channelOrder == .bgr)
        #expect(model.notes.isEmpty && model.assumptions.count == 4, "\(model.assumptions)")
      }
    }
  }

  @Test func weightsAloneHaveTheNetwork() throws {
    try withFiles(["a.caffemodel": TinyCaffe.binary]) { folder in
      let model = try ModelLoader.model(at: "\(folder)/a.caffemodel")
      #expect(model.hasWeights && model.notes.contains { $0.contains("no .prototxt") })
    }
  }

  @Test func aTextAloneHasNoWeights() throws {
    let model = try model(TinyCaffe.text, hasWeights: false)
    #expect(!model.hasWeights && model.graph.nodes.count > 10)
  }

  @Test func anArchiveHoldsBoth() throws {
    let tar = try TarArchive([
      (path: "tiny/deploy.prototxt", content: Array(TinyCaffe.text.utf8)),
      (path: "tiny/a.caffemodel", content: TinyCaffe.binary),
      (path: "tiny/a.stream.json", content: Array(#"{"mean": 3, "size": [24, 16]}"#.utf8)),
    ])
    try withFiles(["tiny.tar": tar.content]) { folder in
      let model = try ModelLoader.model(at: "\(folder)/tiny.tar")
      #expect(model.name == "tiny" && model.notes.isEmpty && model.input.width == 24)
      #expect(model.input.normalization.ofChannels.allSatisfy { $0.mean == 3 })
      #expect(model.assumptions.count == 4 && model.assumptions.last?.hasPrefix("mean, size: from") == true)
    }
  }

  @Test func severalTextsAreAQuestion() throws {
    let text = Array(try TinyCaffe.text.utf8)
    let files = ["a.prototxt": text, "b.prototxt": text, "tiny.caffemodel": try TinyCaffe.binary]
    let error = #expect(throws: ImportError.self) {
      try withFiles(files) { _ = try ModelLoader.model(at: "\($0)/tiny.caffemodel") }
    }
    #expect(error?.reason.contains("a.prototxt, b.prototxt?") == true)
  }

  @Test func ofManyTextsSixAreNamed() throws {
    let text = Array(try TinyCaffe.text.utf8)
    var files = Dictionary(uniqueKeysWithValues: (1...8).map { ("a\n\($0).prototxt", text) })
    files["tiny.caffemodel"] = try TinyCaffe.binary
    let error = #expect(throws: ImportError.self) {
      try withFiles(files) { _ = try ModelLoader.model(at: "\($0)/tiny.caffemodel") }
    }
    #expect(error?.reason.contains("a?5.prototxt, a?6.prototxt and 2 more?") == true, "\(error?.reason ?? "")")
  }

  /// Members of an archive that lie in no folder have their names too.
  @Test func theTextOfTheSameNameIsTheOtherHalfInAnArchiveToo() throws {
    let text = Array(try TinyCaffe.text.utf8)
    let tar = try TarArchive([
      ("other.prototxt", text), ("tiny.prototxt", text), ("tiny.caffemodel", TinyCaffe.binary),
      ("tiny.stream.json", Array(#"{"size": [24, 16]}"#.utf8)),
    ])
    try withFiles(["tiny.tar": tar.content]) { folder in
      let model = try ModelLoader.model(at: "\(folder)/tiny.tar")
      #expect(model.hasWeights && model.input.width == 24)
    }
  }

  @Test func aLabelMapIsNoNetwork() throws {
    let map = #"item { name: "none" label: 0 } item { name: "cat" label: 1 } item { name: "dog" label: 2 }"#
    let tar = try TarArchive([
      ("tiny/labelmap_voc.prototxt", Array(map.utf8)), ("tiny/solver.prototxt", Array("net: \"x\"".utf8)),
      ("tiny/deploy.prototxt", Array(TinyCaffe.text.utf8)),
    ])
    try withFiles(["tiny.tar": tar.content]) { folder in
      let model = try ModelLoader.model(at: "\(folder)/tiny.tar")
      #expect(model.format == "Caffe" && model.labels.names[2] == "dog")
    }
  }

  /// Layers of code are named, all at once.
  @Test func unknownLayersAreNamedAllAtOnce() throws {
    let text = try TinyCaffe.text
      .replacing(#"name: "norm" type: "Normalize""#, with: #"name: "norm" type: "Python" python_param { module: "m" }"#)
      .replacing(#"name: "pool" type: "Pooling""#, with: #"name: "pool" type: "SPP""#)
    let reason = try reason(text)
    #expect(reason.contains("Python (norm), SPP (pool)"), "\(reason)")
  }

  /// What is changed in the text, and the words of the error.
  static let wrong = [
    ("type: \"Normalize\"", "type: \"Normalize\" norm_param { power: 3 }", "norm_param.power"),
    ("num_output: 12", "num_output: 16", "weights 12×8×1×1 instead of 16×8×1×1"),
    ("name: \"loc1\"", "name: \"other\"", "layer other: it has no weights"),
    ("group: 8", "group: 3", "do not go into 3 groups"),
    ("bottom: \"norm\" top: \"loc1\"", "bottom: \"nothing\" top: \"loc1\"", "reads blob nothing"),
    ("top: \"conf1\"", "top: \"loc1\"", "which is there already"),
    ("order: [0, 2, 3, 1]", "order: [0, 3, 2, 1]", "an order other than"),
    ("num_classes: 3", "num_classes: 4", "do not fit"),
    ("type: \"DetectionOutput\"", "type: \"Silence\"", "does not end in a DetectionOutput"),
    ("dim: 16", "dim: 0", "dim"), ("dim: 3 dim: 16", "dim: 5 dim: 16", "is no picture"),
    ("min_size: 4", "min_size: 0", "sizes"), ("kernel_size: 3 stride: 2 }", "kernel_size: 0 }", "kernel_size"),
    ("eps: 0.001", "eps: 0.001 use_global_stats: false", "use_global_stats"),
    ("keep_top_k: 20", "share_location: false", "share_location"),
    ("keep_top_k: 20", "objectness_score: 0.01", "objectness_score"),
    ("bottom: \"prior\" top", "bottom: \"prior\" bottom: \"loc\" bottom: \"loc\" top", "reads 5 blobs"),
    ("layer {", "layer [", "line 4"),
  ]

  @Test(arguments: wrong) func whatDoesNotFitIsNamed(old: String, new: String, words: String) throws {
    let reason = try reason(TinyCaffe.text.replacing(old, with: new, maxReplacements: 1))
    #expect(reason.contains(words), "\(reason)")
  }

  @Test func anotherRoundingOfSizesIsRefusedInBothForms() throws {
    for (mode, isRead) in [("CEIL", true), ("FLOOR", false)] {
      let text = try TinyCaffe.text.replacing("pool: MAX", with: "pool: MAX round_mode: \(mode)")
      for files in [["a.prototxt": Array(text.utf8)], ["a.caffemodel": try TinyCaffe.binary(of: text)]] {
        let reason = try withFiles(files) { folder -> String? in
          do throws(ImportError) { _ = try ModelLoader.model(at: folder) } catch { return error.description }
          return nil
        }
        #expect(isRead ? reason == nil : reason?.contains("round_mode") == true, "\(reason ?? "")")
      }
    }
  }

  /// A text of these layers over a picture of `side`×`side`, that ends in blob `x`.
  private func text(_ layers: [String], side: Int) -> String {
    "input: \"data\" input_shape { dim: 1 dim: 3 dim: \(side) dim: \(side) }\n"
      + layers.map { "layer { \($0) }\n" }.joined()
      + #"layer { name: "out" type: "DetectionOutput" bottom: "x" bottom: "x" bottom: "x" top: "out" }"#
  }

  /// Joins double a blob as often as a text says; what has a number for each channel is counted in all.
  @Test(arguments: [
    #"type: "ReLU" relu_param { negative_slope: 0.5 }"#, #"type: "PReLU" prelu_param { channel_shared: true }"#,
    #"type: "Normalize" norm_param { across_spatial: false }"#,
    #"type: "Eltwise" bottom: "b25" eltwise_param { coeff: 2 coeff: 2 }"#, #"type: "Scale""#,
  ]) func constantsWithoutEndAreRefused(layer: String) throws {
    let joins = (0..<25).map {
      let bottom = $0 == 0 ? "data" : "b\($0)"
      return #"name: "join" type: "Concat" bottom: "\#(bottom)" bottom: "\#(bottom)" top: "b\#($0 + 1)""#
    }
    let reason = try reason(
      text(joins + [#"name: "last" bottom: "b25" top: "x" "# + layer], side: 1), hasWeights: false)
    #expect(reason.hasSuffix("layer last: the constants are too large"), "\(reason)")
  }

  @Test func joinedPriorBoxesAreCounted() throws {
    let boxes =
      #"name: "prior" type: "PriorBox" bottom: "data" bottom: "data" top: "b0" prior_box_param { "#
      + (1...16).map { "min_size: \($0) " }.joined() + "}"
    let joins = (0..<65).map {
      #"name: "join\#($0)" type: "Concat" bottom: "b\#($0)" top: "b\#($0 + 1)" concat_param { axis: 2 }"#
    }
    let last = #"name: "last" type: "Dropout" bottom: "b65" top: "x""#
    let reason = try reason(text([boxes] + joins + [last], side: 32), hasWeights: false)
    #expect(reason.hasSuffix("layer join63: more than 1048576 prior boxes in all are too many"), "\(reason)")
  }

  @Test func aSigmoidBeforeAnInnerProductIsNotLost() throws {
    let layers = [
      #"name: "flat" type: "Flatten" bottom: "data" top: "flat""#,
      #"name: "s" type: "Sigmoid" bottom: "flat" top: "s""#,
      #"name: "ip" type: "InnerProduct" bottom: "s" top: "x" inner_product_param { num_output: 4 }"#,
    ]
    #expect(try reason(text(layers, side: 4), hasWeights: false).contains("layer ip: InnerProduct of"))
  }

  /// The picture's batch norm is computed where the picture is normalised.
  @Test func batchNormsOfThePictureAreItsNormalisation() throws {
    let text = try TinyCaffe.text.replacing(
      #"layer { name: "conv" type"#,
      with: #"layer { name: "bn0" type: "BatchNorm" bottom: "data" top: "norm0" } "#
        + #"layer { name: "bn1" type: "BatchNorm" bottom: "norm0" top: "norm0" } layer { name: "conv" type"#
    ).replacing(#"bottom: "data" top: "pad""#, with: #"bottom: "norm0" top: "pad""#)
    let (plain, moved) = (try model(TinyCaffe.text, hasWeights: false), try model(text, hasWeights: false))
    #expect(moved.graph.nodes.count == plain.graph.nodes.count)
    #expect(moved.input.normalization.ofChannels.contains { $0.offset != 0 })
  }

  @Test func everyTruncationIsRefusedOrRead() throws {
    let (text, binary) = (Array(try TinyCaffe.text.utf8), try TinyCaffe.binary)
    for (bytes, name) in [(text, "a.prototxt"), (binary, "a.caffemodel")] {
      for count in stride(from: 0, to: bytes.count, by: 97 * TestData.portion) {
        try withFiles([name: Array(bytes[..<count])]) { folder in
          do throws(ImportError) { _ = try ModelLoader.model(at: "\(folder)/\(name)") } catch {
            #expect(!error.description.contains { $0.isNewline })
          }
        }
      }
    }
  }
}
