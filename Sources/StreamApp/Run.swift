internal import Arguments
internal import Glibc
internal import Output
internal import Posix

/// Runs the command line `arguments` (the program's name first) and returns the exit status: 0 done or asked to stop,
/// 1 failed, 2 wrong usage.
public func run(_ arguments: [String]) -> Int32 {
  StandardDescriptors.occupy()
  // What a write meets is told as its error.
  signal(SIGPIPE, SIG_IGN)
  signal(SIGXFSZ, SIG_IGN)
  do {
    try requireText()
    switch try Options.program.parse(Array(arguments.dropFirst())) {
    case .text(let text):
      try Terminal.print(text)
    case .run(let values):
      switch CommandName(rawValue: values.command) {
      case .bench: try BenchCommand(values, .process).run()
      case .cameras: try CamerasCommand(values).run()
      case .detect: try DetectCommand(values, .process).run()
      case .evaluate: try EvaluateCommand(values, .process).run()
      case .inspect: try InspectCommand(values, .process).run()
      case .models: try ModelsCommand(.process).run()
      case nil: try StreamCommand(Settings(values), .process).run()
      }
    }
    return 0
  } catch let error as UsageError {
    Terminal.say("stream: \(error)\(hint(error))")
    return 2
  } catch let error as OutputError where error.isClosedPipe && error.output == Terminal.outputName {
    // Who reads what is printed has enough.
    return 0
  } catch {
    Terminal.say("stream: \(error)")
    return 1
  }
}

/// Returns what is said to whoever names footage where a command stands; empty for any other error.
private func hint(_ error: UsageError) -> String {
  guard case .unknownCommand(let word, nearest: nil) = error, word.contains("://") || FileIdentity(path: word) != nil
  else { return "" }
  return "; --input reads footage, `stream detect` pictures"
}

/// Looks at the process's arguments as the system gave them: their texts in Swift have other characters where they are not
/// UTF-8, and are then the names of other files.
///
/// - Throws: `UsageError` for the first one that is no text.
private func requireText() throws(UsageError) {
  for index in 0..<Int(CommandLine.argc) {
    guard let word = unsafe CommandLine.unsafeArgv[index] else { return }
    guard unsafe String(validatingCString: word) == nil else { continue }
    let bytes = unsafe UnsafeRawBufferPointer(start: word, count: strlen(word))
    throw .illegible(unsafe [UInt8](bytes))
  }
}
