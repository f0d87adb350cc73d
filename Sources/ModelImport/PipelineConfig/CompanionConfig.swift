internal import Model
internal import Posix

/// The `pipeline.config` beside a graph, which was exported with it, or so one hopes: such files are edited by hand.
struct CompanionConfig {
  /// What it says; nil where it is damaged or of a kind that is not supported.
  let config: SSDConfig?
  /// Why it says nothing.
  private let fault: ImportError?

  /// Whether nothing that it says is used.
  var isFaulty: Bool { fault != nil }

  /// Nil where there is none beside `file`.
  init?(beside file: ModelFile) {
    guard let bytes = file.configuration else { return nil }
    let name = PipelineConfig.fileName
    do throws(ImportError) {
      let config = try SSDConfig(PipelineConfig.fields(of: bytes, path: name), file: name)
      (self.config, fault) = (config, nil)
    } catch {
      (config, fault) = (nil, error)
    }
  }

  /// Returns what there is to tell of it beside `model`, in one sentence: why it is not used, or where it says something
  /// else than the graph; nil where there is nothing to tell.
  func note(on model: DetectionModel) -> String? {
    if let fault { return "what lies beside the graph is not used: \(fault)" }
    guard let config else { return nil }
    var differences: [String] = []
    func compare<Value: Equatable>(_ field: String, _ said: Value, _ graph: Value) {
      if said != graph { differences.append("\(field) \(said) (the graph: \(graph))") }
    }
    let (head, rules) = (model.head, model.head.suppression)
    compare("num_classes", config.classCount, head.classNumbers.count)
    compare("height", config.height, model.input.height)
    compare("width", config.width, model.input.width)
    compare("score_converter", config.scores, head.scores)
    compare("y_scale", 1 / config.coder.centerYFactor, 1 / head.coder.centerYFactor)
    compare("x_scale", 1 / config.coder.centerXFactor, 1 / head.coder.centerXFactor)
    compare("height_scale", 1 / config.coder.heightFactor, 1 / head.coder.heightFactor)
    compare("width_scale", 1 / config.coder.widthFactor, 1 / head.coder.widthFactor)
    compare("score_threshold", config.suppression.scoreThreshold, rules.scoreThreshold)
    compare("iou_threshold", config.suppression.iouThreshold, rules.iouThreshold)
    compare("max_detections_per_class", config.suppression.keptPerClass ?? 0, rules.keptPerClass ?? 0)
    compare("max_total_detections", config.suppression.total ?? 0, rules.total ?? 0)
    guard !differences.isEmpty else { return nil }
    return "its pipeline.config says something else, and the graph counts: \(differences.joined(separator: ", "))"
  }
}

extension PipelineConfig {
  /// Returns the name of the label map that `file`, or the configuration beside it, was trained with, without the folder
  /// where it lay then; nil where none is named.
  static func labelMapName(of file: ModelFile) -> String? {
    let bytes = file.configuration ?? (recognizes(file) ? file.bytes : nil)
    guard let bytes, let fields = try? fields(of: bytes, path: file.path) else { return nil }
    for reader in fields where reader.name.hasSuffix("input_reader") {
      guard case .message(let parts) = reader.value else { continue }
      for case .scalar(let path) in parts.lazy.filter({ $0.name == "label_map_path" }).map(\.value) {
        if let name = path.split(separator: "/").last, name != ".." { return String(name) }
      }
    }
    return nil
  }
}
