internal import Glibc
public import Model
internal import Posix
internal import Scene

/// The door for models: a path in, whatever the format, one `DetectionModel` out.
public enum ModelLoader {
  /// The importers, in the order in which they are asked; a new format is one line here.
  package static var importers: [any ModelImporter.Type] {
    [TensorFlowGraph.self, SavedModel.self, PipelineConfig.self]
  }

  /// The names that a model's file may have in a folder of its own.
  private static let fileNames = [
    "frozen_inference_graph.pb", "saved_model.pb", "saved_model/saved_model.pb", "pipeline.config",
  ]

  /// Reads the model at `path`: a file of any known format, or a folder that holds a
  /// `frozen_inference_graph.pb`, else a `saved_model.pb` or a folder `saved_model` with one, else a `pipeline.config`.
  ///
  /// Its name is the folder's where the file has one of the usual names, else the file's. Its classes have the names in
  /// the file `labels`; where that is nil, those in a label file beside the model: `labels.txt`, else the first
  /// `…label_map.pbtxt`; else those in the model itself; else those of the data set that has as many classes: COCO with 90, Pascal VOC with 20.
  ///
  /// - Parameter labels: the path of a label file: a label map of the Object Detection API, or one name a line.
  /// - Throws: `ImportError` iff `path` cannot be read or is no model that is supported, or a label file cannot be read
  ///   or does not fit the model, with the place and the reason.
  public static func model(at path: String, labels: String? = nil) throws(ImportError) -> DetectionModel {
    let file = try open(path)
    for importer in importers where importer.recognizes(file) {
      var model = try importer.model(from: file)
      (model.name, model.format) = (name(of: file.path), importer.formatName)
      if let names = labels ?? LabelFile.path(beside: file.path)
        ?? SavedModel.folder(of: file.path).flatMap(LabelFile.path)
      {
        (model.labels, model.labelOrigin) = (try LabelFile.labels(at: names, for: model.head), .file(names))
      } else if !model.labels.names.isEmpty {
        model.labelOrigin = .model
      } else if let (labels, name) = KnownLabels.labels(for: model.head) {
        (model.labels, model.labelOrigin) = (labels, .dataSet(name))
      }
      return model
    }
    if Checkpoint.isPart(file) { throw ImportError(file: path, reason: Checkpoint.reason) }
    throw ImportError(file: path, reason: file.bytes.withBytes(ForeignContent.reason))
  }

  /// Opens the file at `path`, or the graph in the folder there.
  private static func open(_ path: String) throws(ImportError) -> ModelFile {
    do {
      return try ModelFile(path: path)
    } catch {
      guard error.code == EISDIR else { throw ImportError(opening: path, error) }
    }
    for name in fileNames {
      let inside = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
      do { return try ModelFile(path: inside) } catch {
        guard error.code == ENOENT || error.code == ENOTDIR else { throw ImportError(opening: inside, error) }
      }
    }
    if Checkpoint.isIn(path) { throw ImportError(file: path, reason: Checkpoint.reason) }
    throw ImportError(file: path, reason: "the folder holds no \(fileNames.joined(separator: " and no "))")
  }

  /// Returns what the model in the file at `path` is called.
  private static func name(of path: String) -> String {
    var parts = path.split(separator: "/")
    // All downloads have the same folder for it.
    if SavedModel.folder(of: path) != nil, parts.count >= 3 { parts.remove(at: parts.count - 2) }
    guard let last = parts.last else { return path }
    if fileNames.contains(String(last)), parts.count >= 2, parts[parts.count - 2] != "..", parts[parts.count - 2] != "."
    {
      return String(parts[parts.count - 2])
    }
    guard let dot = last.lastIndex(of: "."), dot > last.startIndex else { return String(last) }
    return String(last[..<dot])
  }
}

extension ImportError {
  /// Says why the file at `path` cannot be mapped.
  init(opening path: String, _ error: PosixError) {
    self.init(file: path, reason: error.code == EINVAL ? "is not a regular file" : error.reason)
  }
}
