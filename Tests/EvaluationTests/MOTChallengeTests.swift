import Evaluation
import Scene
import Testing

@Suite struct MOTChallengeTests {
  @Test func readsTracksDetectionsAndGroundTruth() throws {
    let entries = try MOTChallenge.entries(
      in: "1,-1,-2.5,10,30.25,40,0.995,-1,-1,-1\n7, 3, 0, 0, 1, 1, 1\r\n2,4,1e1,0,0,5,0,1,0.5")
    #expect(
      entries == [
        MOTChallengeEntry(
          frame: 1, id: -1, rect: PixelRect(left: -2.5, top: 10, right: 27.75, bottom: 50), confidence: 0.995,
          classNumber: -1),
        MOTChallengeEntry(frame: 7, id: 3, rect: PixelRect(left: 0, top: 0, right: 1, bottom: 1), confidence: 1),
        MOTChallengeEntry(
          frame: 2, id: 4, rect: PixelRect(left: 10, top: 0, right: 10, bottom: 5), confidence: 0, classNumber: 1),
      ])
    #expect(try MOTChallenge.entries(in: "").isEmpty)
  }

  @Test func largeNumbersAreNotRounded() throws {
    let text = "9223372036854775807,9007199254740993,0,0,1,1,1\n1e3,2.0,0,0,1,1,1"
    let entries = try MOTChallenge.entries(in: text)
    #expect(entries.map(\.frame) == [.max, 1000] && entries.map(\.id) == [9_007_199_254_740_993, 2])
  }

  @Test func writesWhatItReads() throws {
    let text = "1,2216,177.83,203.18,33.2,99.34,1,-1,-1,-1\n12,-1,-0.000001,5,123456.789012,1,-0.5,-1,-1,-1\n"
    #expect(
      MOTChallenge.text(of: try MOTChallenge.entries(in: text))
        == text.replacing("-0.000001", with: "-1e-06"))
  }

  @Test func aSequencesLengthIsRead() {
    #expect(MOTChallenge.frameCount(inInfo: "[Sequence]\r\nname=A\r\n seqLength = 12 \r\nimWidth=640\r\n") == 12)
    for text in ["", "name=A", "seqLength=", "seqLength=0", "seqLength=many"] {
      #expect(MOTChallenge.frameCount(inInfo: text) == nil, "\(text)")
    }
  }

  @Test(arguments: [
    ("1,1,0,0,1,1", 1, "6 columns, not 7 to 10"),
    ("1,1,0,0,1,1,1,-1,-1,-1,-1", 1, "11 columns, not 7 to 10"),
    ("1,1,0,0,1,1,1\n\n2,1,0,0,1,1,1", 2, "1 columns, not 7 to 10"),
    ("1,1,0,0,1,1,1\n0,1,0,0,1,1,1\n", 2, "frames count from 1: 0"),
    ("1.5,1,0,0,1,1,1", 1, "a frame is a whole number: 1.5"),
    ("1e300,1,0,0,1,1,1", 1, "a frame is a whole number: 1e300"),
    ("1,0.5,0,0,1,1,1", 1, "an id is a whole number: 0.5"),
    ("1,1,zero,0,1,1,1", 1, "column 3 is no number: zero"),
    (
      "1,1,\u{1B}[2Jand much more that nobody wants,0,1,1,1", 1,
      "column 3 is no number: ?[2Jand much more that nobody wa…"
    ),
    ("1,1,0,0,1,nan,1", 1, "column 6 is no number: nan"),
    ("1,1,0,0,inf,1,1", 1, "column 5 is no number: inf"),
    ("1,1,0,0,1,1,", 1, "column 7 is no number: "),
    ("1,1,0,0,-1,1,1", 1, "a size is not negative: -1 × 1"),
  ])
  func brokenLinesAreNamed(text: String, line: Int, reason: String) {
    let error = #expect(throws: MOTChallengeError.self) { try MOTChallenge.entries(in: text) }
    #expect(error?.description == "line \(line): \(reason)")
  }
}
