internal import Model

/// The layer at the end of a network, which makes detections of boxes, scores and priors, or in training their loss.
struct CaffeEnd {
  let layer: CaffeLayer
  /// Its number among the network's layers, and the blobs that it reads.
  let bottoms: (index: Int, bottoms: [String])
  /// Whether the network is one that is trained, which says nothing of suppression.
  let isLoss: Bool
  private let path: String

  /// Finds it in `net`.
  ///
  /// - Throws: `ImportError` where there is none.
  init(_ net: CaffeNet) throws(ImportError) {
    func last(_ type: String) -> Int? { net.layers.lastIndex { $0.type == type && $0.isRun } }
    let detection = last("DetectionOutput")
    guard let index = detection ?? net.layers.lastIndex(where: { $0.type == "MultiBoxLoss" }) else {
      throw ImportError(file: net.path, reason: "the network does not end in a DetectionOutput layer")
    }
    (layer, path, isLoss) = (net.layers[index], net.path, detection == nil)
    // The fourth is for training or drawing; with more a network refines its boxes twice.
    guard (3...4).contains(layer.bottoms.count) else {
      throw ImportError(
        file: path, place: layer.place, reason: "it reads \(layer.bottoms.count) blobs instead of 3 or 4")
    }
    bottoms = (index, Array(layer.bottoms.prefix(3)))
  }

  /// What the parameters say.
  private struct Rules {
    var columns = 0
    var background = 0
    var code = "CORNER"
    var isVarianceInTarget = false
    var conversion: ScoreConversion?
    var suppression = Suppression(
      clipping: .never, dropsEmptyBoxes: false, scoreThreshold: 0.01, iouThreshold: 0.45, candidatesPerClass: 400,
      keptPerClass: nil, total: 200)
  }

  /// Returns what the heads' numbers mean.
  ///
  /// - Throws: `ImportError` where a parameter is not supported, or the heads do not fit.
  func head(_ translation: inout CaffeTranslation) throws(ImportError) -> DetectionHead {
    let rules = try isLoss ? lossRules() : detectionRules()
    guard case .flat(let boxes) = try translation.value(named: layer.bottoms[0], for: layer),
      case .flat(let classes) = try translation.value(named: layer.bottoms[1], for: layer),
      case .priors(let priors) = try translation.value(named: layer.bottoms[2], for: layer),
      !boxes.isPlanar, !classes.isPlanar
    else { throw fault("its bottoms are not boxes, scores and prior boxes") }
    let count = priors.boxes.count
    guard Shape(boxes.extents).count == 4 * count, Shape(classes.extents).count == rules.columns * count,
      boxes.scores == .identity, classes.columns ?? rules.columns == rules.columns
    else {
      throw fault(
        "\(Shape(boxes.extents)) box numbers and \(Shape(classes.extents)) scores do not fit \(count) prior boxes and "
          + "\(rules.columns) classes")
    }
    let (order, first) = (try order(rules.code), priors.variances[0])
    let unit = SIMD4<Float>(repeating: 1)
    let factors = rules.isVarianceInTarget ? unit : first
    var head = DetectionHead(
      anchors: priors.boxes,
      coder: BoxCoder(
        order: order, centerYFactor: factors.y, centerXFactor: factors.x, heightFactor: factors.w,
        widthFactor: factors.z),
      columns: rules.columns, backgroundColumn: rules.background < 0 ? nil : rules.background, classOffset: 0,
      scores: rules.conversion ?? classes.scores, suppression: rules.suppression)
    if !rules.isVarianceInTarget, !priors.variances.allSatisfy({ $0 == first }) {
      head.anchorFactors = priors.variances.map { CenteredBox(y: $0.y, x: $0.x, height: $0.w, width: $0.z) }
    }
    return head
  }

  private func fault(_ reason: String) -> ImportError { ImportError(file: path, place: layer.place, reason: reason) }

  /// Returns how boxes are encoded.
  private func order(_ code: String) throws(ImportError) -> BoxCoder.Order {
    switch code {
    case "CENTER_SIZE", "2": .xywh
    case "CORNER", "1": .corners
    case "CORNER_SIZE", "3": .xyxy
    default: throw fault("code_type \(code.printable(most: 60)) is not supported")
    }
  }

  private func detectionRules() throws(ImportError) -> Rules {
    var message = try layer.parameters("detection_output_param", file: path)
    message.pass("save_output_param", "visualize", "visualize_threshold", "save_file")
    var rules = Rules()
    rules.columns = try message.integer("num_classes", 0, in: 1...1 << 14)
    rules.background = try message.integer("background_label_id", 0, in: -1...rules.columns - 1)
    rules.code = try message.text("code_type") ?? rules.code
    rules.isVarianceInTarget = try message.flag("variance_encoded_in_target", false)
    guard try message.flag("share_location", true) else {
      throw message.error("share_location", "false, a box for each class, is not supported")
    }
    let threshold = try message.number("confidence_threshold", -Double(Float.greatestFiniteMagnitude), in: -1e39...1e39)
    let kept = try message.integer("keep_top_k", -1, in: -1...1 << 30)
    var suppression = try message.message("nms_param")
    rules.suppression.scoreThreshold = Float(threshold)
    rules.suppression.iouThreshold = Float(try suppression.number("nms_threshold", 0.3, in: -1e6...1e6))
    let entered = try suppression.integer("top_k", -1, in: -1...1 << 30)
    rules.suppression.candidatesPerClass = entered < 0 ? nil : entered
    rules.suppression.decay = Float(try suppression.number("eta", 1, in: 1e-6...1))
    rules.suppression.total = kept < 0 ? nil : kept
    rules.suppression.isInvertedBoxEmpty = true
    for message in [suppression, message] {
      if let name = message.firstName { throw message.error(name, "is not supported") }
    }
    return rules
  }

  private func lossRules() throws(ImportError) -> Rules {
    var message = try layer.parameters("multibox_loss_param", file: path)
    var rules = Rules()
    rules.columns = try message.integer("num_classes", 0, in: 1...1 << 14)
    rules.background = try message.integer("background_label_id", 0, in: -1...rules.columns - 1)
    rules.code = try message.text("code_type") ?? rules.code
    rules.isVarianceInTarget = try message.flag("encode_variance_in_target", false)
    rules.conversion = try message.text("conf_loss_type") == "LOGISTIC" ? .sigmoid : .softmax
    rules.suppression.isInvertedBoxEmpty = true
    guard try message.flag("share_location", true) else {
      throw message.error("share_location", "false, a box for each class, is not supported")
    }
    return rules
  }
}
