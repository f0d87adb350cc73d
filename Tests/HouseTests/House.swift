import Foundation

/// The house as it is meant: each room's layer. Imports point down only; docs/ARCHITECTURE.md says what each room is for.
enum House {
  static let layers: [[String]] = [
    ["CPosix", "CV4L2", "CFFmpeg", "CFreeType", "CArchive", "KernelCalls", "CLanes"],
    ["Posix", "Scene", "KernelsBaseline", "KernelsAVX2", "KernelsAVX512", "KernelsBF16", "KernelsVNNI"],
    ["Model", "Streaming", "Arguments", "JSON"],
    ["Kernels"],
    ["Pixels"],
    ["FFmpeg", "Inference"],
    ["Capture", "Detecting", "Tracking", "Output", "ModelImport", "Evaluation"],
    ["StreamApp"],
    ["stream", "benchmarks"],
  ]

  /// Modules of the toolchain that a room may import; Foundation would double the binary and the start.
  static let toolchain: Set<String> = ["Glibc", "Dispatch", "Synchronization"]

  /// Folders in Sources that are no rooms: bodies that the kernel rooms link to.
  static let folders: Set<String> = ["KernelsBody"]

  static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func layer(of room: String) -> Int? { layers.firstIndex { $0.contains(room) } }

  /// Returns the Swift files of a room or of a folder in Sources, links included.
  static func files(of room: String) throws -> [SourceFile] {
    let folder = checkout.appending(path: "Sources/\(room)")
    return try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }.sorted()
      .map { try SourceFile(room: room, path: folder.appending(path: $0)) }
  }

  /// Returns the names of the folders in Sources.
  static func rooms() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: checkout.appending(path: "Sources").path).sorted()
  }

  /// Returns what the manifest's table says that each room imports.
  static func manifest() throws -> [String: Set<String>] {
    let text = try String(contentsOf: checkout.appending(path: "Package.swift"), encoding: .utf8)
    let table = try #/let rooms: \[String: \[String\]\] = \[(?<table>.*?)\n\]/#.dotMatchesNewlines().firstMatch(
      in: text)
    guard let table else { return [:] }
    var result: [String: Set<String>] = [:]
    for room in table.table.matches(of: #/"(\w+)": (variants \+ )?\[([^\]]*)\]/#) {
      var imports = Set(room.3.matches(of: #/"(\w+)"/#).map { String($0.1) })
      if room.2 != nil {
        imports.formUnion(["KernelsBaseline", "KernelsAVX2", "KernelsAVX512", "KernelsBF16", "KernelsVNNI"])
      }
      result[String(room.1)] = imports
    }
    return result
  }
}

/// One Swift file of a room.
struct SourceFile: CustomStringConvertible {
  let room: String
  let name: String
  let lines: [Substring]

  init(room: String, path: URL) throws {
    (self.room, name) = (room, path.lastPathComponent)
    lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
  }

  var description: String { "\(room)/\(name)" }

  /// The modules it imports.
  var imports: [String] {
    let pattern = #/\s*(?:(?:public|package|internal|private) )?import (\w+)/#
    return lines.compactMap { $0.contains("import ") ? $0.prefixMatch(of: pattern) : nil }.map { String($0.1) }
  }

  /// The lines that are not comments, by number from 1.
  var code: [(number: Int, text: Substring)] {
    lines.enumerated().map { ($0 + 1, $1) }.filter { !$0.1.trimmingPrefix(while: \.isWhitespace).hasPrefix("//") }
  }
}
