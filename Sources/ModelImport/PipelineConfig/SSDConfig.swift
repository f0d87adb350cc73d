internal import Model
internal import Scene

/// What the `model` of a `pipeline.config` says of an SSD, with protobuf's defaults for what it does not say
/// (`object_detection/protos` of TensorFlow's model garden).
struct SSDConfig {
  /// Kinds of feature extractors, by their names in the file.
  enum Extractor: String, CaseIterable {
    case mobileNetV1 = "ssd_mobilenet_v1"
    case mobileNetV2 = "ssd_mobilenet_v2"
    case mobileNetV3Large = "ssd_mobilenet_v3_large"
    case mobileNetV3Small = "ssd_mobilenet_v3_small"
  }

  /// What stands behind a convolution.
  struct Style {
    var activation = Activation.relu6
    /// Whether batch norms have a gamma and a beta; nil is a bias in place of a batch norm.
    var norm: (hasScale: Bool, hasCenter: Bool)? = (true, true)
  }

  /// The convolutions in front of, and in, the predictors.
  struct Predictor {
    var kernel: Int
    var isDepthwise: Bool
    /// Layers of 1×1 in front of both branches, and how many channels they have at least and at most; 0 is no bound.
    var layersBefore: Int
    var minDepth: Int
    var maxDepth: Int
    var style: Style
  }

  var classCount: Int
  var height: Int
  var width: Int
  var extractor: Extractor
  var depthMultiplier: Double
  var minDepth: Int
  var mapCount: Int
  /// SSDLite's switch for the extra layers.
  var isDepthwise: Bool
  /// Whether windows are padded alike on both sides, whatever the size of the map.
  var hasExplicitPadding: Bool
  /// Of the backbone, and of the extra layers.
  var baseStyle: Style
  var extraStyle: Style
  var predictor: Predictor
  var anchors: AnchorConfig
  var coder: BoxCoder
  var scores: ScoreConversion
  var suppression: Suppression
  /// What the file says and is not used, in sentences.
  var notes: [String] = []
}

extension SSDConfig {
  /// Unknown fields that are named, at most.
  private static let mostNamed = 16

  /// Reads the fields of a `pipeline.config`.
  ///
  /// - Throws: `ImportError` iff a value is out of range, or the model is none that is supported, with the field.
  init(_ fields: [TextProto.Field], file: String) throws(ImportError) {
    var whole = ConfigMessage(fields, path: [], file: file)
    whole.pass("train_config", "train_input_reader", "eval_config", "eval_input_reader", "eval_input_configs")
    var model = try whole.message("model")
    guard var ssd = try model.optionalMessage("ssd") else {
      throw model.error(model.firstName ?? "ssd", "the model is no SSD")
    }
    ssd.pass(
      "matcher", "similarity_calculator", "loss", "normalize_loss_by_num_matches", "normalize_loc_loss_by_codesize",
      "encode_background_as_zeros", "inplace_batchnorm_update", "freeze_batchnorm", "negative_class_weight",
      "add_background_class", "use_expected_classification_loss_under_sampling")
    classCount = try ssd.integer("num_classes", 0, in: 1...10_000)
    guard classCount > 0 else { throw ssd.error("num_classes", "is missing") }
    var rest: [String] = []
    (height, width) = try Self.size(&ssd, &rest)

    var features = try ssd.message("feature_extractor")
    let name = try features.text("type") ?? ""
    guard let extractor = Extractor(rawValue: name) else {
      let known = Extractor.allCases.map(\.rawValue).joined(separator: ", ")
      throw features.error("type", "feature extractor \(name) is not supported; \(known) are")
    }
    self.extractor = extractor
    depthMultiplier = try features.number("depth_multiplier", 1, in: 0.01...8)
    minDepth = try features.integer("min_depth", 16, in: 0...4096)
    mapCount = try features.integer("num_layers", 6, in: 3...6)
    isDepthwise = try features.flag("use_depthwise", false)
    hasExplicitPadding = try features.flag("use_explicit_padding", false)
    let multiple = try features.integer("pad_to_multiple", 1, in: 1...4096)
    guard height % multiple == 0, width % multiple == 0 else {
      throw features.error("pad_to_multiple", "pictures of \(width)×\(height) would be padded, which is not supported")
    }
    extraStyle = try Self.style(&features, &rest)
    baseStyle = try features.flag("override_base_feature_extractor_hyperparams", false) ? extraStyle : Style()
    features.pass("replace_preprocessor_with_placeholder")
    rest += features.rest

    predictor = try Self.predictor(&ssd, &rest)
    anchors = try AnchorConfig(&ssd, &rest)
    guard anchors.layerCount == mapCount else {
      throw ssd.error(
        "anchor_generator", "anchors for \(anchors.layerCount) maps do not fit the \(mapCount) maps of \(name)")
    }
    coder = try Self.coder(&ssd, &rest)
    (scores, suppression) = try Self.postProcessing(&ssd, &rest)
    let rewriter = try whole.optionalMessage("graph_rewriter")
    rest += ssd.rest + model.rest + whole.rest
    if rewriter != nil { notes.append("graph_rewriter is not used: the network is built in floats, unquantised") }
    if !rest.isEmpty { notes.append("unknown and not used: \(rest.listed(most: Self.mostNamed))") }
  }

  private static func size(
    _ ssd: inout ConfigMessage, _ rest: inout [String]
  ) throws(ImportError) -> (height: Int, width: Int) {
    var resizer = try ssd.message("image_resizer")
    guard var fixed = try resizer.optionalMessage("fixed_shape_resizer") else {
      throw resizer.error(resizer.firstName ?? "fixed_shape_resizer", "only a fixed shape is supported")
    }
    let method = try fixed.text("resize_method") ?? "BILINEAR"
    guard method == "BILINEAR" else { throw fixed.error("resize_method", "\(method) is not supported; BILINEAR is") }
    guard try !fixed.flag("convert_to_grayscale", false) else {
      throw fixed.error("convert_to_grayscale", "grey pictures are not supported")
    }
    let size = (
      height: try fixed.integer("height", 300, in: 32...4096), width: try fixed.integer("width", 300, in: 32...4096)
    )
    rest += fixed.rest + resizer.rest
    return size
  }

  /// Reads `conv_hyperparams` of `message`.
  private static func style(
    _ message: inout ConfigMessage, _ rest: inout [String]
  ) throws(ImportError) -> Style {
    var parameters = try message.message("conv_hyperparams")
    parameters.pass("regularizer", "initializer", "regularize_depthwise", "force_use_bias")
    let operation = try parameters.text("op") ?? "CONV"
    guard operation == "CONV" else { throw parameters.error("op", "\(operation) is not supported; CONV is") }
    var style = Style(norm: nil)
    let name = try parameters.text("activation") ?? "RELU"
    switch name {
    case "NONE", "0": style.activation = .none
    case "RELU", "1": style.activation = .relu
    case "RELU_6", "2": style.activation = .relu6
    default: throw parameters.error("activation", "\(name) is not supported; NONE, RELU and RELU_6 are")
    }
    if var norm = try parameters.optionalMessage("batch_norm") {
      norm.pass("decay", "epsilon", "train")
      style.norm = (try norm.flag("scale", false), try norm.flag("center", true))
      rest += norm.rest
    }
    rest += parameters.rest
    return style
  }

  private static func predictor(
    _ ssd: inout ConfigMessage, _ rest: inout [String]
  ) throws(ImportError) -> Predictor {
    var kinds = try ssd.message("box_predictor")
    guard var message = try kinds.optionalMessage("convolutional_box_predictor") else {
      throw kinds.error(
        kinds.firstName ?? "convolutional_box_predictor", "is not supported; convolutional_box_predictor is")
    }
    message.pass("use_dropout", "dropout_keep_probability", "class_prediction_bias_init")
    guard try message.integer("box_code_size", 4, in: 1...64) == 4 else {
      throw message.error("box_code_size", "only boxes of 4 numbers are supported")
    }
    guard try !message.flag("apply_sigmoid_to_scores", false) else {
      throw message.error("apply_sigmoid_to_scores", "scores before the post-processing are not supported")
    }
    let predictor = Predictor(
      kernel: try message.integer("kernel_size", 1, in: 1...9), isDepthwise: try message.flag("use_depthwise", false),
      layersBefore: try message.integer("num_layers_before_predictor", 0, in: 0...16),
      minDepth: try message.integer("min_depth", 0, in: 0...4096),
      maxDepth: try message.integer("max_depth", 0, in: 0...4096), style: try style(&message, &rest))
    rest += message.rest + kinds.rest
    return predictor
  }

  private static func coder(_ ssd: inout ConfigMessage, _ rest: inout [String]) throws(ImportError) -> BoxCoder {
    var kinds = try ssd.message("box_coder")
    guard var message = try kinds.optionalMessage("faster_rcnn_box_coder") else {
      throw kinds.error(kinds.firstName ?? "faster_rcnn_box_coder", "is not supported; faster_rcnn_box_coder is")
    }
    let range = 1e-3...1e6
    let coder = BoxCoder(
      order: .yxhw, centerYFactor: 1 / Float(try message.number("y_scale", 10, in: range)),
      centerXFactor: 1 / Float(try message.number("x_scale", 10, in: range)),
      heightFactor: 1 / Float(try message.number("height_scale", 5, in: range)),
      widthFactor: 1 / Float(try message.number("width_scale", 5, in: range)))
    rest += message.rest + kinds.rest
    return coder
  }

  private static func postProcessing(
    _ ssd: inout ConfigMessage, _ rest: inout [String]
  ) throws(ImportError) -> (ScoreConversion, Suppression) {
    var message = try ssd.message("post_processing")
    let name = try message.text("score_converter") ?? "IDENTITY"
    let conversions: [String: ScoreConversion] = ["IDENTITY": .identity, "SIGMOID": .sigmoid, "SOFTMAX": .softmax]
    guard let scores = conversions[name] else {
      throw message.error("score_converter", "\(name) is not supported; IDENTITY, SIGMOID and SOFTMAX are")
    }
    guard try message.number("logit_scale", 1, in: -1e6...1e6) == 1 else {
      throw message.error("logit_scale", "only 1 is supported")
    }
    var rules = try message.message("batch_non_max_suppression")
    // Other ways to the same boxes.
    rules.pass("use_static_shapes", "use_hard_nms", "use_cpu_nms")
    for name in ["use_class_agnostic_nms", "use_combined_nms", "use_partitioned_nms"] where try rules.flag(name, false)
    {
      throw rules.error(name, "is not supported")
    }
    guard try rules.number("soft_nms_sigma", 0, in: 0...1e6) == 0 else {
      throw rules.error("soft_nms_sigma", "soft suppression is not supported")
    }
    let kept = try rules.integer("max_detections_per_class", 100, in: 1...100_000)
    let suppression = Suppression(
      clipping: .afterSuppression, dropsEmptyBoxes: false,
      scoreThreshold: Float(try rules.number("score_threshold", 0, in: 0...1)),
      iouThreshold: Float(try rules.number("iou_threshold", 0.6, in: 0...1)), candidatesPerClass: nil,
      keptPerClass: kept, total: try rules.integer("max_total_detections", 100, in: 1...100_000))
    rest += rules.rest + message.rest
    return (scores, suppression)
  }
}
