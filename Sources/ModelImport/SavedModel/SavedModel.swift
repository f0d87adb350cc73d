package import Model
internal import Posix

/// The importer of TensorFlow's SavedModels: a graph with functions, and variables in a tensor bundle beside it.
///
/// It makes a frozen graph of them, which `TensorFlowGraph` takes.
package enum SavedModel: ModelImporter {
  /// The format's name, for people.
  package static var formatName: String { "TensorFlow SavedModel" }

  /// Whether the bytes begin with version 1 of the format and a graph.
  package static func recognizes(_ file: ModelFile) -> Bool {
    let bytes = unsafe file.bytes.bytes
    var reader = unsafe WireReader(bytes)
    var start = 0
    do throws(ByteError) {
      guard let version = try reader.next(), version.number == 1, case .varint(1) = version.value else { return false }
      start = reader.offset
      guard let graph = try reader.next(), graph.number == 2, case .bytes = graph.value else { return false }
      return true
    } catch {
      // A file that ends early in its graph is one all the same, and is refused with its place.
      return unsafe start > 0 && bytes[start] == 2 << 3 | 2
    }
  }

  /// Reads the whole model, without labels: its files name no classes.
  package static func model(from file: ModelFile) throws(ImportError) -> DetectionModel {
    try TensorFlowGraph.model(of: graph(from: file), in: file)
  }

  /// Returns the graph that serves, without functions and with the values of its variables as constants.
  static func graph(from file: ModelFile) throws(ImportError) -> GraphDef {
    let graph = try MetaGraph(file)
    return try GraphDef(file, VariableReading.nodes(Flattening.nodes(of: graph), of: graph))
  }

  /// What all downloads call the folder of this format: the model's own name and its labels lie around that.
  static let folderName = "saved_model"
  /// The folder beside the graph with the bundle of its variables, and how its files' names begin.
  static let variables = (folder: "variables", prefix: "variables")

  /// Returns the folder `folderName` in which the file at `path` lies; nil where it lies in another.
  static func folder(of path: String) -> String? {
    let file = "/saved_model.pb"
    guard path.hasSuffix("/\(folderName)\(file)") || path == "\(folderName)\(file)" else { return nil }
    return String(path.dropLast(file.count))
  }
}
