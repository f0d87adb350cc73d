import Foundation
import TestData

/// The built `stream`, run as a process of its own.
final class Program {
  /// How a run ended, and all that it wrote.
  struct Ending {
    let status: Int32
    /// The signal that ended it, where one did.
    let signal: Int32?
    let output: String
    let errors: String

    var lines: [Substring] { output.split(separator: "\n") }
  }

  private let process = Process()
  private let folder: TemporaryFolder
  private let output: URL
  private let errors: URL

  /// Starts `stream` with `arguments`; standard input is `input` or empty. Where no `--model` is given, it runs a network
  /// that takes next to no time: what a test is to find in pictures it looks for with `TestData.model`.
  ///
  /// - Parameters:
  ///   - output: a pipe or a file handle in place of the file that `output` of the ending is read from.
  ///   - fileLimit: how large the files that it writes may get, in blocks of 512 bytes.
  ///   - preparation: what a shell shall do before: `trap '' HUP`.
  ///   - redirection: what a shell shall do with its descriptors: `>&-`.
  init(
    _ arguments: [String], environment: [String: String] = [:], input: Any? = nil, output pipe: Any? = nil,
    fileLimit: Int? = nil, preparation: String? = nil, redirection: String? = nil
  ) throws {
    folder = try TemporaryFolder()
    output = folder.url("output")
    errors = folder.url("errors")
    for file in [output, errors] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
    let program = TestData.built("stream")
    if fileLimit != nil || preparation != nil || redirection != nil {
      let before = [fileLimit.map { "ulimit -f \($0)" }, preparation].compactMap { $0 }.map { "\($0); " }.joined()
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", "\(before)exec \"$0\" \"$@\" \(redirection ?? "")", program.path] + arguments
    } else {
      process.executableURL = program
      process.arguments = arguments
    }
    process.environment = ProcessInfo.processInfo.environment
      .merging(["STREAM_MODEL": TestData.smallModel.path]) { $1 }.merging(environment) { $1 }
    process.standardInput = input ?? FileHandle.nullDevice
    process.standardOutput = try pipe ?? FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// Runs to the end.
  static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Ending {
    try Program(arguments, environment: environment).ending()
  }

  /// The running process; nil once it has ended.
  var processIdentifier: Int32? { process.isRunning ? process.processIdentifier : nil }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// What was written to standard output so far.
  var outputSoFar: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

  /// What was written to standard error so far.
  var errorsSoFar: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

  /// Waits until `condition` holds or the process has ended; false after `seconds`.
  func wait(atMost seconds: Double = 60, until condition: () -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while !condition() {
      if !process.isRunning { return condition() }
      if ContinuousClock.now > end { return false }
      usleep(2000)
    }
    return true
  }

  /// Waits for the end; a process that has not ended after `seconds` is killed.
  func ending(within seconds: Double = 240) throws -> Ending {
    let end = ContinuousClock.now + .seconds(seconds)
    while process.isRunning, ContinuousClock.now < end { usleep(1000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    let wasSignalled = process.terminationReason == .uncaughtSignal
    return Ending(
      status: process.terminationStatus, signal: wasSignalled ? process.terminationStatus : nil, output: outputSoFar,
      errors: errorsSoFar)
  }
}
