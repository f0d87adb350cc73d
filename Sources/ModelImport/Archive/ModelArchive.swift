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

  /// Reads `archive`; damage behind all that is needed does not matter.
  ///
  /// - Parameters:
  ///   - wanted: what a model's file may be called, or end with where that begins with a point, best first. Of two alike
  ///     one counts whose folder is around the other's, as a folder's model is not looked for in the folders inside.
  ///   - needsLabels: whether files that may name its classes are looked for.
  /// - Throws: `ImportError` where the archive is damaged or holds no model, or several that are alike.
  init(_ archive: ModelFile, wanted: [String], needsLabels: Bool) throws(ImportError) {
    var reader = try ArchiveReader(archive)
    var contents = MemberNames()
    var candidates = ModelCandidates()
    var best: (folder: [Substring], file: ModelFile)?
    var companions: [[Substring]: [String: ModelFile]] = [:]
    // A graph with all that may lie beside it.
    var isComplete: Bool {
      guard let best, candidates.rank == 0, let found = companions[best.folder] else { return false }
      return found[PipelineConfig.fileName] != nil && (!needsLabels || found[ModelPlace.labelLists[0]] != nil)
    }
    while let member = try Self.next(of: &reader, isLast: isComplete) {
      contents.note(member)
      let parts = member.path.split(separator: "/").filter { $0 != "." }
      guard member.isFile, let last = parts.last else { continue }
      var (folder, name) = (Array(parts.dropLast()), String(last))
      let rank = wanted.firstIndex { ModelPlace.isModel(name, named: $0) }
      let isBest = rank.map { candidates.take(parts, rank: $0) } ?? false
      // A graph has no need of them.
      let isVariable = candidates.rank != 0 && Self.isVariable(name, in: folder)
      if isVariable { name = "\(folder.removeLast())/\(name)" }
      let isCompanion =
        (isVariable || Self.isCompanion(name)) && companions.values.lazy.map(\.count).reduce(0, +) < Self.mostCompanions
      guard isBest || isCompanion else { continue }
      let isSmall = isCompanion && !isVariable
      let most = isSmall ? Self.mostCompanionBytes : Self.mostModelBytes
      guard let bytes = try reader.content(upTo: most) else {
        if isSmall { continue }
        throw ImportError(
          file: archive.path, place: [member.path], reason: "is larger than \(most >> 30) GiB, which no model is")
      }
      let file = ModelFile(path: "\(archive.path): \(member.path)", bytes: bytes, name: String(last))
      if isCompanion { companions[folder, default: [:]][name] = file }
      if isBest { best = (folder, file) }
    }
    guard candidates.paths.count <= 1 else {
      throw ImportError(
        file: archive.path,
        reason: ModelPlace.doubt(
          among: candidates.paths.map { $0.joined(separator: "/") }, of: "archive", "Unpack it, and give"))
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

  /// Goes to the next member of `reader`; nil behind the last, and where `isLast` and the rest is damaged.
  private static func next(of reader: inout ArchiveReader, isLast: Bool) throws(ImportError) -> ArchiveReader.Member? {
    do { return try reader.next() } catch {
      if isLast { return nil }
      throw error
    }
  }

  /// Whether a file of this name in `folder` is of a SavedModel's variables.
  private static func isVariable(_ name: String, in folder: [Substring]) -> Bool {
    let (own, prefix) = SavedModel.variables
    return folder.last ?? "" == own && name.hasPrefix("\(prefix).")
  }

  /// Whether a file of this name may say something of the model beside it.
  private static func isCompanion(_ name: String) -> Bool {
    name == PipelineConfig.fileName || ModelPlace.labelLists.contains(name) || name.hasSuffix(".pbtxt")
      || name.hasSuffix(Sidecar.ending) || name.hasSuffix(CaffePair.textEnding)
  }
}

/// The members that may be an archive's model: of the best rank so far, and in no folder inside another one's.
private struct ModelCandidates {
  /// The least is the best.
  private(set) var rank = Int.max
  private(set) var paths: [[Substring]] = []

  /// Takes the member at `path` where none is better; returns whether it is now the only one.
  mutating func take(_ path: [Substring], rank: Int) -> Bool {
    guard rank <= self.rank else { return false }
    if rank < self.rank { (self.rank, paths) = (rank, []) }
    // What an archive holds twice is one file.
    guard !paths.contains(where: { $0 == path || Self.isAround($0, path) }) else { return false }
    paths.removeAll { Self.isAround(path, $0) }
    paths.append(path)
    return paths.count == 1
  }

  /// Whether the folder of `inner` is inside that of `outer`.
  private static func isAround(_ outer: [Substring], _ inner: [Substring]) -> Bool {
    inner.count > outer.count && inner.starts(with: outer.dropLast())
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
