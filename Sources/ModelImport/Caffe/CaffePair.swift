internal import Model
internal import Posix

/// The two files of a Caffe model: the network as text, its weights as binary, of which either may be given.
enum CaffePair {
  /// How the names of the two usually end.
  static let (textEnding, weightsEnding) = (".prototxt", ".caffemodel")

  /// Returns the other file of the model in `file`, which lies beside it: of the same name, else the only one there,
  /// else the only one that is called after its deployment; nil where there is none, or `file` has neither ending.
  ///
  /// - Throws: `ImportError` where it is not known which one it is, or it cannot be read.
  static func partner(of file: ModelFile) throws(ImportError) -> ModelFile.MappedPart? {
    let name = file.path.split(separator: "/").last.map(String.init) ?? ""
    let (own, other): (String, String)
    switch name {
    case _ where name.hasSuffix(textEnding): (own, other) = (textEnding, weightsEnding)
    case _ where name.hasSuffix(weightsEnding): (own, other) = (weightsEnding, textEnding)
    default: return nil
    }
    let folder = file.path.lastIndex(of: "/").map { String(file.path[...$0]) } ?? ""
    let there =
      (file.companions.map { Array($0.keys) } ?? (try? Directory.entries(of: folder.isEmpty ? "." : folder)) ?? [])
      .filter { $0.hasSuffix(other) && !$0.hasPrefix("labelmap") && !$0.hasSuffix("solver.prototxt") }.sorted()
    let alike = String(name.dropLast(own.count)) + other
    let deployed = there.filter { $0.contains("deploy") }
    let choice: String
    switch (there.count, deployed.count) {
    case _ where there.contains(alike): choice = alike
    case (0, _): return nil
    case (1, _): choice = there[0]
    case (_, 1): choice = deployed[0]
    default:
      throw ImportError(
        file: file.path,
        reason: "which \(other) beside it is the model's other half: \(there.joined(separator: ", "))? "
          + "One of the same name would be")
    }
    do {
      let part = try file.beside(choice)
      return ModelFile.MappedPart(path: part.path, bytes: part.bytes)
    } catch { throw ImportError(opening: folder + choice, error) }
  }
}
