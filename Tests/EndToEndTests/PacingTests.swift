import Foundation
import TestData
import Testing

/// Detection on some frames only, through the built program.
@Suite(.serialized, .waiting, .enabled(if: FileManager.default.fileExists(atPath: TestData.model.path)))
struct PacingTests {
  /// A video of the sample footage's first `count` pictures, or of its first one `count` times.
  private func clip(_ count: Int, isStill: Bool = false, in folder: TemporaryFolder) throws -> String {
    let path = folder.path("clip.avi")
    let filter = isStill ? ["-vf", "loop=loop=\(count):size=1,noise=alls=8:allf=t"] : []
    let ending = try Ended(
      URL(filePath: "/usr/bin/ffmpeg"),
      ["-v", "error", "-i", TestData.footage.path] + filter
        + ["-frames:v", "\(count)", "-c:v", "mjpeg", "-q:v", "3", path])
    try #require(ending.status == 0, "\(ending.errors)")
    return path
  }

  @Test func onEveryThirdFrameTheSameIsDetectedAndBetweenItIsPredicted() throws {
    let folder = try TemporaryFolder()
    let path = try clip(50, in: folder)
    let arguments = ["--input", path, "--stats"]
    let plain = try Program.run(arguments + ["--track", "none"])
    let lone = try Program.run(arguments + ["--track", "none", "--every", "3"])
    let all = try EventLine.all(in: plain.output)
    let some = try EventLine.all(in: lone.output)
    try #require(all.count == 50 && some.count == 50)
    for (line, whole) in zip(some, all) {
      #expect(line.frame == whole.frame && line.time == whole.time)
      if line.frame % 3 == 0 {
        #expect(line.detected == nil && line.objects.map(\.box) == whole.objects.map(\.box), "frame \(line.frame)")
      } else {
        #expect(line.detected == false && line.objects.isEmpty, "frame \(line.frame)")
      }
    }
    #expect(lone.errors.contains("50 frames in") && lone.errors.contains(", 17 detected on, 33 predicted"))
    #expect(!plain.errors.contains("detected on"))

    let tracked = try Program.run(arguments + ["--every", "3"])
    let lines = try EventLine.all(in: tracked.output)
    try #require(lines.count == 50)
    var known: [Int] = []
    for line in lines {
      let isDetected = line.frame % 3 == 0
      #expect((line.detected == nil) == isDetected, "frame \(line.frame)")
      #expect(line.objects.allSatisfy { ($0.predicted == nil) == isDetected }, "frame \(line.frame)")
      let ids = line.objects.compactMap(\.id)
      // Nobody comes between detections; who leaves the picture may go.
      if isDetected { known = ids } else { #expect(Set(ids).isSubset(of: known), "frame \(line.frame)") }
    }
    let predicted = lines.flatMap(\.objects).count { $0.predicted == true }
    #expect(predicted > 20)
    // People are followed across what is left out: few more numbers than with every frame.
    let numbers = Set(lines.flatMap(\.objects).compactMap(\.id))
    #expect(numbers.count <= 10 && numbers.max() == numbers.count, "\(numbers.sorted())")

    let stepwise = try Program.run(arguments + ["--every", "3", "--stepwise"])
    #expect(stepwise.output == tracked.output)
  }

  @Test func aRateIsOfTheFramesOwnTimes() throws {
    let ending = try Program.run(
      ["--input", "testpattern:320x240@30:60:file", "--max-rate", "10", "--track", "none", "--quiet"])
    let lines = try EventLine.all(in: ending.output)
    #expect(lines.count == 60 && lines.count { $0.detected == nil } == 20)
  }

  @Test func aStillSceneIsSkippedAndKeepsItsObjects() throws {
    let folder = try TemporaryFolder()
    let ending = try Program.run(["--input", try clip(60, isStill: true, in: folder), "--motion", "--stats"])
    let lines = try EventLine.all(in: ending.output)
    try #require(lines.count == 60)
    let skipped = lines.filter { $0.detected == false }
    #expect(skipped.count >= 48, "\(skipped.count) skipped")
    #expect(ending.errors.contains(", \(60 - skipped.count) detected on, \(skipped.count) predicted"))
    let row = ending.errors.split(separator: "\n").first { $0.hasPrefix("detect ") }
    #expect(row?.split(separator: " ").dropFirst().first == "\(60 - skipped.count)", "\(ending.errors)")
    let ids = Set(lines.flatMap(\.objects).compactMap(\.id))
    #expect(!ids.isEmpty)
    for (line, next) in zip(lines, lines.dropFirst()) where next.detected == false {
      #expect(next.objects.map(\.id) == line.objects.map(\.id) && next.objects.map(\.box) == line.objects.map(\.box))
      #expect(next.objects.allSatisfy { $0.predicted == true })
    }
  }

  @Test func whereAllMovesTheGateLeavesNothingOut() throws {
    let folder = try TemporaryFolder()
    let path = try clip(40, in: folder)
    let plain = try Program.run(["--input", path, "--quiet"])
    #expect(try Program.run(["--input", path, "--quiet", "--motion"]).output == plain.output)
  }

  @Test func everyAndMaxRateExcludeEachOther() throws {
    let ending = try Program.run(["--input", "a.mp4", "--every", "2", "--max-rate", "5"])
    #expect(ending.status == 2 && ending.output.isEmpty)
    #expect(ending.errors == "stream: --every and --max-rate exclude each other\n")
  }
}
