import Foundation
import TestData
import Testing

/// `stream inspect --compare`, and networks that have no weights.
@Suite struct CompareTests {
  private struct Comparison: Decodable {
    struct Count: Decodable { let parameters, multiplyAdds: Int }
    struct Side: Decodable {
      let name: String
      let parts: [String: Count]
      let total: Count
    }
    struct Layer: Decodable {
      let part: String
      let `operator`: String
      let parameters, multiplyAdds: Int
    }
    struct Difference: Decodable { let a, b: Layer? }
    struct Savings: Decodable { let parameters, multiplyAdds: Double }
    let a, b: Side
    let differences: [Difference]
    let savings: Savings
  }

  /// Runs `stream` beside the configurations of an SSD and of an SSDLite, in folders of these names.
  private func stream(_ arguments: (_ ssd: String, _ lite: String) -> [String]) throws -> Ended {
    let folder = FileManager.default.temporaryDirectory.appending(path: "compare-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let texts = [
      "ssd": TestData.pipeline("ssd_mobilenet_v2", depthwise: false, predictor: "kernel_size: 3"),
      "ssdlite": TestData.pipeline("ssd_mobilenet_v2"),
    ]
    for (name, text) in texts {
      try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: folder.appending(path: "\(name)/pipeline.config"))
    }
    return try Ended(
      TestData.built("stream"), arguments(folder.appending(path: "ssd").path, folder.appending(path: "ssdlite").path))
  }

  /// The sizes that arXiv:1801.04381 prints, and the layers that make them.
  @Test func whatSSDLiteSavesIsShownLayerByLayer() throws {
    let ended = try stream { ["inspect", "--compare", $0, $1, "--json"] }
    #expect(ended.status == 0 && ended.errors == "")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let found = try decoder.decode(Comparison.self, from: Data(ended.output.utf8))
    #expect((found.a.name, found.b.name) == ("ssd", "ssdlite"))
    #expect((found.a.total.parameters, found.b.total.parameters) == (17_000_501, 4_337_013))
    #expect((found.a.total.multiplyAdds, found.b.total.multiplyAdds) == (1_870_281_472, 788_830_144))
    #expect(abs(found.savings.parameters - 17_000_501.0 / 4_337_013) < 1e-4)
    #expect(abs(found.savings.multiplyAdds - 1_870_281_472.0 / 788_830_144) < 1e-4)
    // Four extra layers and twelve predictors; each becomes a pair.
    #expect(found.differences.count { $0.a != nil } == 16 && found.differences.count { $0.b != nil } == 32)
    #expect(found.differences.allSatisfy { ($0.a ?? $0.b)?.part != "backbone" })
    #expect(found.differences.compactMap { $0.a }.allSatisfy { $0.operator.hasPrefix("convolution 3×3") })
    let saved = { (layers: [Comparison.Layer]) in layers.reduce(0) { $0 + $1.multiplyAdds } }
    let difference = saved(found.differences.compactMap { $0.a }) - saved(found.differences.compactMap { $0.b })
    #expect(difference == found.a.total.multiplyAdds - found.b.total.multiplyAdds)
  }

  /// A configuration lays a map's predictors one after the other, a graph has those of all boxes before those of classes.
  @Test(
    .enabled(if: TestData.hasShared),
    arguments: ["ssdlite_mobilenet_v2_coco", "ssd_mobilenet_v1_coco", "ssdlite_mobilenet_v3_small_320x320_coco"])
  func theOrderOfHeadsIsNoDifference(network: String) throws {
    let folder = TestData.shared("synth/tf/\(network)")
    let graph = try TestData.unpacked(folder.appending(path: "frozen_inference_graph.pb.xz")).path
    let config = folder.appending(path: "pipeline.config").path
    for arguments in [[config, graph], [graph, config]] {
      let ended = try Ended(TestData.built("stream"), ["inspect", "--compare"] + arguments)
      #expect(ended.lines.contains("The layers are the same."), "\(ended.output)")
    }
  }

  @Test func theTableEndsWithTheFactors() throws {
    let ended = try stream { ["inspect", "--compare", $0, $1] }
    #expect(ended.lines.last?.split(separator: " ").last == "2.37×", "\(ended.lines.last ?? "")")
    #expect(ended.lines.contains { $0.hasPrefix("predictor ") && $0.contains("8.56×") }, "\(ended.output)")
    let same = try stream { ssd, _ in ["inspect", "--compare", ssd, ssd] }
    #expect(same.lines.contains("The layers are the same."))
  }

  /// A configuration detects nothing: it is measured where that is asked for, and refused elsewhere.
  @Test func aConfigurationIsMeasuredButDoesNotDetect() throws {
    let refused = try stream { _, lite in ["--model", lite, "--input", "testpattern:64x48@30:2:file"] }
    #expect(refused.status == 1 && refused.output == "")
    #expect(refused.errors.contains("a configuration has no weights to detect with"), "\(refused.errors)")
    let measured = try stream { _, lite in
      [
        "bench", "--model", lite, "--random-weights", "--threads", "1", "--repeat", "1", "--input",
        "testpattern:64x48@30:2:file", "--json",
      ]
    }
    #expect(measured.status == 0 && measured.output.contains(#""multiply_adds":788830144"#), "\(measured.errors)")
  }

  /// Both networks run in turn, in all and by parts.
  @Test func twoNetworksAreTimedInTurn() throws {
    struct Row: Decodable {
      let measure, part: String
      let threads: Int
      let aMs, bMs, ratio: Double
    }
    let ended = try stream { ssd, lite in
      ["bench", "--compare", ssd, lite, "--random-weights", "--threads", "1", "--repeat", "2", "--json"]
    }
    #expect(ended.status == 0, "\(ended.errors)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let rows = try ended.lines.map { try decoder.decode(Row.self, from: Data($0.utf8)) }
    #expect(rows.map(\.part) == ["all", "backbone", "extra", "predictor"])
    #expect(rows.allSatisfy { $0.measure == "compare" && $0.threads == 1 && $0.aMs > 0 && $0.bMs > 0 })
    #expect(rows.allSatisfy { abs($0.ratio - $0.aMs / $0.bMs) < 0.01 * $0.ratio })
    let idle = try stream { ssd, lite in ["inspect", "--compare", ssd, lite, "--mean", "3"] }
    #expect(idle.status == 2 && idle.errors.contains("--mean has no effect with --compare"), "\(idle.errors)")
    let both = try stream { ssd, lite in ["bench", "--model", ssd, lite] }
    #expect(both.status == 2 && both.errors.contains("--model names the model"))
  }
}
