internal import Model
internal import Scene

/// Where a model ends in its heads: in the detection operator, or in box encodings and scores that a caller decodes.
struct TFLiteHeads {
  /// The operator that decodes and suppresses; nil where that is left to the caller.
  let detection: DetectionOperator?
  /// The tensors of box encodings and of scores or logits.
  let (boxes, scores): (Int, Int)
  /// The tensor of anchors; nil where the file has none.
  let anchors: Int?
  private let source: TFLiteModel

  /// What the network gives there.
  struct Found {
    let boxes, classes: TFLiteTranslation.Live
    let rows: Int
    let columns: Int
  }

  /// - Throws: `ImportError` iff there is no detection operator, and not two outputs that may be heads.
  init(_ source: TFLiteModel) throws(ImportError) {
    self.source = source
    detection = try DetectionOperator(source)
    if let detection {
      (boxes, scores, anchors) = (detection.boxes, detection.scores, detection.anchors)
      return
    }
    let live = source.dependents(on: source.inputs.first ?? 0)
    let heads = source.outputs.filter { live[$0] }
    let others = source.outputs.filter { !live[$0] }
    guard heads.count == 2, others.count <= 1 else {
      throw source.fault(
        "its \(source.outputs.count) outputs are not box encodings and class scores, nor does it end in "
          + DetectionOperator.name)
    }
    anchors = others.first
    // LOGISTIC or SOFTMAX tells the scores. With three classes and the background raw heads both have four columns: then
    // boxes come first, as exporters write them.
    let givers = source.givers
    let isScored = heads.map { Self.isScored($0, source, givers) }
    let isFirst = isScored[0] != isScored[1] ? isScored[1] : source.tensors[heads[0]].extents.last == 4
    (boxes, scores) = isFirst ? (heads[0], heads[1]) : (heads[1], heads[0])
  }

  /// Returns whether LOGISTIC or SOFTMAX gives `tensor`, or the parts that it was joined of.
  private static func isScored(_ tensor: Int, _ source: TFLiteModel, _ givers: [Int: TFLiteOperator]) -> Bool {
    var giver = source.origin(of: tensor, givers)
    if let joined = giver, joined.code.name == "CONCATENATION" {
      giver = joined.inputs.first.flatMap { source.origin(of: $0, givers) }
    }
    return ["LOGISTIC", "SOFTMAX"].contains(giver?.code.name)
  }

  /// Returns what the network gives as heads.
  ///
  /// - Throws: `ImportError` iff they are not box encodings of four numbers and as many rows of scores.
  func found(_ translation: inout TFLiteTranslation) throws(ImportError) -> Found {
    guard let boxes = try translation.realHead(tensor: boxes), let classes = try translation.realHead(tensor: scores)
    else {
      throw source.fault("its heads do not depend on the picture")
    }
    guard boxes.scores == .identity, boxes.extents.last == 4, let columns = classes.extents.last, columns > 0,
      let numbers = Shape(boxes.extents).count, let logits = Shape(classes.extents).count,
      numbers / 4 == logits / columns
    else {
      throw source.fault(
        "box encodings \(Shape(boxes.extents)) and scores \(Shape(classes.extents)) are not supported as heads")
    }
    guard numbers / 4 <= DetectionHead.mostAnchors else { throw source.fault("\(numbers / 4) boxes are too many") }
    return Found(boxes: boxes, classes: classes, rows: numbers / 4, columns: columns)
  }

  /// Returns what the heads' numbers mean.
  func head(_ found: Found, _ translation: inout TFLiteTranslation) throws(ImportError) -> DetectionHead {
    if let detection {
      guard let value = try translation.constant(tensor: detection.anchors), let floats = value.floats,
        value.extents == [found.rows, 4]
      else { throw source.fault(detection.place, "its anchors are not four numbers for each of \(found.rows) boxes") }
      return try detection.head(columns: found.columns, conversion: found.classes.scores, anchors: floats)
    }
    guard found.columns >= 2 else { throw source.fault("there are no classes beside the background") }
    if let anchors { return try cornerHead(found, anchors, &translation) }
    // Scores of whole numbers are the network's own work.
    let raw: ScoreConversion = Self.isScored(scores, source, source.givers) ? .identity : .sigmoid
    return DetectionHead.standard(
      anchors: try standardAnchors(rows: found.rows), columns: found.columns,
      scores: found.classes.scores == .identity ? raw : found.classes.scores)
  }

  /// Returns the head of a file that gives its anchors as a third output: the form of the STM32 model zoo, whose scripts
  /// move the anchors' edges by multiples of their sizes and suppress class by class.
  ///
  /// The numbers of the suppression are those of the zoo's configuration, for the file does not have them.
  private func cornerHead(_ found: Found, _ anchors: Int, _ translation: inout TFLiteTranslation) throws(ImportError)
    -> DetectionHead
  {
    guard let value = try translation.constant(tensor: anchors), let floats = value.floats,
      floats.count == 4 * found.rows, value.extents.last == 4
    else { throw source.fault("its anchors are not four numbers for each of \(found.rows) boxes") }
    return DetectionHead(
      anchors: stride(from: 0, to: floats.count, by: 4).map {
        Box(yMin: floats[$0 + 1], xMin: floats[$0], yMax: floats[$0 + 3], xMax: floats[$0 + 2])
      },
      coder: BoxCoder(order: .xyxy, centerYFactor: 1, centerXFactor: 1, heightFactor: 1, widthFactor: 1),
      columns: found.columns, backgroundColumn: 0, classOffset: 0, scores: found.classes.scores,
      suppression: Suppression(
        clipping: .never, dropsEmptyBoxes: false, scoreThreshold: 0.001, iouThreshold: 0.5, candidatesPerClass: nil,
        keptPerClass: nil, total: 10))
  }

  /// Returns the anchors that the Object Detection API lays over six maps, the first with three boxes a cell and the
  /// others with six: what all its published SSD configurations do, and what a file without anchors cannot say.
  ///
  /// - Throws: `ImportError` iff the boxes do not come from such maps.
  private func standardAnchors(rows: Int) throws(ImportError) -> [Box] {
    let maps = predictors()
    guard maps.map({ $0.channels }) == [12, 24, 24, 24, 24, 24] else {
      throw source.fault(
        "the file has no anchors, and its boxes are not those of six maps with 3, 6, 6, 6, 6 and 6 "
          + "boxes a cell, for which they are known")
    }
    // The file's word for these sizes, which must agree with what the network gives.
    let counts = maps.map { Shape([$0.size.height, $0.size.width, $0.channels / 4]).count ?? rows + 1 }
    guard counts.allSatisfy({ $0 <= rows }), counts.reduce(0, +) == rows else {
      throw source.fault("the file has no anchors, and the standard ones do not fit \(rows) boxes")
    }
    let input = source.tensors[source.inputs[0]].extents
    return AnchorConfig.standard.anchors(maps: maps.map { $0.size }, height: input[1], width: input[2])
  }

  /// Returns the size and the channels of what each box predictor gives, in the order in which they are joined.
  private func predictors() -> [(size: Extent, channels: Int)] {
    let givers = source.givers
    guard let joined = source.origin(of: boxes, givers), joined.code.name == "CONCATENATION" else { return [] }
    return joined.inputs.compactMap { part in
      guard part >= 0, let predictor = source.origin(of: part, givers), let output = predictor.outputs.first else {
        return nil
      }
      let extents = source.tensors[output].extents
      return extents.count == 4 ? (Extent(height: extents[1], width: extents[2]), extents[3]) : nil
    }
  }
}
