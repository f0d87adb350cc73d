public import Scene

/// One line of a MOTChallenge file: one box in one frame.
public struct MOTChallengeEntry: Sendable, Equatable {
  /// From 1.
  public var frame: Int
  /// The object's number; −1 for a detection that belongs to none.
  public var id: Int
  /// In pixels.
  public var rect: PixelRect
  /// A score of any range; in ground truth 0 marks an entry that does not count.
  public var confidence: Double
  /// The eighth column without its fraction: from MOT16 on the class of a true box, 1 for a pedestrian; in MOT15 a
  /// coordinate of the world, −1 where it is unknown; nil where there is none.
  public var classNumber: Int?

  public init(frame: Int, id: Int, rect: PixelRect, confidence: Double, classNumber: Int? = nil) {
    (self.frame, self.id, self.rect, self.confidence) = (frame, id, rect, confidence)
    self.classNumber = classNumber
  }
}

/// The text form of tracks and detections of the MOTChallenge benchmark (Leal-Taixé et al. 2015, arXiv 1504.01942):
/// `frame,id,left,top,width,height,confidence`, then a class and a visibility in ground truth from MOT16 on, else three
/// world coordinates, which we neither use nor know; blanks may follow a comma.
public enum MOTChallenge {
  /// Reads a file's text; lines may come in any order, and columns after the seventh may be missing.
  ///
  /// - Throws: `MOTChallengeError` for a line that is empty or has too few or too many columns, a column that is no
  ///   finite number, a frame below 1, a size below 0.
  public static func entries(in text: String) throws(MOTChallengeError) -> [MOTChallengeEntry] {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    if lines.last?.isEmpty == true { lines.removeLast() }
    var entries: [MOTChallengeEntry] = []
    entries.reserveCapacity(lines.count)
    for (index, line) in lines.enumerated() { entries.append(try entry(in: line, number: index + 1)) }
    return entries
  }

  /// Returns the text of `entries`, a line each; numbers have six decimals at most.
  public static func text(of entries: [MOTChallengeEntry]) -> String {
    var text = ""
    for entry in entries {
      let numbers = [entry.rect.left, entry.rect.top, entry.rect.width, entry.rect.height, entry.confidence]
      text += "\(entry.frame),\(entry.id),\(numbers.map(decimals).joined(separator: ",")),-1,-1,-1\n"
    }
    return text
  }

  /// Returns how many frames a sequence has, by the text of its `seqinfo.ini`; nil where it does not tell.
  package static func frameCount(inInfo text: String) -> Int? {
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, parts[0].trimmed.lowercased() == "seqlength" else { continue }
      return Int(parts[1].trimmed).flatMap { $0 > 0 ? $0 : nil }
    }
    return nil
  }

  /// Reads one line.
  private static func entry(in line: Substring, number: Int) throws(MOTChallengeError) -> MOTChallengeEntry {
    let columns = line.split(separator: ",", omittingEmptySubsequences: false)
    guard (7...10).contains(columns.count) else {
      throw MOTChallengeError(line: number, reason: "\(columns.count) columns, not 7 to 10")
    }
    var numbers: [Double] = []
    for (index, column) in columns.enumerated() {
      guard let value = Double(column.drop { $0 == " " }), value.isFinite else {
        throw MOTChallengeError(line: number, reason: "column \(index + 1) is no number: \(shown(column))")
      }
      numbers.append(value)
    }
    guard let frame = whole(columns[0], numbers[0]) else {
      throw MOTChallengeError(line: number, reason: "a frame is a whole number: \(shown(columns[0]))")
    }
    guard frame >= 1 else {
      throw MOTChallengeError(line: number, reason: "frames count from 1: \(shown(columns[0]))")
    }
    guard let id = whole(columns[1], numbers[1]) else {
      throw MOTChallengeError(line: number, reason: "an id is a whole number: \(shown(columns[1]))")
    }
    guard numbers[4] >= 0, numbers[5] >= 0 else {
      throw MOTChallengeError(
        line: number, reason: "a size is not negative: \(shown(columns[4])) × \(shown(columns[5]))")
    }
    let (left, top) = (numbers[2], numbers[3])
    return MOTChallengeEntry(
      frame: frame, id: id, rect: PixelRect(left: left, top: top, right: left + numbers[4], bottom: top + numbers[5]),
      confidence: numbers[6], classNumber: numbers.count > 7 ? Int(exactly: numbers[7].rounded(.towardZero)) : nil)
  }

  /// Returns the whole number that `column` is, by itself where it is written as one: as a `value` of floating point it
  /// would lose what lies above 2⁵³.
  private static func whole(_ column: Substring, _ value: Double) -> Int? {
    Int(column.drop { $0 == " " }) ?? Int(exactly: value)
  }

  /// Returns the beginning of `column`, printable, for people.
  private static func shown(_ column: Substring) -> String {
    let start = column.prefix(32).map { $0.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) } ? $0 : "?" }
    return String(start) + (column.count > 32 ? "…" : "")
  }

  /// Returns the shortest text of a number rounded to six decimals.
  private static func decimals(_ value: Double) -> String {
    let rounded = (value * 1e6).rounded() / 1e6
    return rounded == rounded.rounded() ? Int(exactly: rounded).map(String.init) ?? "\(rounded)" : "\(rounded)"
  }
}

/// What is wrong with a MOTChallenge text, and where.
public struct MOTChallengeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// From 1.
  public let line: Int
  public let reason: String

  /// One line: place and reason.
  public var description: String { "line \(line): \(reason)" }
}
