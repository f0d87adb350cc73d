import Foundation
import TestData
import Testing

/// One picture after the other by each protocol that FFmpeg can send too, over the loopback.
@Suite(.serialized, .waiting)
struct StreamProtocolTests {
  /// A protocol, and how sender and receiver find each other at a port.
  enum Way: String, CaseIterable, CustomTestStringConvertible {
    case rtmp, srt, udp, tcp

    var testDescription: String { rawValue }

    /// What the sender opens, and how it packs.
    func sender(_ port: Int) -> [String] {
      switch self {
      case .rtmp: ["-f", "flv", "-listen", "1", "rtmp://127.0.0.1:\(port)/live/x"]
      case .srt: ["-f", "mpegts", "srt://127.0.0.1:\(port)?mode=listener"]
      case .udp: ["-f", "mpegts", "udp://127.0.0.1:\(port)?pkt_size=1316"]
      case .tcp: ["-f", "mpegts", "tcp://127.0.0.1:\(port)?listen=1"]
      }
    }

    func receiver(_ port: Int) -> String {
      self == .rtmp ? "rtmp://127.0.0.1:\(port)/live/x" : "\(rawValue)://127.0.0.1:\(port)"
    }
  }

  /// FFmpeg as a sender of 25 pictures a second.
  private func sender(_ way: Way, _ port: Int) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      [
        "ffmpeg", "-v", "quiet", "-nostdin", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25", "-c:v",
        "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25",
      ] + way.sender(port)
    try process.run()
    return process
  }

  private func kill(_ process: Process) {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Each is read, waited for when its sender is gone, and read on when that is back. It is recorded, though the size of
  /// its pictures is not known when the run begins; what never comes leaves no file.
  @Test(arguments: Way.allCases) func aSenderThatGoesAndComesBackIsReadOn(way: Way) throws {
    let port = try LoopbackPort.free()
    let folder = try TemporaryFolder()
    var sender = try sender(way, port)
    defer { kill(sender) }
    let program = try Program([
      "--input", way.receiver(port), "--reconnect", "0.3", "--stream-timeout", "3",
      "--every", "10",
      // The first try may come before the sender listens: of several sources none must be there.
      "--input", "tcp://127.0.0.1:\(try LoopbackPort.free())", "--names", "one,none", "--video",
      folder.path("seen-%s.mkv"),
    ])
    let own = { program.outputSoFar.split(separator: "\n").count { $0.contains(#""frame""#) } }
    #expect(program.wait { own() > 30 }, "\(program.errorsSoFar)")
    kill(sender)
    let name = way.receiver(port)
    #expect(
      program.wait {
        program.errorsSoFar.split(separator: "\n").contains { $0.contains(name) && $0.hasSuffix("waiting for it") }
      },
      "\(program.errorsSoFar)")
    let before = own()
    sender = try self.sender(way, port)
    #expect(program.wait { own() > before + 30 }, "\(program.errorsSoFar)")
    program.send(SIGINT)
    let ending = try program.ending(within: 20)
    #expect(ending.status == 0 && ending.errors.contains("is back after"), "\(ending.errors)")
    let again = try Program.run([
      "--input", folder.path("seen-one.mkv"), "--every", "1000",
    ])
    #expect(again.lines.count == ending.output.split(separator: "\n").count, "\(again.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("seen-none.mkv")))
  }

  /// The interrupt ends the wait for a sender that says nothing, in the midst of a handshake as before one.
  @Test(arguments: ["rtsp", "rtmp", "srt", "udp", "tcp", "http"]) func anInterruptEndsTheWaitForASilentServer(
    scheme: String
  ) throws {
    let silent = try SilentServer()
    let program = try Program([
      "--input", "\(scheme)://127.0.0.1:\(silent.port)/x", "--stream-timeout", "600",
    ])
    usleep(1_000_000)
    program.send(SIGINT)
    let ending = try program.ending(within: 20)
    #expect(ending.signal == nil && ending.status == 0, "\(ending.errors)")
  }

  /// The same servers are given up after their time.
  @Test(arguments: ["rtsp", "rtmp", "srt", "udp", "tcp"]) func aSilentServerIsGivenUp(scheme: String) throws {
    let silent = try SilentServer()
    let ending = try Program.run([
      "--input", "\(scheme)://127.0.0.1:\(silent.port)/x", "--stream-timeout", "1",
    ])
    #expect(ending.status == 1 && ending.output.isEmpty)
    #expect(ending.errors.hasPrefix("stream: \(scheme)://127.0.0.1:\(silent.port)/x: "), "\(ending.errors)")
  }
}
