internal import Arguments
internal import Posix

/// The pictures that the arguments of `stream detect` mean, in their order.
struct PictureArguments {
  /// Paths and URLs; `-` is standard input.
  private(set) var paths: [String] = []
  /// What was given but means no picture: a pattern that nothing matches, a folder without pictures.
  private(set) var problems: [String] = []

  /// How the names of files end that are taken for pictures in a folder.
  private static let endings: Set<String> = [
    "avif", "bmp", "dpx", "exr", "gif", "heic", "heif", "j2k", "jp2", "jpeg", "jpg", "jxl", "pam", "pbm", "pgm", "png",
    "pnm", "ppm", "qoi", "sgi", "tga", "tif", "tiff", "webp", "xbm", "xpm",
  ]

  /// - Throws: `UsageError` where standard input, which holds one picture, is named twice.
  init(_ arguments: [String]) throws(UsageError) {
    guard arguments.count(where: { $0 == "-" }) <= 1 else {
      throw .rule("- was given twice: standard input holds one picture")
    }
    for argument in arguments {
      do throws(PosixError) { try add(argument) } catch { problems.append(error.description) }
    }
  }

  private mutating func add(_ argument: String) throws(PosixError) {
    let kind = FileIdentity(path: argument)?.kind
    if kind == .directory {
      let pictures = try Self.pictures(in: argument)
      if pictures.isEmpty { problems.append("\(argument): a folder without pictures") }
      paths += pictures
    } else if kind == nil, argument != "-", !argument.contains("://"), PathPattern.isPattern(argument) {
      // Only a pattern that the shell left alone comes this far.
      let matches = try PathPattern.paths(matching: argument)
      if matches.isEmpty { problems.append("\(argument): no file matches") }
      paths += matches
    } else {
      paths.append(argument)
    }
  }

  /// Returns the paths of the pictures in `folder`, by their names' endings, hidden ones left out: 2 before 10.
  private static func pictures(in folder: String) throws(PosixError) -> [String] {
    let prefix = folder.hasSuffix("/") ? folder : "\(folder)/"
    return try Directory.entries(of: folder).filter { name in
      !name.hasPrefix(".") && endings.contains(PictureName(name).ending.lowercased())
    }.sorted(by: NaturalOrder.precedes).map { prefix + $0 }
  }
}

/// The parts of a picture's name: `photos/cat.jpg` is `cat` and `jpg`.
struct PictureName {
  /// The name without folders and ending.
  let stem: String
  /// What stands behind the last point; empty where there is none.
  let ending: String

  init(_ path: String) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let point = name.lastIndex(of: "."), point != name.startIndex else {
      (stem, ending) = (name, "")
      return
    }
    (stem, ending) = (String(name[..<point]), String(name[name.index(after: point)...]))
  }
}
