import Foundation
import TestData
import Testing

/// The sample footage through the default model, against golden detections.
@Suite(.serialized, .waiting) struct FootageTests {
  /// The detections of the first 50 frames, as `stream` itself found them when they agreed with the golden ones.
  private static let expectations = TestData.checkout.appending(
    path: "Tests/EndToEndTests/Expectations/vtest-first-50.jsonl")

  private static let plain = [
    "--model", TestData.model.path, "--input", TestData.footage.path, "--threshold", "0.25", "--track", "none",
    "--max-detections", "100", "--quiet",
  ]

  /// What a run with `plain` ends in; two tests look at it.
  private static let plainEnding = Result { try Program.run(plain) }
  /// What a run with tracks ends in, over all frames and over many detections; two tests look at it.
  private static let trackedEnding = Result { try Program.run(tracked) }
  private static let tracked = [
    "--model", TestData.model.path, "--input", TestData.footage.path, "--quiet", "--threshold", "0.3",
  ]

  @Test func theFirst50FramesShowWhatTheyAlwaysShowed() throws {
    let expected = try EventLine.all(in: String(contentsOf: Self.expectations, encoding: .utf8))
    try #require(expected.count == 50)
    let ending = try Self.plainEnding.get()
    #expect(ending.status == 0 && ending.errors == "")
    let found = try EventLine.all(in: ending.output)
    try #require(found.count == 795)
    var count = 0
    for (line, wanted) in zip(found, expected) {
      #expect(line.frame == wanted.frame && abs(line.time - wanted.time) < 1e-6)
      #expect(line.width == 768 && line.height == 576)
      // Near the threshold a detection may come and go with the last bit of a sum.
      let sure = wanted.objects.filter { $0.score > 0.26 }.map(\.sighting)
      let partners = pairs(sure, line.objects.map(\.sighting), overlap: 0.99, score: 0.002)
      #expect(!partners.contains(nil), "frame \(line.frame)")
      #expect(line.objects.filter { $0.score > 0.26 }.count <= wanted.objects.count, "frame \(line.frame)")
      count += sure.count
    }
    #expect(count > 100)
  }

  @Test(.enabled(if: TestData.hasShared)) func theGoldenDetectionsOfAllFramesAreFound() throws {
    let golden = try Golden.all()
    let lines = try EventLine.all(in: try Self.plainEnding.get().output)
    try #require(lines.count == 795 && golden.count == 795)
    var (expected, matched, extras) = (0, 0, 0)
    for (line, frame) in zip(lines, golden) {
      #expect(line.frame == frame.frame)
      let wanted = frame.sightings.filter { $0.score > 0.3 }
      let found = line.objects.map(\.sighting)
      let partners = pairs(wanted, found, overlap: 0.9, score: 0.03)
      expected += wanted.count
      matched += partners.count { $0 != nil }
      let claimed = Set(pairs(frame.sightings, found, overlap: 0.9, score: 0.03).compactMap { $0 })
      extras += found.indices.count { found[$0].score >= 0.33 && !claimed.contains($0) }
    }
    print("golden detections: \(matched) of \(expected) matched, \(extras) extra")
    #expect(expected == 3886)
    #expect(Double(matched) >= 0.99 * Double(expected))
    #expect(Double(extras) <= 0.01 * Double(expected))
  }

  @Test func stepByStepTheLogIsTheSame() throws {
    let pipelined = try Self.trackedEnding.get()
    let stepwise = try Program.run(Self.tracked + ["--stepwise"])
    #expect(pipelined.status == 0 && stepwise.status == 0)
    #expect(pipelined.lines.count == 795)
    #expect(pipelined.output == stepwise.output)
  }

  @Test func tracksHaveConsecutiveNumbers() throws {
    let lines = try EventLine.all(in: try Self.trackedEnding.get().output)
    var seen = 0
    for line in lines {
      for object in line.objects {
        let id = try #require(object.id)
        #expect(id <= seen + 1, "frame \(line.frame)")
        seen = max(seen, id)
      }
      #expect(line.objects.compactMap(\.id) == line.objects.compactMap(\.id).sorted())
    }
    #expect(seen > 10)
  }
}

/// The reference's detections of the sample footage.
private struct Golden: Decodable {
  let frame: Int
  /// ymin, xmin, ymax, xmax in fractions of the picture, score.
  let detections: [[Double]]

  var sightings: [Sighting] {
    detections.map {
      Sighting(left: $0[1] * 768, top: $0[0] * 576, right: $0[3] * 768, bottom: $0[2] * 576, score: $0[4])
    }
  }

  static func all() throws -> [Golden] {
    try String(contentsOf: TestData.shared("golden/vtest_pedestrian.jsonl"), encoding: .utf8).split(separator: "\n").map
    { try JSONDecoder().decode(Golden.self, from: Data($0.utf8)) }
  }
}
