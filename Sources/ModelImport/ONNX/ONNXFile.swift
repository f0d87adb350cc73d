package import Model
internal import Posix
internal import Scene

/// The importer of ONNX models of SSD and SSDLite: their heads alone, or torchvision's whole model.
package enum ONNXFile: ModelImporter {
  /// The format's name, for people.
  package static let formatName = "ONNX"

  /// Whether the bytes begin as a `ModelProto` does: the version of its format, then who made it, or its operators, or
  /// its graph.
  package static func recognizes(_ file: ModelFile) -> Bool {
    var reader = unsafe WireReader(file.bytes.bytes)
    var isMade = false
    do throws(ByteError) {
      guard let version = try reader.next(), version.number == 1, case .varint(1...255) = version.value else {
        return false
      }
      // Of what stands before the graph each is there once, but for the versions of operators and notes of the maker.
      for _ in 0..<256 {
        guard let field = try reader.next() else { return false }
        switch (field.number, field.value) {
        case (7, .bytes): return true
        case (2, .bytes), (3, .bytes), (8, .bytes): isMade = true
        case (4, .bytes), (5, .varint), (6, .bytes), (14, .bytes), (20, .bytes), (25, .bytes): break
        default: return false
        }
      }
      return false
    } catch {
      // A file that ends early in its graph is one all the same, and is refused with its place.
      return isMade
    }
  }

  /// Reads the whole model.
  package static func model(from file: ModelFile) throws(ImportError) -> DetectionModel {
    let source = try ONNXModel(file)
    if let whole = try ONNXPostprocessing(source) {
      var translation = ONNXTranslation(source, input: whole.input, size: whole.size, isChannelsFirst: true)
      let (found, graph) = try network(&translation, whole.input, boxes: whole.boxes, classes: whole.classes)
      return model(graph, whole.contract, try whole.head(found), translation)
    }
    // Before anything else is asked of the model, all operators that are not known are named.
    let needed = try source.needed(by: source.outputs, given: Set(source.inputs.map { $0.name }))
    if let fault = source.unsupported(needed.filter { !ONNXTranslation.knows(source.nodes[$0]) }) { throw fault }
    let heads = try ONNXHeads(source)
    var translation = ONNXTranslation(
      source, input: heads.input, size: heads.size, isChannelsFirst: heads.isChannelsFirst)
    let (found, graph) = try network(&translation, heads.input, boxes: heads.boxes, classes: heads.classes)
    let rules = try heads.rules(found)
    var model = model(graph, rules.input, rules.head, translation)
    if heads.isSizeAssumed { model.assume([.size], because: "that of \(rules.owner); the file leaves it open") }
    let scores: [OpenQuestion] = found.classes.scores == .identity ? [.scores] : []
    model.assume(OpenQuestion.aroundHeads + scores, because: "as \(rules.owner) has it; the file ends in its heads")
    return model
  }

  /// Translates what the two heads need from `input` on.
  private static func network(
    _ translation: inout ONNXTranslation, _ input: String, boxes: String, classes: String
  ) throws(ImportError) -> (found: ONNXFound, graph: Graph) {
    try translation.translate(try translation.source.needed(by: [boxes, classes], given: [input]))
    let found = try ONNXFound(translation, boxes: boxes, classes: classes)
    let graph = try translation.finish(
      boxes: found.boxes, classes: found.classes, rows: found.rows, columns: found.columns)
    return (found, graph)
  }

  /// Puts a model together.
  private static func model(
    _ graph: Graph, _ input: InputContract, _ head: DetectionHead, _ translation: ONNXTranslation
  ) -> DetectionModel {
    var model = DetectionModel(name: "", graph: graph, input: input, head: head, labels: Labels())
    if translation.isHalf {
      model.notes.append("its weights have 16 bits; they are computed with in float32")
    }
    return model
  }
}
