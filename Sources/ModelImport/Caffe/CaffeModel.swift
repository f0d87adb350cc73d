package import Model
internal import Posix
internal import Scene

/// The importer of Caffe's SSD models: a network as text with its weights as binary, or a binary that has both.
package enum CaffeModel: ModelImporter {
  /// The format's name, for people.
  package static let formatName = "Caffe"

  /// The words with which the text of a network begins.
  private static let firstWords: Set<String> = [
    "name", "input", "input_shape", "input_dim", "layer", "layers", "force_backward", "state",
  ]

  /// Whether the bytes look like a network, as text or binary.
  package static func recognizes(_ file: ModelFile) -> Bool {
    let start = file.bytes.prefix(1 << 14)
    if let word = TextProto.firstWord(of: start), firstWords.contains(word) {
      return String(decoding: start, as: UTF8.self).contains("layer")
    }
    return isBinary(file)
  }

  /// Whether the bytes begin as a network does: with fields of its own before a layer with a name.
  private static func isBinary(_ file: ModelFile) -> Bool {
    do throws(ByteError) {
      var reader = unsafe WireReader(file.bytes.bytes)
      for _ in 0..<16 {
        guard let field = try reader.next() else { return false }
        switch (field.number, field.value) {
        case (1, .bytes(let range)), (3, .bytes(let range)):
          guard try reader.text(in: range).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return false }
        case (4, .bytes), (4, .varint), (5, .varint), (6, .bytes), (7, .varint), (8, .bytes): continue
        case (100, .bytes(let range)):
          let fields = try CaffeSchema.layer.fields(of: try reader.message(in: range))
          return fields.contains { $0.name == "type" }
        case (2, .bytes(let range)):
          let fields = try CaffeSchema.oldLayer.fields(of: try reader.message(in: range))
          return fields.contains { ["type", "layer"].contains($0.name) }
        default: return false
        }
      }
      return false
    } catch { return false }
  }

  /// Reads the whole model.
  package static func model(from file: ModelFile) throws(ImportError) -> DetectionModel {
    let source = try CaffeSource(file)
    let end = try CaffeEnd(source.net)
    var translation = try CaffeTranslation(source, size: file.settings.size)
    let channels = translation.size(of: translation.graph.input).channels
    guard channels == 3 else {
      throw ImportError(file: source.net.path, reason: "its input has \(channels) channels, and pictures have 3")
    }
    try translation.translate(source.net.needed(for: end.bottoms))
    let head = try end.head(&translation)
    let family = CaffeFamily(source.net, trained: try source.net.trainingInput())
    let size = translation.inputSize
    var model = DetectionModel(
      name: "", graph: try translation.finish(end, head),
      input: InputContract(
        width: size.width, height: size.height, channelOrder: .bgr, resize: .openCV,
        normalization: family.normalization), head: head, labels: Labels())
    model.hasWeights = source.weights != nil
    for (questions, reason) in family.reasons {
      model.assume(questions, because: reason, isGuess: family.isGuess)
    }
    if end.isLoss {
      model.assume(
        OpenQuestion.suppression, because: "what SSD's own deployment has; the file is of a network that is trained")
    }
    if source.isWeightsOnly {
      model.notes.append("no .prototxt lies beside it: the network is as the weights' file says it")
    }
    return model
  }
}

extension CaffeModel {
  /// Returns the network in `file` whose outputs are what the layers called `names` give, with the channels last, to be
  /// compared layer by layer; no detections are at its end.
  ///
  /// - Throws: `ImportError` where the file is damaged or a layer gives no numbers.
  package static func network(in file: ModelFile, upTo names: [String]) throws(ImportError) -> Graph {
    let source = try CaffeSource(file)
    var translation = try CaffeTranslation(source, size: file.settings.size)
    let ends = source.net.layers.indices.filter { names.contains(source.net.layers[$0].name) }
    let tops = ends.flatMap { source.net.layers[$0].tops }
    try translation.translate(source.net.needed(for: ((ends.max() ?? 0) + 1, tops)))
    var outputs: [Graph.Value] = []
    for name in names {
      switch translation.results[name] {
      case .map(let value): outputs.append(value)
      case .flat(let flat): outputs.append(flat.value)
      case .priors, nil: throw ImportError(file: file.path, place: ["layer \(name)"], reason: "it gives no numbers")
      }
    }
    translation.graph.markOutputs(outputs)
    return translation.graph.droppingDeadNodes()
  }
}

/// What is there of a model: the network, and where its weights are.
struct CaffeSource {
  let net: CaffeNet
  /// The layers with weights, and the bytes they lie in; nil where there is only a text.
  let weights: (net: CaffeNet, bytes: MappedFile)?
  /// Whether there is no text.
  let isWeightsOnly: Bool

  /// Reads `file` and its other half.
  ///
  /// - Throws: `ImportError` where one of them is damaged, or both are text or binary.
  init(_ file: ModelFile) throws(ImportError) {
    let halves = [(file.path, file.bytes)] + (file.partner.map { [($0.path, $0.bytes)] } ?? [])
    var (text, binary): (CaffeNet?, (net: CaffeNet, bytes: MappedFile)?)
    for (path, bytes) in halves {
      if let content = Self.text(bytes) {
        guard text == nil else { throw ImportError(file: path, reason: "is text, and no file of weights") }
        text = try CaffeNet(text: content, path: path)
      } else {
        guard binary == nil else { throw ImportError(file: path, reason: "is no text of a network") }
        binary = (try CaffeNet(bytes, path: path), bytes)
      }
    }
    guard let net = text ?? binary?.net else { throw ImportError(file: file.path, reason: "the file is empty") }
    (self.net, weights, isWeightsOnly) = (net, binary, text == nil)
  }

  /// The longest text that is read.
  private static let mostText = 1 << 24

  /// Returns the content as text; nil where it is none.
  private static func text(_ bytes: MappedFile) -> String? {
    let content = unsafe bytes.bytes
    guard content.count <= mostText,
      unsafe content.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) })
    else { return nil }
    return unsafe String(validating: content, as: UTF8.self)
  }
}
