internal import Arguments
internal import Capture
internal import Posix

/// The pictures that the arguments of `stream detect` mean, in their order.
struct PictureArguments {
  /// Paths and URLs; `-` is standard input.
  private(set) var paths: [String] = []
  /// What was given but means no picture: a pattern that nothing matches, a folder without pictures.
  private(set) var problems: [String] = []
  /// What was left out of folders, which is no failure.
  private(set) var notes: [String] = []

  /// - Throws: `UsageError` where standard input, which holds one picture, is named twice.
  init(_ arguments: [String]) throws(UsageError) {
    guard arguments.count(where: { $0 == "-" }) <= 1 else {
      throw .rule("- was given twice: standard input holds one picture")
    }
    for argument in arguments { add(argument) }
  }

  private mutating func add(_ argument: String) {
    do {
      if argument == "-" {
        paths.append(argument)
      } else if let list = try PictureList(path: argument) {
        paths += list.paths
        let account = SourceTrouble.Account(.passedOver, list.passedOver)
        if let summary = account.summary { notes.append("\(argument): \(summary)") }
      } else if FileIdentity(path: argument) == nil, !argument.contains("://"), PathPattern.isPattern(argument) {
        // Only a pattern that the shell left alone comes this far.
        let matches = try PathPattern.paths(matching: argument)
        if matches.isEmpty { problems.append("\(argument): no file matches") }
        paths += matches
      } else {
        paths.append(argument)
      }
    } catch { problems.append("\(error)") }
  }
}
