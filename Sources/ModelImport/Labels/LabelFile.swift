package import Model
internal import Posix
package import Scene

/// Files that name a model's classes.
package enum LabelFile {
  /// The largest label file that is read.
  private static let mostBytes = 1 << 20

  /// Returns the labels of the file beside the model at `path`: `labels.txt`, else the first `…label_map.pbtxt`;
  /// no names where there is neither.
  ///
  /// - Throws: `ImportError` where a label file is there but cannot be read.
  package static func labels(beside path: String) throws(ImportError) -> Labels {
    let folder = path.lastIndex(of: "/").map { path[..<$0].isEmpty ? "/" : String(path[..<$0]) } ?? "."
    let names = (try? Directory.entries(of: folder)) ?? []
    if names.contains("labels.txt") { return lines(try text(of: "\(folder)/labels.txt")) }
    guard let map = names.filter({ $0.hasSuffix("label_map.pbtxt") }).min() else { return Labels() }
    return try self.map(text(of: "\(folder)/\(map)"), file: "\(folder)/\(map)")
  }

  /// Reads one name a line: line n, counted from 1, is class n; after a first line `???`, which is the background,
  /// line n counted from 0 is class n. Empty lines, `???` and `n/a` name no class.
  package static func lines(_ text: String) -> Labels {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map { trimmed($0) }
    let first = lines.first == "???" ? 0 : 1
    var names: [Int: String] = [:]
    for (index, line) in lines.enumerated() where !["", "???", "n/a"].contains(line) { names[index + first] = line }
    return Labels(names)
  }

  /// Reads a label map of the Object Detection API: `item { id: 1 name: "/m/01g317" display_name: "person" }`.
  ///
  /// - Throws: `ImportError` where the text is damaged or an item has no id or no name.
  package static func map(_ text: String, file: String) throws(ImportError) -> Labels {
    var names: [Int: String] = [:]
    do throws(TextProtoError) {
      for field in try TextProto.fields(of: text) where field.name == "item" {
        guard case .message(let item) = field.value else { continue }
        var (id, name, display) = (Int?.none, String?.none, String?.none)
        for part in item {
          switch (part.name, part.value) {
          case ("id", .scalar(let text)): id = Int(text)
          case ("name", .scalar(let text)): name = text
          case ("display_name", .scalar(let text)): display = text
          default: continue
          }
        }
        guard let id, let name = display ?? name else {
          throw TextProtoError(line: 0, reason: "an item has no id or no name")
        }
        names[id] = name
      }
    } catch {
      throw ImportError(file: file, place: error.line > 0 ? ["line \(error.line)"] : [], reason: error.reason)
    }
    return Labels(names)
  }

  /// Returns the content of a label file.
  private static func text(of path: String) throws(ImportError) -> String {
    let file: MappedFile
    do {
      file = try MappedFile(path: path)
    } catch {
      throw ImportError(file: path, reason: error.reason)
    }
    guard file.count <= mostBytes else {
      throw ImportError(file: path, reason: "\(file.count) bytes are too many for a label file")
    }
    return unsafe String(decoding: file.bytes, as: UTF8.self)
  }

  /// Returns `line` without blanks at its ends.
  private static func trimmed(_ line: Substring) -> String {
    var line = line
    while line.first?.isWhitespace == true { line.removeFirst() }
    while line.last?.isWhitespace == true { line.removeLast() }
    return String(line)
  }
}
