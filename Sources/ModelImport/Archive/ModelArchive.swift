internal import Model
internal import Posix

/// A model out of an archive, such as the downloads of TensorFlow's model zoo: its file, and the small files beside it,
/// read into memory. Nothing is written to disk.
struct ModelArchive {
  /// The model's file.
  let file: ModelFile
  /// The name of the folder in the archive where it lies; nil where it lies in none.
  let folder: String?
  /// Its configuration, its variables and what may name its classes, by their paths from its folder; of a SavedModel
  /// those around its folder too.
  let companions: [String: ModelFile]

  /// What protobuf allows for a message, as a graph is one.
  private static let mostModelBytes = 1 << 31
  /// More than any configuration or label map has.
  private static let mostCompanionBytes = 1 << 20
  /// All of them together, in whatever folder: which one is the model's is known when its file is found.
  private static let mostCompanions = 64

  /// Reads `archive`, up to where all is found.
  ///
  /// - Parameters:
  ///   - wanted: what a model's file may be called, or end with where that begins with a point, best first; of two alike
  ///     the first counts.
  ///   - needsLabels: whether files that may name its classes are looked for.
  /// - Throws: `ImportError` where the archive is damaged or holds no model.
  init(_ archive: ModelFile, wanted: [String], needsLabels: Bool) throws(ImportError) {
    var reader = try ArchiveReader(archive)
    var contents = MemberNames()
    var best: (rank: Int, folder: [Substring], file: ModelFile)?
    var companions: [[Substring]: [String: ModelFile]] = [:]
    while let member = try reader.next() {
      contents.note(member)
      let parts = member.path.split(separator: "/").filter { $0 != "." }
      guard member.isFile, let last = parts.last else { continue }
      var (folder, name) = (Array(parts.dropLast()), String(last))
      var rank = wanted.firstIndex { $0.hasPrefix(".") ? name.hasSuffix($0) : name == $0 } ?? .max
      if !CaffePair.allows(name) { rank = .max }
      // A graph has no need of them.
      let isVariable = best?.rank != 0 && Self.isVariable(name, in: folder)
      if isVariable { name = "\(folder.removeLast())/\(name)" }
      let isCompanion =
        (isVariable || Self.isCompanion(name)) && companions.values.lazy.map(\.count).reduce(0, +) < Self.mostCompanions
      guard rank < best?.rank ?? .max || isCompanion else { continue }
      let isSmall = isCompanion && !isVariable
      let most = isSmall ? Self.mostCompanionBytes : Self.mostModelBytes
      guard let bytes = try reader.content(upTo: most) else {
        if isSmall { continue }
        throw ImportError(
          file: archive.path, place: [member.path], reason: "is larger than \(most >> 30) GiB, which no model is")
      }
      let file = ModelFile(path: "\(archive.path): \(member.path)", bytes: bytes, name: String(last))
      if isCompanion { companions[folder, default: [:]][name] = file }
      if rank < best?.rank ?? .max { best = (rank, folder, file) }
      // An archive is not read further than it must be: what lies behind a graph may be ten times as large.
      guard let best, best.rank == 0, let found = companions[best.folder] else { continue }
      if found["pipeline.config"] != nil, !needsLabels || found[ModelPlace.labelLists[0]] != nil { break }
    }
    guard let best else {
      throw ImportError(
        file: archive.path, reason: "the archive holds no \(wanted.joined(separator: " and no ")); \(contents.text)")
    }
    file = best.file
    var (folder, found) = (best.folder, companions[best.folder] ?? [:])
    if folder.last ?? "" == SavedModel.folderName {
      folder.removeLast()
      found.merge(companions[folder] ?? [:]) { inner, _ in inner }
    }
    (self.folder, self.companions) = (folder.last.map { String($0) }, found)
  }

  /// Whether a file of this name in `folder` is of a SavedModel's variables.
  private static func isVariable(_ name: String, in folder: [Substring]) -> Bool {
    let (own, prefix) = SavedModel.variables
    return folder.last ?? "" == own && name.hasPrefix("\(prefix).")
  }

  /// Whether a file of this name may say something of the model beside it.
  private static func isCompanion(_ name: String) -> Bool {
    name == "pipeline.config" || ModelPlace.labelLists.contains(name) || name.hasSuffix(".pbtxt")
      || name.hasSuffix(Sidecar.ending) || name.hasSuffix(CaffePair.textEnding)
  }
}

/// The names of an archive's first members, for people.
private struct MemberNames {
  private static let (mostNames, mostCharacters) = (6, 80)
  private var names: [String] = []
  private var count = 0

  /// Takes the name of the next member.
  mutating func note(_ member: ArchiveReader.Member) {
    count += 1
    guard names.count < Self.mostNames else { return }
    names.append(
      member.path.count > Self.mostCharacters ? "\(member.path.prefix(Self.mostCharacters))…" : member.path)
  }

  /// What the archive holds, in a sentence.
  var text: String {
    guard count > 0 else { return "it is empty" }
    let others = count - names.count
    return "it holds \(names.joined(separator: ", "))\(others > 0 ? " and \(others) more" : "")"
  }
}
