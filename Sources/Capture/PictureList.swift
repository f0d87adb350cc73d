internal import Posix

/// The pictures of a folder, or those that are numbered by a pattern, in the order in which they are shown.
public struct PictureList: Sendable, Equatable {
  /// What the user named: a folder or a pattern.
  public let name: String
  /// The files, at least one.
  public let paths: [String]
  /// The numbers of numbered pictures, growing, one for each path; nil for a folder's.
  public let numbers: [Int]?
  /// Files of the folder whose names are no pictures', and symbolic links that lead nowhere.
  public let passedOver: Int

  /// How the names of pictures end, in lower case.
  package static let extensions: Set<String> = [
    "avif", "bmp", "dpx", "exr", "gif", "j2k", "jfif", "jls", "jp2", "jpe", "jpeg", "jpg", "jxl", "pam", "pbm", "pcx",
    "pfm", "pgm", "png", "pnm", "ppm", "qoi", "ras", "sgi", "tga", "tif", "tiff", "webp", "xwd",
  ]

  /// The pictures that `path` stands for: a folder, whose pictures come in natural order (2 before 10), or a pattern
  /// such as `frame_%04d.png`, whose pictures come by number, from the lowest, with or without gaps. Nil where `path`
  /// is neither; what exists under just that name is no pattern.
  ///
  /// Hidden files and folders inside the folder are not counted.
  ///
  /// - Throws: `CaptureError` iff the folder cannot be read, or holds no picture or none of that pattern.
  public init?(path: String) throws(CaptureError) {
    let local = LocalPath.of(path)
    switch FileIdentity(path: local)?.kind {
    case .directory: try self.init(folder: local, name: path)
    case nil where !path.contains("://"):
      let cut = local.lastIndex(of: "/").map { local.index(after: $0) } ?? local.startIndex
      guard let pattern = NumberedName(String(local[cut...])) else { return nil }
      try self.init(pattern, in: String(local[..<cut]), name: path)
    default: return nil
    }
  }

  private init(folder: String, name: String) throws(CaptureError) {
    let prefix = PathParts(folder).prefix
    let entries = try Self.names(in: folder, for: name).filter { !$0.hasPrefix(".") }
      .map { (name: $0, kind: FileIdentity(path: prefix + $0)?.kind) }
    let pictures = entries.filter { $0.kind == .regular && Self.isPicture($0.name) }.map(\.name)
      .sorted(by: NaturalOrder.precedes)
    // Of a link that leads nowhere nobody knows that it was to be anything but a file.
    let fileCount = entries.count { $0.kind == .regular || $0.kind == nil }
    guard !pictures.isEmpty else { throw CaptureError(source: name, reason: "is a folder without pictures") }
    (self.name, paths, passedOver) = (name, pictures.map { prefix + $0 }, fileCount - pictures.count)
    numbers = nil
  }

  private init(_ pattern: NumberedName, in prefix: String, name: String) throws(CaptureError) {
    let numbered = try Self.names(in: prefix.isEmpty ? "." : prefix, for: name).compactMap { file in
      pattern.number(of: file).map { (number: $0, file: file) }
    }
    guard !numbered.isEmpty else { throw CaptureError(source: name, reason: "no file has a name of this pattern") }
    let ordered = numbered.sorted { ($0.number, $0.file) < ($1.number, $1.file) }
    (self.name, paths, passedOver) = (name, ordered.map { prefix + $0.file }, 0)
    numbers = ordered.map(\.number)
  }

  /// The numbers between the first and the last that no picture has: how many, and the lowest; nil where there are none.
  var hole: (count: Int, first: Int)? {
    guard let numbers, let last = numbers.last else { return nil }
    let expected = numbers[0]...
    guard let first = zip(expected, numbers).first(where: { $0 != $1 })?.0 else { return nil }
    return (last - numbers[0] + 1 - numbers.count, first)
  }

  private static func names(in folder: String, for name: String) throws(CaptureError) -> [String] {
    do { return try Directory.entries(of: folder) } catch { throw CaptureError(source: name, reason: error.reason) }
  }

  private static func isPicture(_ file: String) -> Bool {
    extensions.contains(PathParts(file).ending.dropFirst().lowercased())
  }
}
