internal import Glibc
package import Model
internal import Posix
internal import Scene

/// Where a model lies: its file with what is beside it, in a folder or in an archive.
struct ModelPlace {
  /// The model's file.
  let file: ModelFile
  /// What the model is called.
  let name: String
  /// The files beside it in an archive, by name; nil where it lies in a folder.
  private let companions: [String: ModelFile]?

  /// The names that a model's file may have in a folder or archive of its own, best first; of an ending, which begins
  /// with a point, there must be one file only in a folder: TensorFlow Lite's, ONNX's, PyTorch's, safetensors', Caffe's,
  /// and what a frozen graph may be called.
  private static let fileNames = [
    "frozen_inference_graph.pb", "saved_model.pb", "\(SavedModel.folderName)/saved_model.pb", ".tflite",
    ".onnx", ".pth", ".pt", ".safetensors", CaffePair.weightsEnding, ".pb", PipelineConfig.fileName,
    CaffePair.textEnding,
  ]
  /// What lists of labels are called, best first; the second is how TensorFlow's own downloads call theirs.
  static let labelLists = ["labels.txt", "labelmap.txt"]
  /// How the names of archives end.
  private static let archiveEndings = [
    ".tar", ".gz", ".xz", ".bz2", ".zst", ".lz4", ".lzma", ".tgz", ".txz", ".tbz2", ".zip",
  ]

  /// Finds the model at `path`: a file, or a folder or an archive that holds one by one of the usual names.
  ///
  /// - Parameters:
  ///   - opened: where the files that are opened are noted.
  ///   - needsLabels: whether an archive is looked through for files that name classes.
  ///   - isModel: whether a file is of a known format; an archive is looked into only where it is not.
  /// - Throws: `ImportError` where it cannot be read, or holds no model.
  init(
    _ path: String, noting opened: OpenedFiles, needsLabels: Bool, isModel: (ModelFile) -> Bool
  ) throws(ImportError) {
    var file = try Self.open(path, opened)
    guard !isModel(file), ArchiveReader.recognizes(file) else {
      file.configuration =
        Self.folders(around: file.path).lazy
        .compactMap { try? ModelFile(path: "\($0)/\(PipelineConfig.fileName)", noting: opened).bytes }.first
      file.partner = try CaffePair.partner(of: file)
      (self.file, name, companions) = (file, Self.name(of: file.path), nil)
      return
    }
    let wanted = Self.fileNames.filter { !$0.contains("/") }
    let archive = try ModelArchive(file, wanted: wanted, needsLabels: needsLabels)
    companions = archive.companions
    name = archive.folder ?? Self.archiveName(of: file.path)
    file = archive.file
    file.companions = archive.companions
    file.configuration = archive.companions[PipelineConfig.fileName]?.bytes
    file.partner = try CaffePair.partner(of: file)
    self.file = file
  }

  /// Returns the file beside the model that names its classes; nil where there is none. In this order: `labels.txt`,
  /// `labelmap.txt`, the label map of the name that the configuration gives, the first `…label_map.pbtxt` or
  /// `…labelmap.pbtxt`, the first `labelmap….prototxt`.
  ///
  /// - Parameter isNamed: whether the model itself names its classes. A `labelmap.txt` or `…labelmap.pbtxt`, which may
  ///   well be that of another model in the folder, is then passed over.
  /// - Throws: `ImportError` where it cannot be opened.
  func labelFile(isNamed: Bool) throws(ImportError) -> ModelFile? {
    let map = PipelineConfig.labelMapName(of: file) ?? ""
    let lists = isNamed ? Self.labelLists.prefix(1) : Self.labelLists[...]
    let maps = isNamed ? ["label_map.pbtxt"] : ["label_map.pbtxt", "labelmap.pbtxt"]
    func choice(_ names: [String]) -> String? {
      (lists + [map]).first { names.contains($0) }
        ?? names.filter { name in maps.contains { name.hasSuffix($0) } }.min()
        ?? names.filter { $0.hasPrefix("labelmap") && $0.hasSuffix(CaffePair.textEnding) }.min()
    }
    if let companions { return choice(Array(companions.keys)).flatMap { companions[$0] } }
    for folder in Self.folders(around: file.path) {
      guard let name = choice((try? Directory.entries(of: folder)) ?? []) else { continue }
      return try ModelFile(opening: "\(folder)/\(name)", noting: file.opened)
    }
    return nil
  }

  /// Opens the file at `path`, or the model in the folder there.
  ///
  /// - Throws: `ImportError` where it cannot be opened, or the folder holds none by a usual name, or several of the
  ///   best ending that it has.
  static func open(_ path: String, _ opened: OpenedFiles) throws(ImportError) -> ModelFile {
    do {
      return try ModelFile(path: path, noting: opened)
    } catch {
      guard error.code == EISDIR else { throw ImportError(opening: path, error) }
    }
    for name in fileNames {
      var name = name
      if name.hasPrefix(".") {
        let found = ((try? Directory.entries(of: path)) ?? []).filter { isModel($0, named: name) }
        guard let first = found.first else { continue }
        guard found.count == 1 else { throw ImportError(file: path, reason: doubt(among: found, of: "folder", "Give")) }
        name = first
      }
      let inside = PathParts(path).prefix + name
      do { return try ModelFile(path: inside, noting: opened) } catch {
        guard error.code == ENOENT || error.code == ENOTDIR else { throw ImportError(opening: inside, error) }
      }
    }
    if Checkpoint.isIn(path) { throw ImportError(file: path, reason: Checkpoint.reason) }
    throw ImportError(file: path, reason: "the folder holds no \(fileNames.joined(separator: " and no "))")
  }

  /// Whether a file called `name` may be a model where files are `wanted` that are called so or, after a dot, end so.
  static func isModel(_ name: String, named wanted: String) -> Bool {
    guard wanted.hasPrefix(".") else { return name == wanted }
    return name.hasSuffix(wanted) && !name.hasPrefix(".") && CaffePair.allows(name)
  }

  /// Returns why a `place` with models called `names`, which are alike, stands for none of them.
  ///
  /// - Parameter advice: what to do with the path of the one that is meant.
  static func doubt(among names: [String], of place: String, _ advice: String) -> String {
    let told = names.sorted().lazy.map { $0.printable(most: 80) }.listed(most: 6)
    return "which model of the \(place) is meant: \(told)? \(advice) that file's path"
  }

  /// Returns the folders that may hold what belongs to the model in the file at `path`: its own, and of a SavedModel
  /// the one around that.
  private static func folders(around path: String) -> [String] {
    [PathParts(path).folder] + (SavedModel.folder(of: path).map { [PathParts($0).folder] } ?? [])
  }

  /// Returns what the model in the file at `path` is called: like its folder where the file has one of the usual names,
  /// else like the file.
  private static func name(of path: String) -> String {
    var parts = path.split(separator: "/")
    if SavedModel.folder(of: path) != nil, parts.count >= 3 { parts.remove(at: parts.count - 2) }
    guard let last = parts.last else { return path }
    if fileNames.contains(String(last)), parts.count >= 2, parts[parts.count - 2] != "..", parts[parts.count - 2] != "."
    {
      return String(parts[parts.count - 2])
    }
    return PathParts(String(last)).stem
  }

  /// Returns the name of the archive at `path` without `.tar.gz` and the like.
  static func archiveName(of path: String) -> String {
    var name = PathParts(path).name
    while let ending = archiveEndings.first(where: { name.hasSuffix($0) && name.count > $0.count }) {
      name.removeLast(ending.count)
    }
    return name
  }
}

extension ModelFile {
  /// Opens the file at `path`, and notes that in `opened`.
  ///
  /// - Throws: `ImportError` where that cannot be, or it is no regular file.
  package init(opening path: String, noting opened: OpenedFiles = OpenedFiles()) throws(ImportError) {
    do { try self.init(path: path, noting: opened) } catch { throw ImportError(opening: path, error) }
  }

  /// Opens the file `name`, a path from the folder that this file is in.
  ///
  /// - Throws: `ImportError` where that cannot be.
  func opening(beside name: String) throws(ImportError) -> ModelFile {
    do { return try beside(name) } catch { throw ImportError(opening: error.subject, error) }
  }
}

extension ImportError {
  /// Says why the file at `path` cannot be mapped.
  init(opening path: String, _ error: PosixError) {
    self.init(file: path, reason: error.reason)
  }
}
