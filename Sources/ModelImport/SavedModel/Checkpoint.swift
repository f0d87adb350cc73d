internal import Model
internal import Posix

/// Files of a training's checkpoint, which are no model: its weights say nothing of the network, and its network, where
/// there is one, is that of the training.
enum Checkpoint {
  /// What is told of such files.
  static let reason =
    "this is a checkpoint of a training, not a model: the frozen_inference_graph.pb or the folder saved_model of the same download is one"

  /// Whether `file` is one of a checkpoint.
  static func isPart(_ file: ModelFile) -> Bool { SortedTable.recognizes(file) || hasName(file.path) }

  /// Whether the folder at `path` holds a checkpoint.
  static func isIn(_ path: String) -> Bool {
    guard let names = try? Directory.entries(of: path) else { return false }
    return names.contains { $0.hasSuffix(".index") } && names.contains(where: hasName)
  }

  /// Whether the file at `path` is called like one with the values of a checkpoint, or with its network.
  private static func hasName(_ path: String) -> Bool {
    path.contains(".data-00000-of-") || path.hasSuffix(".ckpt.meta")
  }
}
