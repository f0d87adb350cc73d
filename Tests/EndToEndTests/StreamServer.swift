import Foundation
import TestData

/// A server of Tests/StreamServers, on the loopback.
final class StreamServer {
  private let process = Process()
  private let folder: TemporaryFolder
  private(set) var port = 0

  private static let python = URL(filePath: "/usr/bin/python3")

  /// Whether there is what the RTSP server needs.
  static let hasRTSP = runs("import gi; gi.require_version('GstRtspServer', '1.0')")

  private static func runs(_ program: String) -> Bool {
    let process = Process()
    (process.executableURL, process.arguments) = (python, ["-c", program])
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  /// Starts `name` (`http` or `rtsp`) and waits until it listens, at `port` or at one that is free.
  init(_ name: String, port: Int = 0, _ arguments: [String] = []) throws {
    folder = try TemporaryFolder()
    let script = TestData.checkout.appending(path: "Tests/StreamServers/\(name)-server.py")
    let output = Pipe()
    process.executableURL = Self.python
    process.arguments = [script.path, String(port)] + (name == "http" ? [folder.url.path] : []) + arguments
    (process.standardOutput, process.standardInput) = (output, FileHandle.nullDevice)
    try process.run()
    // It writes this one line, or ends.
    var line = ""
    while !line.hasSuffix("\n") {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      line += String(decoding: data, as: UTF8.self)
    }
    guard let port = line.split(whereSeparator: \.isWhitespace).last.flatMap({ Int($0) }) else {
      throw CocoaError(.fileReadUnknown)
    }
    self.port = port
  }

  deinit { kill() }

  /// Kills it, as a power failure would; what it is serving breaks off.
  func kill() {
    guard process.isRunning else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
