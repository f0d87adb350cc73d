internal import Model
internal import Scene

/// torchvision's whole SSD as its exporter unrolls it: normalisation and resize before the network, decoding, a choice of
/// candidates for each class and one suppression behind it.
///
/// Nothing of it is computed: it is recognised by its structure, and its constants become rules.
struct ONNXPostprocessing {
  /// The tensor that the first convolution reads, and its size.
  let (input, size): (String, Extent)
  /// The tensors of box encodings and of logits.
  let (boxes, classes): (String, String)
  let contract: InputContract
  private let source: ONNXModel
  private let coder: BoxCoder
  private let rules: Suppression
  /// Widths and heights of the boxes of a cell, map by map.
  private let sizes: [[SIMD2<Float>]]
  /// The columns of logits that are classes.
  private let columns: Set<Int>

  /// Nil where the model suppresses nothing.
  ///
  /// - Throws: `ImportError` iff it does, and not as torchvision's SSD: then it names what cannot be computed.
  init?(_ source: ONNXModel) throws(ImportError) {
    var structure = ONNXStructure(source)
    guard !structure.all("NonMaxSuppression").isEmpty else { return nil }
    let unknown = source.nodes.indices.filter { !ONNXTranslation.knows(source.nodes[$0]) }
    guard let picture = Self.picture(&structure), let decoding = Self.decoding(&structure),
      let choice = Self.choice(&structure), let rules = Self.suppression(&structure, choice),
      let softmax = structure.all("Softmax").first, structure.all("Softmax").count == 1,
      let classes = softmax.inputs.first, [-1, 2].contains(softmax.integer("axis") ?? -1)
    else {
      throw source.unsupported(unknown) ?? source.fault("its suppression is not torchvision's")
    }
    (self.source, input, size, contract) = (source, picture.input, picture.size, picture.contract)
    (boxes, self.classes, coder) = (decoding.boxes, classes, decoding.coder)
    (self.rules, columns, sizes) = (rules, choice.columns, Self.sizes(&structure))
  }

  /// Returns what the heads' numbers mean.
  ///
  /// - Throws: `ImportError` iff the anchors or the classes do not fit the network's maps and columns.
  func head(_ found: ONNXFound) throws(ImportError) -> DetectionHead {
    guard columns == Set(1..<found.columns) else {
      throw source.fault("\(columns.count) classes are chosen of \(found.columns) columns")
    }
    guard found.predictors.map({ $0.channels / 4 }) == sizes.map({ $0.count }), found.classes.scores == .identity else {
      let (anchors, channels) = (sizes.prefix(16).map { $0.count }, found.predictors.prefix(16).map { $0.channels })
      throw source.fault("\(anchors) anchors a cell do not fit \(channels) channels of boxes")
    }
    let maps = found.predictors.map { $0.size }
    return .torchvision(
      boxes: DefaultBoxes(sizes: sizes).centered(over: maps), columns: found.columns, coder: coder, rules: rules)
  }

  // MARK: Before the network

  /// Finds (x − mean) / deviation → Resize → the first convolution.
  private static func picture(_ structure: inout ONNXStructure)
    -> (input: String, size: Extent, contract: InputContract)?
  {
    let moving = ONNXStructure.moving.union(["Gather", "Concat", "Pad"])
    guard let convolution = structure.source.nodes.first(where: { $0.operation == "Conv" }),
      let input = convolution.inputs.first, let resize = structure.giver(convolution, through: moving),
      resize.operation == "Resize", resize.text("mode") == "linear", resize.integer("antialias") ?? 0 == 0,
      ["half_pixel", "pytorch_half_pixel", nil].contains(resize.text("coordinate_transformation_mode")),
      let quotient = structure.giver(resize, through: ONNXStructure.moving), quotient.operation == "Div",
      let difference = structure.giver(quotient, through: ONNXStructure.moving), difference.operation == "Sub",
      let picture = difference.inputs.first, structure.source.inputs.map({ $0.name }) == [picture],
      let means = structure.constant(difference, 1)?.floats, let mean = means.first,
      let deviations = structure.constant(quotient, 1)?.floats, let deviation = deviations.first,
      means.allSatisfy({ $0 == mean }), deviations.allSatisfy({ $0 == deviation && $0.isNormal && $0 > 0 }),
      let size = targetSize(resize, &structure), mean.isFinite
    else { return nil }
    return (
      input, size, .torchvision(width: size.width, height: size.height, mean: mean, deviation: deviation)
    )
  }

  /// Returns the height and width that a resize makes: operand 3, or the constant that is joined to a shape's start.
  private static func targetSize(_ resize: ONNXNode, _ structure: inout ONNXStructure) -> Extent? {
    var list = structure.constant(resize, 3)?.integers
    if list == nil, let joined = structure.giver(resize, 3), joined.operation == "Concat" {
      list = structure.constant(joined, joined.inputs.count - 1)?.integers
    }
    guard let size = list?.suffix(2), size.count == 2, size.allSatisfy({ Extent.sides.contains($0) }),
      let height = size.first, let width = size.last
    else { return nil }
    return Extent(height: height, width: width)
  }

  // MARK: Behind the network

  /// Finds the division of each of the four encodings, and the exponentials of two of them.
  private static func decoding(_ structure: inout ONNXStructure) -> (boxes: String, coder: BoxCoder)? {
    let exponentials = structure.all("Exp")
    var (limits, data) = ([Float](), Set<String>())
    for exponential in exponentials {
      guard let limit = structure.giver(exponential), limit.operation == "Clip",
        let most = structure.number(limit, 2) ?? limit.float("max"), let quotient = structure.giver(limit),
        quotient.operation == "Div", let part = structure.giver(quotient), part.operation == "Slice",
        let whole = part.inputs.first
      else { return nil }
      limits.append(most)
      data.insert(whole)
    }
    guard exponentials.count == 2, limits[0] == limits[1], data.count == 1, let whole = data.first,
      let joined = structure.giver(of: whole, through: ONNXStructure.moving), joined.operation == "Concat",
      let boxes = joined.outputs.first
    else { return nil }
    var divisors: [Int: Float] = [:]
    for quotient in structure.all("Div") {
      guard let part = structure.giver(quotient), part.operation == "Slice", part.inputs.first == whole,
        let start = structure.integer(part, 1), structure.integer(part, 3) == 1, structure.integer(part, 4) == 4,
        let divisor = structure.number(quotient, 1), divisor.isNormal
      else { continue }
      guard divisors.updateValue(divisor, forKey: start) == nil else { return nil }
    }
    guard let x = divisors[0], let y = divisors[1], let width = divisors[2], let height = divisors[3] else {
      return nil
    }
    let coder = BoxCoder(
      order: .xywh, centerYFactor: 1 / y, centerXFactor: 1 / x, heightFactor: 1 / height, widthFactor: 1 / width,
      maxLogSize: limits[0])
    return (boxes, coder)
  }

  /// What is chosen for each class before the suppression.
  private struct Choice {
    var columns: Set<Int>
    var threshold: Float
    var candidates: Int
  }

  /// Finds, for each class, its column's comparison with a threshold and the choice of the best.
  private static func choice(_ structure: inout ONNXStructure) -> Choice? {
    var (columns, thresholds, candidates) = (Set<Int>(), Set<Float>(), Set<Int>())
    let comparisons = structure.all("Greater")
    for comparison in comparisons {
      guard let threshold = structure.number(comparison, 1), let column = structure.giver(comparison),
        column.operation == "Gather", column.integer("axis") == 1, let index = structure.integer(column, 1),
        structure.giver(column, through: ONNXStructure.moving)?.operation == "Softmax"
      else { return nil }
      columns.insert(index)
      thresholds.insert(threshold)
    }
    let choices = structure.all("TopK")
    for choice in choices {
      let least = structure.giver(choice, 1, through: ONNXStructure.moving)
      guard let least, ["ReduceMin", "Min"].contains(least.operation), choice.integer("largest") ?? 1 == 1 else {
        return nil
      }
      let joined = least.operation == "Min" ? least : structure.giver(least)
      guard let joined else { return nil }
      let counts = joined.inputs.indices.compactMap { structure.integer(joined, $0) }
      guard counts.count == 1 else { return nil }
      candidates.insert(counts[0])
    }
    guard comparisons.count == columns.count, choices.count == columns.count, thresholds.count == 1,
      candidates.count == 1, let threshold = thresholds.first, let count = candidates.first, count > 0
    else { return nil }
    return Choice(columns: columns, threshold: threshold, candidates: count)
  }

  /// Finds the clipping, the suppression of boxes that are shifted by their class, and the greatest number of results.
  private static func suppression(_ structure: inout ONNXStructure, _ choice: Choice) -> Suppression? {
    let suppressions = structure.all("NonMaxSuppression")
    let moving = ONNXStructure.moving
    guard suppressions.count == 1, let suppression = suppressions.first, let overlap = structure.number(suppression, 3),
      suppression.inputs.element(4) ?? "" == "", suppression.integer("center_point_box") ?? 0 == 0,
      let shifted = structure.giver(suppression, 0, through: moving), shifted.operation == "Add",
      let offsets = structure.giver(shifted, 1, through: moving.union(["Slice"])), offsets.operation == "Mul",
      structure.all("Max").count == 2, structure.all("Min").count == 2
    else { return nil }
    for clip in structure.all("Max") {
      guard structure.number(clip, 1) == 0 else { return nil }
    }
    let kept = Set(structure.all("If").flatMap { $0.outputs } + suppression.outputs)
    var totals = Set<Int>()
    for part in structure.all("Slice") {
      guard let data = part.inputs.first, kept.contains(data), structure.integer(part, 1) == 0,
        let end = structure.integer(part, 2), end > 0
      else { continue }
      totals.insert(end)
    }
    guard totals.count == 1, let total = totals.first, structure.integer(suppression, 2) ?? 0 >= total else {
      return nil
    }
    return Suppression(
      clipping: .beforeSuppression, dropsEmptyBoxes: false, scoreThreshold: choice.threshold, iouThreshold: overlap,
      candidatesPerClass: choice.candidates, keptPerClass: nil, total: total)
  }

  /// Returns the sizes that are repeated over the cells of each map, in the order of the maps.
  private static func sizes(_ structure: inout ONNXStructure) -> [[SIMD2<Float>]] {
    var sizes: [[SIMD2<Float>]] = []
    for repetition in structure.source.nodes where repetition.operation == "Tile" {
      guard let value = structure.constant(repetition, 0), value.extents.count == 2, value.extents[1] == 2,
        let floats = value.floats, floats.allSatisfy({ $0.isFinite })
      else { continue }
      sizes.append(stride(from: 0, to: floats.count - 1, by: 2).map { SIMD2(floats[$0], floats[$0 + 1]) })
    }
    return sizes
  }
}
