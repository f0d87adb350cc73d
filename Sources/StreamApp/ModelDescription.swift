internal import Model
internal import Scene

/// What there is to tell of a model: its rules, its layers and how large they are.
struct ModelDescription {
  let model: DetectionModel
  /// Where it was read.
  let path: String
  /// One for each node of the network, in order.
  let layers: [LayerDescription]
  /// The backbone, the extra layers and the predictors; empty where they cannot be told apart.
  let parts: [(part: DetectorParts.Part, count: GraphStatistics.Count)]
  let total: GraphStatistics.Count

  /// The description of `model`, which was read at `path`.
  init(_ model: DetectionModel, path: String) {
    (self.model, self.path) = (model, path)
    let statistics = GraphStatistics(model.graph)
    let found = DetectorParts(model.graph)?.parts
    layers = model.graph.nodes.indices.map {
      LayerDescription(model.graph, node: $0, part: found?[$0], count: statistics.nodes[$0])
    }
    parts =
      found.map { parts in
        DetectorParts.Part.allCases.map { part in
          (part, GraphStatistics.sum(parts.indices.lazy.filter { parts[$0] == part }.map { statistics.nodes[$0] }))
        }
      } ?? []
    total = statistics.total
  }

  /// The description for people.
  var text: String {
    let facts = facts.map { "\(padded($0.name, to: 13))\($0.value)" }.joined(separator: "\n")
    let head = ["layer", "operator", "kernel", "stride", "padding", "input", "output", "parameters", "multiply-adds"]
    var rows = parts.map { [$0.part.rawValue, grouped($0.count.parameters), grouped($0.count.multiplyAdds)] }
    rows.append(["total", grouped(total.parameters), grouped(total.multiplyAdds)])
    let sums = Table.text([["part", "parameters", "multiply-adds"]] + rows)
    let remark = !model.hasWeights ? "\n\n\(Self.random)" : hasNorms ? "" : "\n\n\(Self.merged)"
    return [facts, Table.text([head] + layers.map(\.row), words: 7), sums + remark]
      .joined(separator: "\n\n")
  }

  /// Whether the file holds a batch norm as such.
  private var hasNorms: Bool { layers.contains { $0.operation == "batch norm" } }

  /// What is said where it holds none.
  private static let merged =
    "No batch norm stands by itself: what there was is merged into weights, and one bias a channel."

  /// What is said of a configuration.
  private static let random = "The file has no weights: the network is what it describes."

  /// The file by which it is known again.
  var weights: WeightsFile? { WeightsFile(of: path, model.files) }

  /// The file of its weights where that is another one.
  var partner: WeightsFile? { WeightsFile(beside: path, model.files) }

  /// What is told before the layers, in the order of a picture's way.
  private var facts: [(name: String, value: String)] {
    [("name", model.name), ("format", model.format), ("file", path)]
      + [weights, partner].compactMap { $0 }
      .map { ("sha256", $0.path == path ? $0.hash : "\($0.hash) of \($0.path)") } + [
        ("arithmetic", arithmetic), ("input", input),
        ("heads", heads),
        ("classes", classes), ("scores", "\(model.head.scores)"), ("suppression", suppression),
      ] + model.assumptions.map { ("assumed", $0) }
  }

  /// In which numbers the network computes.
  private var arithmetic: String {
    switch model.graph.arithmetic {
    case .float32: "float32; products in bfloat16 with --precision bf16"
    case .integer8: "8-bit integers, as TensorFlow Lite's reference kernels compute"
    }
  }

  /// Size and pre-processing.
  private var input: String {
    let (input, normalization) = (model.input, model.input.normalization)
    let resize =
      switch input.resize {
      case .tensorFlowLegacy: "resized bilinearly without half-pixel centres"
      case .halfPixelCenters: "resized bilinearly with half-pixel centres"
      case .openCV: "resized bilinearly in whole numbers as OpenCV does"
      case .pillow: "resized in whole numbers as Pillow's BILINEAR does"
      }
    let steps =
      normalization.order == .afterResize ? [resize, normalization.formula] : [normalization.formula, resize]
    return "\(input.width)×\(input.height) \(input.channelOrder.rawValue.uppercased()), "
      + steps.joined(separator: ", then ")
  }

  /// Anchors and box coding.
  private var heads: String {
    let coder = model.head.coder
    let (y, x) = ("y · \(coder.centerYFactor)", "x · \(coder.centerXFactor)")
    let (height, width) = ("height · \(coder.heightFactor)", "width · \(coder.widthFactor)")
    let numbers =
      switch coder.order {
      case .yxhw: [y, x, height, width]
      case .xywh: [x, y, width, height]
      case .corners: ["left, top, right and bottom in pictures"]
      case .xyxy: ["left, top, right and bottom in its sizes"]
      }
    let own = model.head.anchorFactors == nil ? "" : ", by factors of each anchor's own,"
    let limit = coder.maxLogSize.map { " (logarithms of sizes up to \($0))" } ?? ""
    return "\(model.head.anchors.count) anchors, each with \(numbers.joined(separator: ", "))\(own)\(limit) "
      + "and \(model.head.columns) columns of classes"
  }

  /// How many there are, which numbers they have, and who names them.
  private var classes: String {
    let numbers = model.head.classNumbers
    let background = model.head.backgroundColumn.map { "background in column \($0)" } ?? "no background"
    let named = numbers.count { model.labels.names[$0] != nil }
    let origin =
      switch model.labelOrigin {
      case .none: "none named"
      case .model: "\(named) named by the model"
      case .file(let path): "\(named) named by \(path)"
      case .dataSet(let name): "\(named) named after \(name), whose number of classes this is"
      }
    return "\(numbers.count) from number \(numbers.lowerBound), \(origin); \(background)"
  }

  /// The rules of non-maximum suppression.
  private var suppression: String {
    let rules = model.head.suppression
    let clipping =
      switch rules.clipping {
      case .beforeSuppression: "clipped to the picture before"
      case .afterSuppression: "clipped to the picture after it"
      case .never: "not clipped"
      }
    let candidates = rules.candidatesPerClass.map { "the best \($0) of a class enter, " } ?? ""
    let kept = rules.keptPerClass.map { "\($0) of a class stay, " } ?? ""
    let passes = rules.includesThreshold ? "≥" : ">"
    let several = rules.classesPerBox > 1 ? ", \(rules.classesPerBox) classes of each box" : ""
    let decay = rules.decay < 1 ? " (times \(rules.decay) after each kept box while above 0.5)" : ""
    return "score \(passes) \(rules.scoreThreshold), IoU > \(rules.iouThreshold)\(decay) removes, \(candidates)\(kept)"
      + (rules.total.map { "\($0) in all\(rules.isTotalFinal ? " at most" : "")" } ?? "without limit in all")
      + "\(rules.isClassAgnostic ? ", whatever their classes\(several)" : "")"
      + "\(rules.prefersLaterClass ? ", of equal scores the later class's" : ""); boxes \(clipping)"
      + "\(rules.dropsEmptyBoxes ? ", empty ones dropped" : "")"
      + "\(rules.isInvertedBoxEmpty ? ", those with edges out of order overlap nothing" : "")"
  }
}

extension Normalization {
  /// What becomes of a value, for people.
  fileprivate var formula: String {
    func signed(_ value: Float) -> String { "\(value < 0 ? "−" : "+") \(value.magnitude)" }
    guard let channels else { return "x · \(scale) \(signed(offset))" }
    let formulas = channels.map {
      ($0.mean == 0 ? "x" : "(x − \($0.mean))") + " · \($0.scale)" + ($0.offset == 0 ? "" : " \(signed($0.offset))")
    }
    return formulas.allSatisfy { $0 == formulas.first } ? formulas.first ?? "x" : formulas.joined(separator: " | ")
  }
}

/// Returns `word` with blanks up to `width` characters.
private func padded(_ word: String, to width: Int) -> String {
  word + String(repeating: " ", count: max(width - word.count, 0))
}

/// Returns `number` with commas between thousands: `1,237,129,408`.
func grouped(_ number: Int) -> String {
  var groups: [String] = []
  var rest = number.magnitude
  while rest >= 1000 {
    let group = String(rest % 1000)
    groups.append(String(repeating: "0", count: 3 - group.count) + group)
    rest /= 1000
  }
  return (number < 0 ? "-" : "") + ([String(rest)] + groups.reversed()).joined(separator: ",")
}
