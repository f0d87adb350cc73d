import Evaluation
import Scene
import Testing

@Suite struct ClearMOTTests {
  @Test func aPerfectTrackerScoresOne() throws {
    let truth = (1...5).flatMap { [box($0, id: 1, at: 0), box($0, id: 2, at: 50)] }
    let score = try clear(truth, truth.reversed())
    #expect(score.objects == 10 && score.matches == 10 && score.mota == 1 && score.motp == 1)
  }

  @Test func missesAndFalsePositivesAreCounted() throws {
    let truth = (1...4).map { box($0, id: 1, at: 0) }
    let output = [box(1, id: 7, at: 0), box(2, id: 7, at: 0), box(2, id: 8, at: 80), box(9, id: 9, at: 0)]
    let score = try clear(truth, output)
    #expect(score.misses == 2 && score.falsePositives == 2 && score.identitySwitches == 0)
    #expect(score.mota == 0)
  }

  @Test func aSwitchIsCountedEvenAfterAGap() throws {
    let truth = (1...6).map { box($0, id: 1, at: 0) }
    let output = [box(1, id: 1, at: 0), box(2, id: 1, at: 0), box(5, id: 2, at: 0), box(6, id: 2, at: 0)]
    let score = try clear(truth, output)
    #expect(score.identitySwitches == 1 && score.misses == 2 && score.falsePositives == 0)
    #expect(score.mota == 0.5)
  }

  @Test func aPairOfThePastStaysThoughAnotherIsNearer() throws {
    let truth = [box(1, id: 1, at: 0), box(2, id: 1, at: 0)]
    let output = [box(1, id: 5, at: 0), box(2, id: 6, at: 0), box(2, id: 5, at: 3)]
    let score = try clear(truth, output)
    #expect(score.identitySwitches == 0 && score.falsePositives == 1)
    #expect(abs(score.motp - (1 + 7.0 / 13) / 2) < 1e-12)
  }

  @Test func morePairsComeBeforeGreaterOverlap() throws {
    // The second box fits both objects, the first box the first object only.
    let truth = [box(1, id: 1, at: 3), box(1, id: 2, at: 6)]
    let output = [box(1, id: 1, at: 0), box(1, id: 2, at: 3)]
    let score = try clear(truth, output)
    #expect(score.matches == 2 && abs(score.motp - 7.0 / 13) < 1e-12)
  }

  @Test func theOverlapOfAPairIsNotBelowTheLimit() throws {
    // 10 wide, moved by 5: the IoU is 1/3.
    let (truth, output) = ([box(1, id: 1, at: 0)], [box(1, id: 1, at: 5)])
    #expect(try clear(truth, output).matches == 0)
    #expect(try clear(truth, output, minIoU: 1.0 / 3).matches == 1)
  }

  @Test func truthThatDoesNotCountIsLeftOut() throws {
    var ignored = box(1, id: 1, at: 0)
    ignored.confidence = 0
    let score = try clear([ignored, box(1, id: 2, at: 50)], [])
    #expect(score.objects == 1 && score.misses == 1)
  }

  private func clear(
    _ truth: [MOTChallengeEntry], _ output: [MOTChallengeEntry], minIoU: Double = 0.5
  ) throws -> ClearMOT {
    ClearMOT(try TrackingSequence(truth: truth, tracks: output), minIoU: minIoU)
  }

  /// A box of 10 × 10.
  private func box(_ frame: Int, id: Int, at left: Double) -> MOTChallengeEntry {
    MOTChallengeEntry(
      frame: frame, id: id, rect: PixelRect(left: left, top: 0, right: left + 10, bottom: 10), confidence: 1)
  }
}
