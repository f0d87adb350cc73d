package import Model
internal import Posix
internal import Scene

/// The door for a `pipeline.config` of TensorFlow's Object Detection API: the network that it describes, without what it
/// has learned. Its weights are random.
package enum PipelineConfig: ModelImporter {
  package static var formatName: String { fileName }
  /// What the Object Detection API calls its files.
  static let fileName = "pipeline.config"

  /// The largest file that is read.
  private static let mostBytes = 1 << 20
  /// What such a file may begin with.
  private static let firstFields = [
    "model", "train_config", "train_input_reader", "eval_config", "eval_input_reader", "eval_input_configs",
    "graph_rewriter",
  ]

  /// Whether the first word, behind blanks and comments, is a field of a pipeline.
  package static func recognizes(_ file: ModelFile) -> Bool {
    TextProto.firstWord(of: file.bytes.prefix(1 << 14)).map(firstFields.contains) ?? false
  }

  /// Lays the network that the file describes, with random weights.
  ///
  /// - Throws: `ImportError` with the field where the text is damaged or asks for what is not supported.
  package static func model(from file: ModelFile) throws(ImportError) -> DetectionModel {
    let config = try SSDConfig(fields(of: file.bytes, path: file.path), file: file.path)
    var network = NetworkBuilder(config, file: file.path)
    let maps = try FeatureExtractor.maps(config, &network)
    try addPredictors(to: maps, config, &network)
    let anchors = config.anchors.anchors(
      maps: maps.map { network.size(of: $0) }, height: config.height, width: config.width)
    var model = DetectionModel(
      name: file.path, graph: network.graph,
      input: InputContract(
        width: config.width, height: config.height, channelOrder: .rgb, resize: .tensorFlowLegacy,
        normalization: Normalization(scale: 2 / 255, offset: -1, order: .beforeResize)),
      head: DetectionHead(
        anchors: anchors, coder: config.coder, columns: config.classCount + 1, backgroundColumn: 0, classOffset: 0,
        scores: config.scores, suppression: config.suppression), labels: Labels([:]))
    (model.hasWeights, model.notes) = (false, config.notes)
    return model
  }

  /// Returns the fields of the configuration with the content `bytes`.
  ///
  /// - Parameter path: where errors are.
  /// - Throws: `ImportError` with the line where the text is damaged.
  static func fields(of bytes: MappedFile, path: String) throws(ImportError) -> [TextProto.Field] {
    guard bytes.count <= mostBytes else {
      throw ImportError(file: path, reason: "\(bytes.count) bytes are too many for a pipeline.config")
    }
    do throws(TextProtoError) {
      return try TextProto.fields(of: unsafe String(decoding: bytes.bytes, as: UTF8.self))
    } catch {
      throw ImportError(file: path, place: ["line \(error.line)"], reason: error.reason)
    }
  }

  /// Lays the box and class predictors of `maps`, each of its own (`convolutional_box_predictor`).
  private static func addPredictors(
    to maps: [Graph.Value], _ config: SSDConfig, _ network: inout NetworkBuilder
  ) throws(ImportError) {
    let predictor = config.predictor
    let columns = config.classCount + 1
    var (boxes, classes): ([Graph.Value], [Graph.Value]) = ([], [])
    for (index, map) in maps.enumerated() {
      let (scope, count) = ("BoxPredictor_\(index)", config.anchors.count(index))
      guard count > 0 else {
        throw ImportError(
          file: network.path, place: ["model.ssd.anchor_generator"], reason: "map \(index) has no anchors")
      }
      var value = map
      let most = predictor.maxDepth > 0 ? min(network.channels(of: map), predictor.maxDepth) : network.channels(of: map)
      let depth = max(predictor.minDepth, predictor.maxDepth == 0 && predictor.minDepth == 0 ? 0 : most)
      for layer in 0..<(depth > 0 ? predictor.layersBefore : 0) {
        value = try network.convolution(
          value, "\(scope)/Conv2d_\(layer)_1x1_\(depth)", kernel: 1, to: depth, predictor.style)
      }
      func branch(
        _ name: String, _ outputs: Int, bias: Float, _ network: inout NetworkBuilder
      ) throws(ImportError) -> Graph.Value {
        guard predictor.isDepthwise else {
          return try network.result(value, name, kernel: predictor.kernel, to: outputs, bias: bias)
        }
        let spread = try network.depthwise(value, "\(name)_depthwise", kernel: predictor.kernel, predictor.style)
        return try network.result(spread, name, kernel: 1, to: outputs, bias: bias)
      }
      boxes.append(try branch("\(scope)/BoxEncodingPredictor", count * 4, bias: 0, &network))
      // As training begins (Lin et al., arXiv:1708.02002, section 3.3): next to nothing is detected.
      classes.append(try branch("\(scope)/ClassPredictor", count * columns, bias: -4.6, &network))
    }
    let outputs = (
      try network.output(boxes, columns: 4, "concat"), try network.output(classes, columns: columns, "concat_1")
    )
    network.finish(boxes: outputs.0, classes: outputs.1)
  }
}
