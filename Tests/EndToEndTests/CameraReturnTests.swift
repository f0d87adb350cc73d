import Foundation
import TestData
import Testing

/// A camera that is unplugged and comes back, before the built program.
@Suite(.serialized, .waiting) struct CameraReturnTests {
  /// A run before `camera` whose detections take next to no time.
  private func program(_ camera: PreloadCamera, _ arguments: [String]) throws -> Program {
    let environment = camera.environment.merging(["STREAM_SLOW_DETECTOR": "1ms"]) { $1 }
    return try Program(
      ["--camera", PreloadCamera.path] + arguments, environment: environment)
  }

  /// How often it was said that the camera is waited for.
  private func departures(_ program: Program) -> Int {
    program.errorsSoFar.split(separator: "\n").count { $0.contains("was unplugged; waiting for it") }
  }

  @Test func fiftyReturnsNeedNoMoreMemoryAndNoMoreDescriptors() throws {
    let camera = try PreloadCamera(formats: "YUYV:320x240:100", faults: "4:unplug")
    let program = try program(camera, ["--reconnect", "0.1"])
    // What is made once is made in the first few rounds.
    #expect(program.wait { departures(program) >= 10 }, "\(program.errorsSoFar)")
    let before = try Footprint(of: program)
    #expect(program.wait { departures(program) >= 50 }, "\(program.errorsSoFar)")
    // The descriptor of the camera is open or not.
    let after = try Footprint(of: program)
    #expect(abs(after.descriptors - before.descriptors) <= 2, "\(before) \(after)")
    #expect(after.kilobytes - before.kilobytes < 4096, "\(before) \(after)")
    program.send(SIGTERM)
    let ending = try program.ending(within: 10)
    #expect(ending.status == 0 && ending.output.hasSuffix("\n"), "\(ending.errors)")
    let lines = try EventLine.all(in: ending.output)
    #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.frame < $1.frame && $0.time < $1.time })
    #expect(lines.count >= 50)
    // What it gives is said once, for it comes back as the same.
    #expect(ending.errors.split(separator: "\n").count { $0.contains("320x240 YUYV at") } == 1)
  }

  @Test func aCameraThatReturnsIsTakenBackLongBeforeTheNextTry() throws {
    let camera = try PreloadCamera(formats: "YUYV:320x240:30", faults: "0/10:unplug=900")
    let program = try program(camera, ["--reconnect", "3600"])
    #expect(program.wait { program.errorsSoFar.contains("is back after") }, "\(program.errorsSoFar)")
    let count = { program.outputSoFar.split(separator: "\n").count }
    let before = count()
    #expect(program.wait { count() >= before + 5 }, "\(program.errorsSoFar)")
    program.send(SIGTERM)
    let lines = try EventLine.all(in: try program.ending(within: 10).output)
    #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.frame < $1.frame && $0.time < $1.time })
    let away = zip(lines, lines.dropFirst()).map { $1.time - $0.time }.max() ?? 0
    #expect(away >= 0.9, "the times show the gap")
  }

  @Test func aDriverThatKeepsFailingIsOpenedAnew() throws {
    let camera = try PreloadCamera(formats: "YUYV:320x240:30", faults: "0/5:eio,1/5:eio")
    let program = try program(camera, ["--reconnect", "0.1"])
    #expect(program.wait { program.errorsSoFar.contains("is back after") }, "\(program.errorsSoFar)")
    #expect(program.errorsSoFar.contains("input/output error; waiting for it"), "\(program.errorsSoFar)")
    let count = { program.outputSoFar.split(separator: "\n").count }
    let before = count()
    #expect(program.wait { count() >= before + 5 }, "\(program.errorsSoFar)")
    program.send(SIGTERM)
    let ending = try program.ending(within: 10)
    #expect(ending.status == 0 && ending.errors.contains("2 times the driver failed"), "\(ending.errors)")
  }
}

/// What a running program holds.
private struct Footprint {
  let descriptors: Int
  let kilobytes: Int

  init(of program: Program) throws {
    let identifier = try #require(program.processIdentifier)
    let folder = "/proc/\(identifier)"
    descriptors = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/fd").count
    let status = try String(contentsOfFile: "\(folder)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS") })
    kilobytes = try #require(line.split(separator: " ").compactMap { Int($0) }.first)
  }
}
