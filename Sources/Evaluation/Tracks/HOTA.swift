internal import Scene

/// Higher order tracking accuracy (Luiten et al. 2021, "HOTA: A Higher Order Metric for Evaluating Multi-object
/// Tracking"), as TrackEval computes it: the geometric mean of detection and association, averaged over 19 overlaps.
package struct HOTA: Sendable, Equatable {
  /// The least overlaps of a match: 0.05, 0.1, …, 0.95.
  static let overlaps = (0..<19).map { 0.05 + Double($0) * 0.05 }

  /// What is counted at one overlap.
  private struct Counts: Equatable {
    var truePositives = 0
    var falseNegatives = 0
    var falsePositives = 0
    /// Over all matches: how well the matched object and track belong together, 0…1.
    var association = 0.0
    /// Over all matches: their IoU.
    var overlap = 0.0

    var detectionAccuracy: Double {
      Double(truePositives) / Double(max(1, truePositives + falseNegatives + falsePositives))
    }
    var associationAccuracy: Double { association / Double(max(1, truePositives)) }
    var localization: Double { max(1e-10, overlap) / max(1e-10, Double(truePositives)) }
  }

  /// For each of `overlaps`.
  private var counts = [Counts](repeating: Counts(), count: overlaps.count)

  /// The score, 0…1.
  package var hota: Double { mean { ($0.detectionAccuracy * $0.associationAccuracy).squareRoot() } }
  /// Of all boxes that are true or the tracker's, the share that are both (DetA), 0…1.
  package var detectionAccuracy: Double { mean(\.detectionAccuracy) }
  /// How well matches agree with all that their object and track did (AssA), 0…1.
  package var associationAccuracy: Double { mean(\.associationAccuracy) }
  /// The mean IoU of matches (LocA), 0…1; 1 where there are none.
  package var localization: Double { mean(\.localization) }

  /// The score of one sequence.
  package init(_ sequence: TrackingSequence) {
    let alignment = Alignment(sequence)
    var matches = TrackPairs<[Int]>(tracks: sequence.trackCount)
    let none = [Int](repeating: 0, count: Self.overlaps.count)
    for frame in sequence.frames {
      for index in counts.indices {
        counts[index].falseNegatives += frame.objects.count
        counts[index].falsePositives += frame.tracks.count
      }
      let assignment = Assignment(rows: frame.objects.count, columns: frame.tracks.count) { row, column in
        alignment.score(frame.objects[row], frame.tracks[column]) * frame.overlap(row, column)
      }
      for (row, column) in assignment.columnOfRow.enumerated() {
        guard let column else { continue }
        let overlap = frame.overlap(row, column)
        for (index, least) in Self.overlaps.enumerated() where overlap >= least - Double.ulpOfOne {
          counts[index].truePositives += 1
          counts[index].falseNegatives -= 1
          counts[index].falsePositives -= 1
          counts[index].overlap += overlap
          matches[frame.objects[row], frame.tracks[column], default: none][index] += 1
        }
      }
    }
    for (object, track, levels) in matches.sorted {
      let boxes = alignment.objectBoxes[object] + alignment.trackBoxes[track]
      for (index, count) in levels.enumerated() where count > 0 {
        counts[index].association += Double(count * count) / Double(max(1, boxes - count))
      }
    }
  }

  /// The score of several sequences as one.
  package init(sumOf scores: [HOTA]) {
    for score in scores {
      for (index, other) in score.counts.enumerated() {
        counts[index].truePositives += other.truePositives
        counts[index].falseNegatives += other.falseNegatives
        counts[index].falsePositives += other.falsePositives
        counts[index].association += other.association
        counts[index].overlap += other.overlap
      }
    }
  }

  private func mean(_ value: (Counts) -> Double) -> Double {
    counts.reduce(0) { $0 + value($1) } / Double(counts.count)
  }
}

/// How well each object and each track fit each other over a whole sequence, before any match.
private struct Alignment {
  private(set) var objectBoxes: [Int]
  private(set) var trackBoxes: [Int]
  private var meetings: TrackPairs<Double>

  init(_ sequence: TrackingSequence) {
    objectBoxes = Array(repeating: 0, count: sequence.objectCount)
    trackBoxes = Array(repeating: 0, count: sequence.trackCount)
    meetings = TrackPairs(tracks: sequence.trackCount)
    for frame in sequence.frames {
      for object in frame.objects { objectBoxes[object] += 1 }
      for track in frame.tracks { trackBoxes[track] += 1 }
      var (ofRow, ofColumn) = (frame.objects.map { _ in 0.0 }, frame.tracks.map { _ in 0.0 })
      for row in ofRow.indices {
        for column in ofColumn.indices {
          ofRow[row] += frame.overlap(row, column)
          ofColumn[column] += frame.overlap(row, column)
        }
      }
      for row in ofRow.indices {
        for column in ofColumn.indices where frame.overlap(row, column) > 0 {
          let overlap = frame.overlap(row, column)
          let all = ofColumn[column] + ofRow[row] - overlap
          guard all > Double.ulpOfOne else { continue }
          meetings[frame.objects[row], frame.tracks[column], default: 0] += overlap / all
        }
      }
    }
  }

  /// Returns the Jaccard index of an object's and a track's boxes, those that meet weighed by how exclusively they do.
  func score(_ object: Int, _ track: Int) -> Double {
    let met = meetings[object, track, default: 0]
    return met / (Double(objectBoxes[object] + trackBoxes[track]) - met)
  }
}
