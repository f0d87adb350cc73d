internal import Arguments

/// Runs the command line `arguments` (the program's name first) and returns the exit status: 0 done or asked to stop,
/// 1 failed, 2 wrong usage.
public func run(_ arguments: [String]) -> Int32 {
  Terminal.keepInput()
  do {
    switch try Options.program.parse(Array(arguments.dropFirst())) {
    case .help(let text), .version(let text):
      Terminal.tell(text)
    case .run(let values):
      switch values.command {
      case "bench": try BenchCommand(values, .process).run()
      case "cameras": CamerasCommand().run()
      case "detect": try DetectCommand(values, .process).run()
      case "models": ModelsCommand(.process).run()
      default: try StreamCommand(Settings(values), .process).run()
      }
    }
    return 0
  } catch let error as UsageError {
    Terminal.say("stream: \(error)")
    return 2
  } catch {
    Terminal.say("stream: \(error)")
    return 1
  }
}
