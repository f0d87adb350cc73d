internal import Model
internal import Posix
internal import Scene

/// The two files of a Caffe model: the network as text, its weights as binary, of which either may be given.
enum CaffePair {
  /// How the names of the two usually end.
  static let (textEnding, weightsEnding) = (".prototxt", ".caffemodel")

  /// Returns the other file of the model in `file`, which lies beside it: of the same name, else the only one there,
  /// else the only one that is called after its deployment; nil where there is none, or `file` has neither ending.
  ///
  /// - Throws: `ImportError` where it is not known which one it is, or it cannot be read.
  static func partner(of file: ModelFile) throws(ImportError) -> ModelFile.MappedPart? {
    let name = file.name
    let (own, other): (String, String)
    switch name {
    case _ where name.hasSuffix(textEnding): (own, other) = (textEnding, weightsEnding)
    case _ where name.hasSuffix(weightsEnding): (own, other) = (weightsEnding, textEnding)
    default: return nil
    }
    let folder = file.folder.isEmpty ? "." : file.folder
    let there = (file.companions.map { Array($0.keys) } ?? (try? Directory.entries(of: folder)) ?? [])
      .filter { $0.hasSuffix(other) && allows($0) }.sorted()
    let alike = String(name.dropLast(own.count)) + other
    let deployed = there.filter { $0.contains("deploy") }
    let choice: String
    switch (there.count, deployed.count) {
    case _ where there.contains(alike): choice = alike
    case (0, _): return nil
    case (1, _): choice = there[0]
    case (_, 1): choice = deployed[0]
    default:
      let names = there.lazy.map { $0.printable(most: 80) }.listed(most: 6)
      throw ImportError(
        file: file.path,
        reason: "which \(other) beside it is the model's other half: \(names)? One of the same name would be")
    }
    return ModelFile.MappedPart(try file.opening(beside: choice))
  }

  /// Whether a file `name` may be a model's: label maps and solvers are texts of the same ending.
  static func allows(_ name: String) -> Bool {
    !name.hasSuffix(textEnding) || !name.hasPrefix("labelmap") && !name.hasSuffix("solver\(textEnding)")
  }
}
