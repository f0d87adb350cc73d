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
    do throws(WireError) {
      var reader = unsafe WireReader(file.bytes.bytes)
      guard let version = try reader.next(), version.number == 1, case .varint(1) = version.value,
        let graph = try reader.next(), graph.number == 2, case .bytes = graph.value
      else { return false }
      return true
    } catch {
      return false
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

  /// Returns the folder of this format in which the file at `path` lies, where its name is the one that all downloads
  /// give it: the model's own name and its labels then lie around that.
  static func folder(of path: String) -> String? {
    let (folder, file) = ("saved_model", "/saved_model.pb")
    guard path.hasSuffix("/\(folder)\(file)") || path == "\(folder)\(file)" else { return nil }
    return String(path.dropLast(file.count))
  }
}
