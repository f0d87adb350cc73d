import Foundation
import TestData
import Testing

/// Several sources in one process.
@Suite(.serialized, .waiting)
struct SeveralSourcesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What one line says, as far as these tests ask.
  private struct Line: Decodable {
    let frame: Int
    let source: String?
    let dropped: Int?
    let lost: Int?
    let width: Int
  }

  private func lines(_ text: String) throws -> [Line] {
    try text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
  }

  @Test(arguments: [[], ["--stepwise"]]) func footageOfTwoIsWholeAndInOrder(mode: [String]) throws {
    let ending = try Program.run(
      [
        "--input", "testpattern:320x240@30:25:file", "--input", "testpattern:160x120@30:10:file", "--names", "one,two",
      ] + mode)
    #expect(ending.status == 0, "\(ending.errors)")
    let lines = try lines(ending.output)
    #expect(lines.filter { $0.source == "one" }.map(\.frame) == Array(0..<25))
    #expect(lines.filter { $0.source == "two" }.map(\.frame) == Array(0..<10))
    #expect(lines.allSatisfy { $0.width == ($0.source == "one" ? 320 : 160) })
    #expect(ending.errors.contains("35 frames in") && ending.errors.contains("  two: 10 frames in"))
  }

  /// Each has the tracks of its own that it has alone.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: TestData.footage.path)))
  func eachHasTheLinesThatItHasAlone() throws {
    let clip = try Clip.ofFirst(60, in: folder)
    let alone = try Program.run(["--input", clip, "--model", TestData.model.path])
    let both = try Program.run([
      "--input", clip, "--input", "testpattern:320x240@30:20:file", "--names", "people,pattern", "--model",
      TestData.model.path,
    ])
    let people = both.lines.filter { $0.contains(#""source":"people""#) }
    #expect(alone.lines.count == 60 && alone.output.contains(#""id":1"#))
    #expect(people.map { String($0).replacing(#","source":"people""#, with: "") } == alone.lines.map(String.init))
  }

  @Test func eachHasOutputsOfItsOwn() throws {
    let ending = try Program.run([
      "--input", "testpattern:320x240@30:12:file", "--input", "testpattern:160x120@30:8:file", "--names", "one,two",
      "--events", folder.path("e-%s.jsonl"), "--video",
      folder.path("v-%s.mkv"),
    ])
    #expect(ending.status == 0 && ending.output.isEmpty, "\(ending.errors)")
    for (name, count) in [("one", 12), ("two", 8)] {
      let text = try String(contentsOf: folder.url("e-\(name).jsonl"), encoding: .utf8)
      #expect(try lines(text).map(\.frame) == Array(0..<count))
      let video = folder.path("v-\(name).mkv")
      let again = try Program.run(["--input", video, "--every", "1000"])
      #expect(again.lines.count == count)
    }
  }

  /// What a fast live source leaves is its own: every picture of each is reported, dropped or lost.
  @Test func liveSourcesShareTheDetector() throws {
    let ending = try Program.run(
      [
        "--input", "testpattern:320x240@100:100", "--input", "testpattern:160x120@10:10", "--names", "fast,slow",
      ], environment: ["STREAM_SLOW_DETECTOR": "30ms"])
    #expect(ending.status == 0, "\(ending.errors)")
    let lines = try lines(ending.output)
    for name in ["fast", "slow"] {
      let own = lines.filter { $0.source == name }
      #expect(!own.isEmpty)
      for (before, after) in zip(own, own.dropFirst()) {
        #expect(after.frame == before.frame + 1 + (after.dropped ?? 0) + (after.lost ?? 0))
      }
    }
    // The detector takes them in turn, so the slow one loses next to nothing.
    #expect(lines.count(where: { $0.source == "slow" }) >= 4)
  }

  /// The one that fails is told at once, the other goes on to its end, and the status says that not all went well.
  @Test func oneThatFailsLeavesTheOthersAlone() throws {
    let camera = try PreloadCamera(formats: "YUYV:160x120:30", faults: "5:unplug")
    let ending = try Program.run(
      [
        "--camera", PreloadCamera.path, "--input", "testpattern:160x120@30:60", "--names", "bad,good", "--reconnect",
        "never",
      ], environment: camera.environment)
    let lines = try lines(ending.output)
    #expect(ending.status == 1)
    #expect(ending.errors.contains("\(PreloadCamera.path): ") && ending.errors.contains("the other sources go on"))
    #expect(lines.count(where: { $0.source == "bad" }) <= 5)
    #expect(lines.last { $0.source == "good" }?.frame == 59, "\(ending.errors)")
  }
}
