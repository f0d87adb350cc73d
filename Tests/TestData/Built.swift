public import Foundation

extension TestData {
  /// Returns the place of an executable that this build has made, beside the tests that are running.
  public static func built(_ name: String) -> URL {
    // The tests are a bundle, which SwiftPM's runner is told to load, or which was started itself.
    let arguments = ProcessInfo.processInfo.arguments
    let tests = URL(filePath: arguments.last { $0.contains(".xctest") } ?? arguments[0])
    return tests.deletingLastPathComponent().appending(path: name)
  }
}

/// What a program wrote, and how it ended.
public struct Ended: Sendable {
  public let output: String
  public let errors: String
  public let status: Int32

  /// The lines of standard output.
  public var lines: [String] { output.split(separator: "\n").map(String.init) }

  /// Runs `program` to its end, with `environment` added to ours.
  public init(_ program: URL, _ arguments: [String], environment: [String: String] = [:]) throws {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    // What is read second fits the pipe: no program here writes more than a few lines of errors.
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }
}
