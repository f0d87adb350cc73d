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
    let texts = try Self.contents(of: [output, errors]).map { String(decoding: $0, as: UTF8.self) }
    (self.output, self.errors) = (texts[0], texts[1])
    process.waitUntilExit()
    status = process.terminationStatus
  }

  /// Returns what is written into each of `pipes` until its last writer is gone.
  ///
  /// Each is read as it fills: a program that waits for room in one, as for a sanitizer's long report, closes no other.
  private static func contents(of pipes: [Pipe]) throws -> [Data] {
    let readers = pipes.map(\.fileHandleForReading)
    var contents = readers.map { _ in Data() }
    var watched = readers.map { pollfd(fd: $0.fileDescriptor, events: Int16(POLLIN), revents: 0) }
    while watched.contains(where: { $0.fd >= 0 }) {
      guard poll(&watched, nfds_t(watched.count), -1) > 0 else {
        guard errno == EINTR else { throw CocoaError(.fileReadUnknown) }
        continue
      }
      for place in watched.indices where watched[place].revents != 0 {
        let more = readers[place].availableData
        contents[place] += more
        // poll() looks at no negative descriptor.
        if more.isEmpty { watched[place].fd = -1 }
      }
    }
    return contents
  }
}
