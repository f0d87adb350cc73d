import Evaluation
import Foundation
import Scene
import TestData
import Testing
import Tracking

/// Our tracker on public detections, against what the SORT reference made of them.
@Suite(.enabled(if: TestData.hasShared)) struct SortReferenceTests {
  @Test(arguments: ["ETH-Sunnyday", "KITTI-13", "PETS09-S2L1", "TUD-Campus", "TUD-Stadtmitte"])
  func theReferenceFindsTheSameTracks(sequence: String) throws {
    let expected = try entries("mot/sort_output/\(sequence).txt")
    let ours = track(try entries("mot/det/\(sequence)/det.txt"))
    try #require(!expected.isEmpty)
    let oursOfFrame = Dictionary(grouping: ours, by: \.frame)
    /// Our id for each of theirs, and theirs for each of ours: a renaming is one to one.
    var (renamed, namedBack): ([Int: Int], [Int: Int]) = ([:], [:])
    var same = 0
    for line in expected {
      guard let mine = oursOfFrame[line.frame]?.first(where: { $0.rect.isWithin(0.5, of: line.rect) }) else { continue }
      if renamed[line.id] == nil, namedBack[mine.id] == nil {
        (renamed[line.id], namedBack[mine.id]) = (mine.id, line.id)
      }
      if renamed[line.id] == mine.id { same += 1 }
    }
    #expect(Double(same) >= 0.995 * Double(expected.count), "\(same) of \(expected.count)")
    #expect(Double(same) >= 0.995 * Double(ours.count), "\(same) of our \(ours.count)")
  }

  @Test(arguments: [
    ("TUD-Campus", 62.7), ("TUD-Stadtmitte", 71.7), ("ETH-Sunnyday", 59.1), ("KITTI-13", 19.3), ("PETS09-S2L1", 61.9),
  ])
  func accuracyIsThatOfTheReference(sequence: String, mota: Double) throws {
    let truth = try entries("mot/gt/MOT15-train/\(sequence)/gt/gt.txt")
    let tracks = track(try entries("mot/det/\(sequence)/det.txt"))
    let score = ClearMOT(try TrackingSequence(truth: truth, tracks: tracks))
    #expect(abs(100 * score.mota - mota) < 0.5, "\(100 * score.mota)")
  }

  private func entries(_ path: String) throws -> [MOTChallengeEntry] {
    try MOTChallenge.entries(in: String(contentsOf: TestData.shared(path), encoding: .utf8))
  }

  /// Returns the tracks of all frames from 1 to the last one with a detection.
  private func track(_ detections: [MOTChallengeEntry]) -> [MOTChallengeEntry] {
    let frames = Dictionary(grouping: detections, by: \.frame)
    var tracker = SortTracker()
    return (1...(frames.keys.max() ?? 1)).flatMap { frame in
      let seen = (frames[frame] ?? []).map { Detection(rect: $0.rect, score: Float($0.confidence), classID: 1) }
      return tracker.update(with: seen, at: FrameTime(sinceFirst: .seconds(frame))).map {
        MOTChallengeEntry(frame: frame, id: $0.id, rect: $0.rect, confidence: Double($0.score))
      }
    }
  }
}

extension PixelRect {
  /// Whether no edge is further than `distance` from that of `other`.
  fileprivate func isWithin(_ distance: Double, of other: PixelRect) -> Bool {
    [\PixelRect.left, \.top, \.width, \.height].allSatisfy {
      abs(self[keyPath: $0] - other[keyPath: $0]) <= distance
    }
  }
}
