internal import Arguments
internal import Capture
internal import Output
internal import Posix

/// Where `stream detect` puts annotated pictures, as `--draw` says.
struct DrawingTarget {
  /// Path of the annotated picture, by path of the picture.
  private let targets: [String: String]
  /// The folder that they are in; nil where it is one file.
  private let folder: String?

  /// The target that `path` means for `pictures`: a file for one picture, or a folder.
  ///
  /// - Throws: `UsageError` where the path does not do for these pictures.
  init(_ path: String, for pictures: [String]) throws(UsageError) {
    let isFolder = path.hasSuffix("/") || FileIdentity(path: path)?.kind == .directory
    targets = isFolder ? try Self.files(in: path, for: pictures) : try Self.file(path, for: pictures)
    folder = isFolder ? path : nil
  }

  /// Makes the folder where it is not there yet.
  ///
  /// - Throws: `OutputError` where a picture, or a file of `model`, would be overwritten, `UsageError` where two pictures
  ///   would be drawn into one file, `PosixError` where the folder cannot be made. Nothing was written then.
  func prepare(_ model: LoadedModel) throws {
    var check = OutputCheck()
    check.protect(targets.keys.compactMap(Self.identity), as: "one of the pictures")
    check.protect(model)
    for target in targets.values.sorted() { try check.add(target, as: "picture") }
    if let folder { try Directory.make(folder) }
  }

  /// Returns where the annotated picture of `picture` goes.
  ///
  /// - Precondition: it is one of the pictures that the target was made for.
  subscript(picture: String) -> String {
    guard let target = targets[picture] else { preconditionFailure("\(picture) has no target") }
    return target
  }

  /// Returns what makes the file of `picture` itself; nil where there is none.
  private static func identity(of picture: String) -> FileIdentity? {
    FileIdentity(path: picture == "-" ? "/dev/stdin" : LocalPath.of(picture))
  }

  private static func file(_ path: String, for pictures: [String]) throws(UsageError) -> [String: String] {
    guard path.lowercased().hasSuffix(".png") else {
      throw .rule("--draw: '\(path)' must end in .png, or be a folder: --draw \(path)/")
    }
    guard pictures.count <= 1 else {
      throw .rule("--draw: \(pictures.count) pictures do not go into one file; name a folder: --draw DIR/")
    }
    return Dictionary(uniqueKeysWithValues: pictures.map { ($0, path) })
  }

  private static func files(in folder: String, for pictures: [String]) throws(UsageError) -> [String: String] {
    let prefix = PathParts(folder).prefix
    var (targets, sources): ([String: String], [String: String]) = ([:], [:])
    for picture in pictures {
      let target = "\(prefix)\(picture == "-" ? "standard-input" : PathParts(picture).stem).png"
      if let other = sources.updateValue(picture, forKey: target), other != picture {
        throw .rule("--draw: \(other) and \(picture) would both be drawn into \(target)")
      }
      targets[picture] = target
    }
    return targets
  }
}
