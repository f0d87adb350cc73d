import Foundation
import Inference
import Model
import ModelImport
import TestData
import Testing

/// The JSON lines of `stream bench`, and how it ends. How fast it is is nobody's promise.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: TestData.model.path))) struct BenchTests {
  /// What any line may hold.
  private struct Line: Decodable {
    let measure: String
    let model, isa, precision, input, kind: String?
    let threads, frames, index, multiplyAdds: Int?
    let importMs, packingMs, firstRunMs, medianMs, minMs, p90Ms, gflops, peakGflops, ofPeak, share: Double?
    let nodes: [String]?
    let output: [Int]?
    let stages: [Stage]?
  }

  private struct Stage: Decodable {
    let stage: String
    let count: Int
    let medianMs, p99Ms, maxMs: Double
  }

  private func lines(_ output: String) throws -> [Line] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try output.split(separator: "\n").map { try decoder.decode(Line.self, from: Data($0.utf8)) }
  }

  @Test func jsonLinesSayWhatWasMeasured() throws {
    let ended = try Ended(
      TestData.built("stream"),
      [
        "bench", "--json", "--repeat", "2", "--threads", "2", "--model", TestData.model.path, "--input",
        "testpattern:320x240@30:12:file",
      ])
    #expect(ended.status == 0 && ended.errors == "", "\(ended.errors)")
    let lines = try lines(ended.output)
    let layers = lines.filter { $0.measure == "layer" }
    #expect(
      lines.map(\.measure) == ["startup", "pipeline", "network", "network"] + layers.map { _ in "layer" })
    let start = try #require(lines.first)
    let graph = try ModelLoader.model(at: TestData.model.path).graph
    #expect(start.precision == "fp32")
    #expect(start.multiplyAdds == GraphStatistics(graph).total.multiplyAdds)
    #expect(start.importMs != nil && start.packingMs != nil && start.firstRunMs != nil)
    #expect(lines[1].frames == 12 && lines[1].threads == 2)
    #expect(lines[1].stages?.map(\.count) == [12, 12, 12, 12, 12])
    for (row, threads) in zip(lines[2...3], 1...2) {
      #expect(row.threads == threads)
      let (least, median, p90) = try #require(
        row.minMs.flatMap { a in row.medianMs.map { (a, $0, row.p90Ms ?? 0) } })
      #expect(least <= median && median <= p90)
      #expect(row.peakGflops ?? 0 > 0)
    }
    #expect(layers.map(\.index) == Array(0..<layers.count))
    #expect(layers.compactMap(\.multiplyAdds).reduce(0, +) == start.multiplyAdds)
    let shares: Double = layers.compactMap(\.share).reduce(0, +)
    #expect(abs(shares - 1) < 0.01)
    #expect(layers.allSatisfy { $0.nodes?.isEmpty == false && $0.output?.count == 3 && $0.threads == 2 })
  }

  @Test func tablesHaveARowForEachLayer() throws {
    let ended = try Ended(
      TestData.built("stream"),
      [
        "bench", "--repeat", "1", "--threads", "1", "--model", TestData.model.path, "--precision", "bf16", "--input",
        "testpattern:320x240@30:2:file",
      ])
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(ended.lines.first?.contains(", bf16, ") == true)
    let rows = ended.lines.drop { !$0.hasPrefix("layer ") }
    #expect(
      rows.contains {
        $0.hasPrefix("bottleneck") && $0.hasSuffix("/{expand/Conv2D, depthwise/depthwise, project/Conv2D}")
      })
    // The header, the steps, and their sum.
    let engine = try Engine(ModelLoader.model(at: TestData.model.path).graph)
    #expect(rows.firstIndex { $0.hasPrefix("all ") } == rows.startIndex + engine.steps.count + 1)
  }

  @Test(arguments: [SIGINT, SIGTERM]) func theFirstSignalEndsItWithWholeLines(signal: Int32) throws {
    let process = Process()
    let output = Pipe()
    process.executableURL = TestData.built("stream")
    process.arguments = [
      "bench", "--json", "--repeat", "100000", "--model", TestData.model.path, "--input",
      "testpattern:320x240@30:2:file",
    ]
    process.standardOutput = output
    try process.run()
    // Until the pipeline's line: then the network is being measured.
    var text = ""
    while !text.contains("pipeline") {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      text += String(decoding: more, as: UTF8.self)
    }
    kill(process.processIdentifier, signal)
    text += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    #expect(text.hasSuffix("\n"))
    #expect(try lines(text).map(\.measure).prefix(2) == ["startup", "pipeline"])
  }

  @Test func footageThatCannotBeReadIsSaidBeforeTheNetworkIsMeasured() throws {
    let ended = try Ended(
      TestData.built("stream"),
      ["bench", "--json", "--repeat", "100000", "--model", TestData.model.path, "--input", "/nowhere/at/all.mp4"])
    #expect(ended.status == 1 && ended.errors.contains("/nowhere/at/all.mp4"))
    #expect(try lines(ended.output).map(\.measure) == ["startup"])
  }
}
