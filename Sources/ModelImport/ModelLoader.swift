public import Model
internal import Posix
internal import Scene

/// The door for models: a path in, whatever the format, one `DetectionModel` out.
public enum ModelLoader {
  /// The importers, in the order in which they are asked; a new format is one line here.
  package static var importers: [any ModelImporter.Type] {
    [
      TensorFlowGraph.self, SavedModel.self, TFLiteFile.self, ONNXFile.self, TorchFile.self, PipelineConfig.self,
      CaffeModel.self,
    ]
  }

  /// Reads the model at `path`: a file of any known format, or a folder or archive that holds a
  /// `frozen_inference_graph.pb`, else a `saved_model.pb` or a folder `saved_model` with one, else a single `.tflite`,
  /// `.onnx`, `.pth`, `.pt`, `.safetensors`, `.caffemodel` or other `.pb`, else a `pipeline.config`, else a single
  /// `.prototxt`; where a folder has several of an ending it is an error. Of a `.caffemodel` and its `.prototxt` either
  /// is enough: the other is found beside it. An archive, tar or zip, is read into memory.
  ///
  /// Its name is the folder's, on disk or in the archive, where the file has one of these names, else the file's. Its
  /// classes have the names in the file `labels`; where that is nil, those in a label file beside the model:
  /// `labels.txt`, else `labelmap.txt`, else the label map that its `pipeline.config` names, else the first
  /// `…label_map.pbtxt` or `…labelmap.pbtxt`, else the first `labelmap….prototxt`; else those in the model itself, which
  /// come before a mere `labelmap`; else those of the data set that has as many classes: COCO with 90, Pascal VOC with 20.
  ///
  /// What its file leaves open, a `.stream.json` beside it may say, and `settings` over that (docs/SIDECAR.md).
  ///
  /// - Parameter labels: the path of a label file: a label map of the Object Detection API, or one name a line.
  /// - Throws: `ImportError` iff `path` cannot be read or is no model that is supported, or a label file cannot be read
  ///   or does not fit the model, with the place and the reason.
  public static func model(at path: String, labels: String? = nil, settings: ModelSettings = ModelSettings())
    throws(ImportError) -> DetectionModel
  {
    let opened = OpenedFiles()
    let place = try ModelPlace(path, noting: opened, needsLabels: labels == nil) { importer(of: $0) != nil }
    var file = place.file
    guard let importer = importer(of: file) else {
      if Checkpoint.isPart(file) { throw ImportError(file: path, reason: Checkpoint.reason) }
      throw ImportError(file: file.path, reason: ForeignContent.reason(file.bytes))
    }
    file.settings = try Sidecar.settings(of: file).overridden(by: settings)
    var model = try importer.model(from: file)
    try model.take(file.settings, file: file.path)
    for node in model.graph.nodes where !node.operation.constants.allSatisfy(\.isFinite) {
      throw ImportError(file: place.file.path, place: [node.name], reason: "a weight is infinite or not a number")
    }
    model.moveInputAffineToPicture()
    (model.name, model.format) = (place.name, importer.formatName)
    try nameClasses(of: &model, labels: labels, file, place, noting: opened)
    model.files = opened.identities
    return model
  }

  /// Gives the classes of `model`, which lies in `file` at `place`, their names: those in the file at `labels`, those
  /// that are said beside the model, or those of the other places, in their order.
  ///
  /// - Throws: `ImportError` where a label file cannot be read, or names do not fit the model; where no other names are
  ///   given, for a list in the model itself that cannot be read too.
  private static func nameClasses(
    of model: inout DetectionModel, labels: String?, _ file: ModelFile, _ place: ModelPlace,
    noting opened: OpenedFiles
  ) throws(ImportError) {
    let names: ModelFile?
    switch (labels, file.settings.labels) {
    case (let path?, _): names = try ModelFile(opening: path, noting: opened)
    case (nil, .names(let list)?):
      return try model.take(names: list, file: file.settings.origins["labels"] ?? file.path)
    case (nil, .file(let name)?): names = try file.opening(beside: name)
    case (nil, nil): names = try place.labelFile(isNamed: !model.labels.names.isEmpty)
    }
    if let names {
      model.numberClasses(behindBackground: try LabelFile.beginsBehindBackground(names))
      (model.labels, model.labelOrigin) = (try LabelFile.labels(in: names, for: model.head), .file(names.path))
      model.labelDoubt = LabelFile.shortfall(of: model.labels, for: model.head)
    } else if let fault = model.labelFault {
      throw fault
    } else if !model.labels.names.isEmpty {
      model.labelOrigin = .model
    } else if let (labels, name) = KnownLabels.labels(for: &model) {
      (model.labels, model.labelOrigin) = (labels, .dataSet(name))
    }
  }

  /// Whether what lies at `path` may be a model, as far as a look at its beginning tells: a file of a known format, an
  /// archive, or a folder that holds a file by one of the usual names.
  package static func mayBeModel(at path: String) -> Bool {
    guard let file = try? ModelPlace.open(path, OpenedFiles()) else { return false }
    return file.path != path || importer(of: file) != nil || ArchiveReader.recognizes(file)
  }

  /// Returns the name of the file at `path` without `.tar.gz` and the like.
  package static func nameWithoutPacking(of path: String) -> String { ModelPlace.archiveName(of: path) }

  /// Returns the first importer that recognises `file`.
  private static func importer(of file: ModelFile) -> (any ModelImporter.Type)? {
    importers.first { $0.recognizes(file) }
  }
}
