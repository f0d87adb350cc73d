package import Model
internal import Posix
internal import Scene

/// The importer of TensorFlow Lite models of SSD and SSDLite, with and without the detection operator at their end.
package enum TFLiteFile: ModelImporter {
  /// The format's name, for people.
  package static let formatName = "TensorFlow Lite"

  /// Whether the bytes say that they are a model of this format.
  package static func recognizes(_ file: ModelFile) -> Bool {
    unsafe FlatBuffer(file.bytes.bytes).isOf(TFLiteModel.identifier)
  }

  /// Reads the whole model.
  package static func model(from file: ModelFile) throws(ImportError) -> DetectionModel {
    let source = try TFLiteModel(file)
    let metadata = try TFLiteMetadata(source)
    let contract = try contract(source, metadata)
    let heads = try TFLiteHeads(source)
    var translation = try TFLiteTranslation(source, input: source.inputs[0])
    try translation.translate(
      try source.needed(by: [heads.boxes, heads.scores] + (heads.anchors.map { [$0] } ?? []), input: source.inputs[0]))
    let found = try heads.found(&translation)
    let head = try heads.head(found, &translation)
    let graph = try translation.finish(
      boxes: found.boxes, classes: found.classes, rows: found.rows, columns: found.columns)
    var model = DetectionModel(name: "", graph: graph, input: contract, head: head, labels: Labels())
    if !translation.isQuantized, translation.isHybrid {
      model.notes.append(
        "its weights have 8 bits and are used as what they stand for, in float32; "
          + "TensorFlow Lite also rounds what each layer reads to 8 bits")
    }
    let isNormalized = metadata.normalization != nil || contract.normalization.isIdentity
    model.assume(
      isNormalized ? [.channels, .resize] : OpenQuestion.picture,
      because: "what such networks are trained with; the file does not say", isGuess: !isNormalized)
    if heads.detection == nil { assumeRules(&model, heads, scoresAreOpen: found.classes.scores == .identity) }
    model.numbersFollowLabels = heads.detection != nil
    model.labelFault = metadata.labelFault
    if let text = metadata.labels {
      model.numberClasses(behindBackground: LabelFile.beginsWithBackground(text))
      let (labels, count) = LabelFile.lines(text, from: model.head.classNumbers.lowerBound)
      model.labels = labels
      if count != model.head.classNumbers.count {
        model.labelDoubt =
          "the list of labels in it names \(count.counted("class", "classes")), but the model has "
          + "\(model.head.classNumbers.count)"
      }
    }
    return model
  }

  /// Returns how a picture becomes what the network reads, in the real numbers that its input stands for.
  private static func contract(_ source: TFLiteModel, _ metadata: TFLiteMetadata) throws(ImportError) -> InputContract {
    guard source.inputs.count == 1, let input = source.inputs.first else {
      throw source.fault("it reads \(source.inputs.count) tensors, not one picture")
    }
    let definition = source.tensors[input]
    guard definition.extents.count == 4, definition.extents[0] == 1, definition.extents[3] == 3,
      definition.extents[1...2].allSatisfy({ Extent.sides.contains($0) })
    else { throw source.fault(tensor: input, "\(Shape(definition.extents)) is no RGB picture") }
    let normalization: Normalization
    switch definition.type.scalar {
    case .float32:
      let (mean, deviation) = metadata.normalization ?? (127.5, 127.5)
      normalization = Normalization(scale: 1 / deviation, offset: -mean / deviation, order: .afterResize)
    case .uint8 where definition.isQuantized, .int8 where definition.isQuantized:
      // The network's first node reads the picture's values, whatever its numbers mean.
      normalization = Normalization(scale: 1, offset: 0, order: .afterResize)
    default: throw source.fault(tensor: input, "a picture of type \(definition.type) is not supported")
    }
    return InputContract(
      width: definition.extents[2], height: definition.extents[1], channelOrder: .rgb, resize: .tensorFlowLegacy,
      normalization: normalization)
  }

  /// Notes the rules that a file leaves open which ends in its heads.
  private static func assumeRules(_ model: inout DetectionModel, _ heads: TFLiteHeads, scoresAreOpen: Bool) {
    let rules = [.factors] + OpenQuestion.suppression
    if heads.anchors != nil {
      model.assume(
        rules, because: "as the STM32 model zoo's scripts and configuration have it; the file ends in its heads")
    } else {
      model.assume(
        [.anchors] + rules + (scoresAreOpen && model.head.scores == .sigmoid ? [.scores] : []),
        because: "as the Object Detection API's standard configuration has it; the file ends in its heads")
    }
  }
}

extension Normalization {
  /// Whether a pixel's value stays as it is.
  fileprivate var isIdentity: Bool { channels == nil && scale == 1 && offset == 0 }
}
