import Foundation
import TestData
import Testing

/// What `stream` says of a run, at its end and midway.
@Suite(.serialized, .waiting, .enabled(if: FileManager.default.fileExists(atPath: TestData.model.path)))
struct RunStatisticsTests {
  private static let stages = ["capture", "prepare", "detect", "track", "report"]

  /// The numbers of the line at the end of a live run.
  private struct Ends {
    let reported: Int
    let captured: Int
    let dropped: Int
    let lost: Int

    init(_ text: String) throws {
      let line = try #require(
        text.firstMatch(of: #/(\d+) frames in .* fps, (\d+) captured, (\d+) dropped, (\d+) lost; age median/#),
        "\(text)")
      reported = try #require(Int(line.1))
      (captured, dropped, lost) = (Int(line.2) ?? -1, Int(line.3) ?? -1, Int(line.4) ?? -1)
    }
  }

  /// Returns the count of each stage that the table names.
  private func counts(in text: String) -> [String: Int] {
    let rows = text.split(separator: "\n").map { $0.split(separator: " ") }.filter { $0.count > 2 }
    return Dictionary(
      rows.compactMap { row in Int(row[1]).map { (String(row[0]), $0) } }.filter { Self.stages.contains($0.0) },
      uniquingKeysWith: { _, last in last })
  }

  /// The real network where threads share it: the thread sanitizer looks at it here and in a live run.
  @Test(arguments: [[], ["--stepwise"]]) func everyStageCountsEveryFrameOfFootage(mode: [String]) throws {
    let model = mode.isEmpty ? TestData.model : TestData.smallModel
    let ended = try Ended(
      TestData.built("stream"),
      ["--input", "testpattern:320x240@30:20:file", "--model", model.path, "--stats"] + mode)
    #expect(ended.status == 0 && ended.lines.count == 20)
    #expect(counts(in: ended.errors) == Dictionary(uniqueKeysWithValues: Self.stages.map { ($0, 20) }))
    #expect(ended.errors.contains(#/20 frames in [0-9.]+ s, [0-9.]+ fps\n/#))
    #expect(ended.errors.contains(#/\nframes [0-9.]+ fps in, [0-9.]+ fps out\n/#))
    #expect(!ended.errors.contains("captured"))
    let shares = ended.errors.matches(of: #/([0-9.]+) %\n/#).compactMap { Double($0.1) }
    #expect(shares.count == 6 && shares.allSatisfy { $0.isFinite && $0 >= 0 }, "\(ended.errors)")
  }

  @Test func everyCapturedFrameOfALiveSourceIsReportedDroppedOrLost() throws {
    let ended = try Ended(
      TestData.built("stream"),
      ["--input", "testpattern:320x240@100:60:live", "--model", TestData.model.path, "--track", "none"],
      environment: ["STREAM_SLOW_DETECTOR": "50ms"])
    let ends = try Ends(ended.errors)
    #expect(ended.status == 0)
    #expect(ends.reported == ended.lines.count)
    #expect(ends.captured == ends.reported + ends.dropped + ends.lost)
    #expect(ends.dropped > 0)
    let dropped = ended.output.matches(of: #/"dropped":(\d+)/#).compactMap { Int($0.1) }
    let lost = ended.output.matches(of: #/"lost":(\d+)/#).compactMap { Int($0.1) }
    #expect(dropped.reduce(0, +) == ends.dropped && lost.reduce(0, +) == ends.lost)
  }

  @Test func aSignalAsksForStatisticsMidway() throws {
    let events = FileManager.default.temporaryDirectory.appending(path: "stream-\(UUID().uuidString).jsonl")
    defer { try? FileManager.default.removeItem(at: events) }
    let process = Process()
    let errors = Pipe()
    process.executableURL = TestData.built("stream")
    process.arguments = [
      "--input", "testpattern:320x240@30:live", "--model", TestData.smallModel.path, "--events", events.path,
    ]
    process.standardError = errors
    try process.run()
    while process.isRunning, (try? Data(contentsOf: events))?.isEmpty ?? true { usleep(2000) }
    kill(process.processIdentifier, SIGUSR1)
    var text = ""
    while !text.contains("peak memory") {
      let more = errors.fileHandleForReading.availableData
      if more.isEmpty { break }
      text += String(decoding: more, as: UTF8.self)
    }
    #expect(process.isRunning)
    #expect(Set(counts(in: text).keys) == Set(Self.stages), "\(text)")
    kill(process.processIdentifier, SIGINT)
    _ = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
  }
}
