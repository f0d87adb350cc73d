internal import JSON
package import Model
internal import Posix
package import Scene

/// Files that name a model's classes.
package enum LabelFile {
  /// The largest label file that is read.
  private static let mostBytes = 1 << 20

  /// Returns the labels that the file at `path`, a label map or a list of lines, gives to the classes of `head`.
  ///
  /// - Throws: `ImportError` where the file cannot be read, names a class that the model does not have, or is a list
  ///   with more or fewer lines than the model has classes. A map may leave classes out; `shortfall` tells of the last.
  package static func labels(at path: String, for head: DetectionHead) throws(ImportError) -> Labels {
    try labels(in: ModelFile(opening: path), for: head)
  }

  /// Returns the labels that `file` gives to the classes of `head`, as `labels(at:for:)` does.
  static func labels(in file: ModelFile, for head: DetectionHead) throws(ImportError) -> Labels {
    let (path, text) = (file.path, try text(of: file))
    let numbers = head.classNumbers
    func fault(_ reason: String) -> ImportError {
      let classes = numbers.count.counted("class", "classes")
      return ImportError(
        file: path, reason: "\(reason), but the model has \(classes), from number \(numbers.lowerBound)")
    }
    if path.hasSuffix(".pbtxt") || isMap(text) {
      let labels = try map(text, file: path)
      if let last = labels.names.keys.max(), last >= numbers.upperBound {
        throw fault("\(labels.names.count) classes up to number \(last) are named")
      }
      return labels
    }
    let (labels, count) = lines(text, from: numbers.lowerBound)
    guard count == numbers.count else { throw fault("\(count) classes are listed") }
    return labels
  }

  /// Returns what to say of `labels` that end before the classes of `head` do, as those of another model may; nil where
  /// the last class has a name.
  package static func shortfall(of labels: Labels, for head: DetectionHead) -> String? {
    guard let last = labels.names.keys.max(), let end = head.classNumbers.last, last < end else { return nil }
    let count = head.classNumbers.count { labels.names[$0] != nil }
    return "only \(count) of the model's \(head.classNumbers.count) classes are named, up to number \(last) of \(end)"
  }

  /// Whether `file` leaves number 0 to the background: a list that begins with `???`, or a map.
  ///
  /// - Throws: `ImportError` where the file is too large.
  static func beginsBehindBackground(_ file: ModelFile) throws(ImportError) -> Bool {
    let (path, text) = (file.path, try text(of: file))
    return path.hasSuffix(".pbtxt") || isMap(text) || beginsWithBackground(text)
  }

  /// Reads one name a line; the first line is class `first`, or the background where it is `???`. Empty lines, `???`
  /// and `n/a` stand for a class without a name.
  ///
  /// - Returns: the labels, and how many classes are listed; empty lines at the end are none.
  package static func lines(_ text: String, from first: Int = 1) -> (labels: Labels, count: Int) {
    var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map(\.trimmed)
    while lines.last == "" { lines.removeLast() }
    if lines.first == "???" { lines.removeFirst() }
    var names: [Int: String] = [:]
    for (index, line) in lines.enumerated() where !["", "???", "n/a"].contains(line) {
      names[first + index] = String(line)
    }
    return (Labels(names), lines.count)
  }

  /// Whether `text` begins as a label map does: with the word `item` and a brace or colon, behind comments and blanks.
  private static func isMap(_ text: String) -> Bool {
    let lines = text.split { $0.isNewline }.map(\.trimmed).filter { !$0.isEmpty && !$0.hasPrefix("#") }
    guard let start = lines.first, start.hasPrefix("item") else { return false }
    let rest = start.dropFirst(4).trimmed
    return rest.hasPrefix("{") || rest.hasPrefix(":") || rest.isEmpty && lines.dropFirst().first?.hasPrefix("{") == true
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
          case ("id", .scalar(let text)), ("label", .scalar(let text)): id = Int(text)
          case ("name", .scalar(let text)): name = text
          case ("display_name", .scalar(let text)): display = text
          default: continue
          }
        }
        guard let id, let name = display ?? name else {
          throw TextProtoError(line: 0, reason: "an item has no id or no name")
        }
        guard names.updateValue(name, forKey: id) == nil else {
          throw TextProtoError(line: 0, reason: "there are two items of id \(id)")
        }
      }
    } catch {
      throw ImportError(file: file, place: error.line > 0 ? ["line \(error.line)"] : [], reason: error.reason)
    }
    return Labels(names)
  }

  /// Returns the content of a label file.
  ///
  /// - Throws: `ImportError` where the file is too large, or not UTF-8, with the first such line.
  private static func text(of file: ModelFile) throws(ImportError) -> String {
    guard file.bytes.count <= mostBytes else {
      throw ImportError(file: file.path, reason: "\(file.bytes.count) bytes are too many for a label file")
    }
    let bytes = unsafe file.bytes.bytes
    guard unsafe !ByteOrderMark.isUTF16(bytes) else {
      throw ImportError(file: file.path, reason: ByteOrderMark.complaint)
    }
    let content = unsafe bytes.dropFirst(ByteOrderMark.count(in: bytes))
    if let text = unsafe String(validating: content, as: UTF8.self) { return text }
    // No character of several bytes has the byte of a line's end in it.
    let lines = unsafe content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let index = unsafe lines.firstIndex { unsafe String(validating: $0, as: UTF8.self) == nil } ?? 0
    throw ImportError(
      file: file.path, place: ["line \(index + 1)"], reason: "the text is not UTF-8; save it as UTF-8")
  }
}
