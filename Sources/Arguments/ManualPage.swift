/// A manual page in the making: roff with the `man` macros.
struct ManualPage {
  /// All that was written, each line with its end.
  private(set) var source = ""
  /// Whether nothing was written since the last heading: a paragraph then needs no request.
  private var isAfterHeading = false

  /// Columns of the source's lines.
  private static let width = 80

  /// - Parameter date: `2026-11-25`, as it is to stand at the foot of the page.
  init(title: String, section: Int, date: String, source: String, manual: String) {
    let (title, source, manual) = (Self.escaped(title.uppercased()), Self.escaped(source), Self.escaped(manual))
    request(".TH", ["\"\(title)\"", "\(section)", "\"\(date)\"", "\"\(source)\"", "\"\(manual)\""])
    // Words are neither broken nor spread: a reader copies them.
    request(".nh", [])
    request(".ad", ["l"])
  }

  /// Begins a section.
  mutating func heading(_ title: String) { request(".SH", [Self.escaped(title.uppercased())]) }

  /// Begins a part of a section.
  mutating func subheading(_ title: String) { request(".SS", [Self.escaped(title)]) }

  /// Writes a paragraph; what stands in backquotes becomes bold.
  mutating func text(_ text: String) {
    if !isAfterHeading { request(".PP", []) }
    paragraph(text)
  }

  /// Writes a term with what it means.
  mutating func item(_ term: String, _ meaning: String) {
    request(".TP", [])
    source += Self.call(term) + "\n"
    paragraph(meaning)
  }

  /// Writes ways to call something, each on a line of its own.
  mutating func calls(_ ways: [String]) {
    request(".nf", [])
    for way in ways { source += Self.call(way) + "\n" }
    request(".fi", [])
  }

  /// Writes a command line with what it is for.
  mutating func example(_ line: String, for purpose: String) {
    let sentence = purpose.prefix(1).uppercased() + purpose.dropFirst()
    text(sentence.hasSuffix(":") ? sentence : sentence + ":")
    request(".RS", ["4"])
    request(".EX", [])
    source += Self.line(Self.escaped(line)) + "\n"
    request(".EE", [])
    request(".RE", [])
  }

  /// Writes a line that is a request to roff.
  private mutating func request(_ name: String, _ words: [String]) {
    source += ([name] + words).joined(separator: " ") + "\n"
    isAfterHeading = name == ".SH" || name == ".SS"
  }

  /// Writes the words of a paragraph.
  private mutating func paragraph(_ text: String) {
    var isBold = false
    var marked = ""
    for part in text.split(separator: "`", omittingEmptySubsequences: false) {
      marked += isBold ? "\\fB\(Self.escaped(part))\\fR" : Self.escaped(part)
      isBold.toggle()
    }
    for line in marked.wrapped(to: Self.width) { source += Self.line(line) + "\n" }
    isAfterHeading = false
  }

  /// A command line with what is typed as it stands in bold, and what stands for something in italics.
  private static func call(_ text: String) -> String {
    let words = text.split(separator: " ").map { word in
      let isPlaceholder = word.first { $0.isLetter || $0 == "-" }?.isUppercase ?? false
      return "\\f\(isPlaceholder ? "I" : "B")\(escaped(word))\\fR"
    }
    return line(words.joined(separator: " "))
  }

  /// `text` as a line that is no request, whatever it begins with.
  private static func line(_ text: String) -> String {
    text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
  }

  /// `text` with every character that means something else to roff, or looks otherwise on paper, written out.
  private static func escaped(_ text: some StringProtocol) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "\"": result += "\\(dq"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      case " "..."~": result.unicodeScalars.append(scalar)
      default: result += "\\[u\(hexadecimal(scalar.value))]"
      }
    }
  }

  /// `value` in capital hexadecimal digits, four at least.
  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(4 - digits.count, 0)) + digits
  }
}
