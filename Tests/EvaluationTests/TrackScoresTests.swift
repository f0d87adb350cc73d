import Evaluation
import Foundation
import Scene
import TestData
import Testing

/// The scores of tracks against TrackEval's.
@Suite struct TrackScoresTests {
  @Test(arguments: MOTBenchmark.allCases) func scoresAreThoseOfTheReference(benchmark: MOTBenchmark) throws {
    let expected = try #require(try Cases.tracks()[benchmark.rawValue])
    let names = expected.keys.filter { $0 != "all" }.sorted()
    let sequences = try names.map { name in
      try sequence(
        Cases.folder.appending(path: "tracks/\(name)/gt/gt.txt"),
        Cases.folder.appending(path: "tracks/found/\(name).txt"),
        benchmark, frameCount: 60)
    }
    #expect(names.allSatisfy { MOTBenchmark(sequence: $0) == benchmark })
    check(sequences, names, expected)
  }

  @Test(.enabled(if: TestData.hasShared)) func theTracksOfSORTScoreAsTheReferenceSays() throws {
    let names = ["ETH-Sunnyday", "KITTI-13", "PETS09-S2L1", "TUD-Campus", "TUD-Stadtmitte"]
    let sequences = try names.map { name in
      try sequence(
        TestData.shared("mot/gt/MOT15-train/\(name)/gt/gt.txt"), TestData.shared("mot/sort_output/\(name).txt"), .mot15)
    }
    // TrackEval 1.3.0: HOTA, DetA, AssA, MOTA, MOTP, IDF1; switches, fragments.
    let expected: [(shares: [Double], counts: [Int])] = [
      ([0.545238, 0.505316, 0.592342, 0.591496, 0.743817, 0.724357], [22, 54]),
      ([0.279554, 0.252505, 0.313266, 0.192913, 0.685498, 0.438079], [16, 20]),
      ([0.305809, 0.488565, 0.196657, 0.618633, 0.677384, 0.351046], [103, 190]),
      ([0.452570, 0.488255, 0.422818, 0.626741, 0.736770, 0.606452], [6, 9]),
      ([0.530335, 0.549044, 0.512758, 0.717128, 0.752350, 0.734674], [10, 16]),
    ]
    for (sequence, wanted) in zip(sequences, expected) { check(Scores(sequence), wanted.shares, wanted.counts) }
    check(
      Scores(sumOf: sequences.map(Scores.init)), [0.407694, 0.476698, 0.357666, 0.588666, 0.705974, 0.502756],
      [157, 289])
  }

  @Test func whatCannotBeComparedIsNamed() throws {
    func reason(_ truth: [MOTChallengeEntry], _ tracks: [MOTChallengeEntry], _ benchmark: MOTBenchmark = .mot15)
      -> String?
    {
      do throws(TrackingSequenceError) {
        _ = try TrackingSequence(truth: truth, tracks: tracks, benchmark: benchmark, frameCount: 9)
        return nil
      } catch { return "\(error.side) \(error)" }
    }
    #expect(reason([box(3, 1), box(3, 1)], []) == "truth frame 3: id 1 is there twice")
    #expect(reason([], [box(3, 1), box(4, 1), box(4, 1)]) == "tracks frame 4: id 1 is there twice")
    #expect(reason([], [box(10, 1)]) == "tracks frame 10: the sequence has 9 frames only")
    #expect(reason([], [box(2, 1, 3)]) == "tracks frame 2: class 3, but pedestrians (1) are scored only")
    #expect(reason([box(2, 1, 14)], [box(2, 1)], .mot17) == "truth frame 2: MOT17 has no class 14")
    #expect(reason([box(2, 1, 14)], [box(2, 1)]) == nil)
    #expect(reason((0...1000).map { box(1, $0) }, []) == "truth frame 1: 1001 boxes are too many to compare")
  }

  @Test func aTrackThatBreaksInTheMiddleKeepsHalfOfTheIdentity() throws {
    // One object, two tracks of equal length: half of the boxes keep the identity.
    let truth = (1...10).map { box($0, 1) }
    let tracks = (1...10).map { box($0, $0 <= 5 ? 1 : 2) }
    let sequence = try TrackingSequence(truth: truth, tracks: tracks)
    let identity = IdentityScore(sequence)
    #expect(identity.truePositives == 5 && identity.falsePositives == 5 && identity.f1 == 0.5)
    #expect(ClearMOT(sequence).identitySwitches == 1 && ClearMOT(sequence).mota == 0.9)
    let hota = HOTA(sequence)
    #expect(hota.detectionAccuracy == 1 && hota.associationAccuracy == 0.5 && abs(hota.hota - 0.5.squareRoot()) < 1e-12)
  }

  /// All scores of one sequence or of several as one.
  private struct Scores {
    let clear: ClearMOT
    let identity: IdentityScore
    let hota: HOTA

    init(_ sequence: TrackingSequence) {
      (clear, identity, hota) = (ClearMOT(sequence), IdentityScore(sequence), HOTA(sequence))
    }

    init(sumOf scores: [Scores]) {
      clear = ClearMOT(sumOf: scores.map(\.clear))
      (identity, hota) = (IdentityScore(sumOf: scores.map(\.identity)), HOTA(sumOf: scores.map(\.hota)))
    }
  }

  private func check(_ scores: Scores, _ shares: [Double], _ counts: [Int]) {
    let (clear, hota) = (scores.clear, scores.hota)
    let ours = [
      hota.hota, hota.detectionAccuracy, hota.associationAccuracy, clear.mota, clear.motp, scores.identity.f1,
    ]
    for (one, other) in zip(ours, shares) { #expect(abs(one - other) < 1e-6, "\(ours), not \(shares)") }
    #expect([clear.identitySwitches, clear.fragments] == counts)
  }

  private func check(_ sequences: [TrackingSequence], _ names: [String], _ expected: [String: Cases.Tracks]) {
    let scores = sequences.map(Scores.init)
    for (name, score) in zip(names + ["all"], scores + [Scores(sumOf: scores)]) {
      let differences = Cases.differences(score.clear, score.identity, score.hota, from: expected[name] ?? [:])
      #expect(differences.isEmpty, "\(name): \(differences)")
    }
  }

  private func sequence(
    _ truth: URL, _ tracks: URL, _ benchmark: MOTBenchmark, frameCount: Int? = nil
  ) throws -> TrackingSequence {
    try TrackingSequence(
      truth: MOTChallenge.entries(in: String(contentsOf: truth, encoding: .utf8)),
      tracks: MOTChallenge.entries(in: String(contentsOf: tracks, encoding: .utf8)), benchmark: benchmark,
      frameCount: frameCount)
  }

  private func box(_ frame: Int, _ id: Int, _ classNumber: Int? = nil) -> MOTChallengeEntry {
    MOTChallengeEntry(
      frame: frame, id: id, rect: PixelRect(left: 0, top: 0, right: 10, bottom: 10), confidence: 1,
      classNumber: classNumber)
  }
}
