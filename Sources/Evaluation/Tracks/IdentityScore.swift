internal import Scene

/// How well a tracker keeps identities (Ristani et al. 2016, "Performance Measures and a Data Set for Multi-target,
/// Multi-camera Tracking"): each object is given one track for the whole sequence, so that most boxes are right.
package struct IdentityScore: Sendable, Equatable {
  /// Boxes of tracks on the object that is theirs.
  package private(set) var truePositives = 0
  /// All other boxes of tracks.
  package private(set) var falsePositives = 0
  /// All other boxes of objects.
  private(set) var falseNegatives = 0

  /// The harmonic mean of identity precision and recall, 0…1; 0 where there is nothing.
  package var f1: Double {
    Double(truePositives) / max(1, Double(truePositives) + 0.5 * Double(falsePositives + falseNegatives))
  }

  /// - Parameter minIoU: from which an object's and a track's box are on each other.
  package init(_ sequence: TrackingSequence, minIoU: Double = 0.5) {
    var meetings = TrackPairs<Int>(tracks: sequence.trackCount)
    for frame in sequence.frames {
      for row in frame.objects.indices {
        for column in frame.tracks.indices where frame.overlap(row, column) >= minIoU {
          meetings[frame.objects[row], frame.tracks[column], default: 0] += 1
        }
      }
    }
    truePositives = Self.mostMeetings(meetings.sorted)
    falsePositives = sequence.trackBoxes - truePositives
    falseNegatives = sequence.objectBoxes - truePositives
  }

  /// The score of several sequences as one.
  package init(sumOf scores: [IdentityScore]) {
    for score in scores {
      truePositives += score.truePositives
      falsePositives += score.falsePositives
      falseNegatives += score.falseNegatives
    }
  }

  /// Returns the greatest sum of meetings of pairs that share no object and no track.
  ///
  /// Objects and tracks that are linked by no chain of meetings are solved apart: the work grows with the cube.
  private static func mostMeetings(_ meetings: [(object: Int, track: Int, value: Int)]) -> Int {
    let ofObject = Dictionary(grouping: meetings, by: \.object)
    let ofTrack = Dictionary(grouping: meetings, by: \.track)
    var (seen, sum) = (Set<Int>(), 0)
    for start in ofObject.keys.sorted() where seen.insert(start).inserted {
      var (objects, rowOfObject, columnOfTrack) = ([start], [start: 0], [Int: Int]())
      var next = 0
      while next < objects.count {
        for meeting in ofObject[objects[next]] ?? [] where columnOfTrack[meeting.track] == nil {
          columnOfTrack[meeting.track] = columnOfTrack.count
          for other in ofTrack[meeting.track] ?? [] where seen.insert(other.object).inserted {
            rowOfObject[other.object] = objects.count
            objects.append(other.object)
          }
        }
        next += 1
      }
      let columns = columnOfTrack.count
      var weights = [Int](repeating: 0, count: objects.count * columns)
      for (object, row) in rowOfObject {
        for meeting in ofObject[object] ?? [] {
          if let column = columnOfTrack[meeting.track] { weights[row * columns + column] = meeting.value }
        }
      }
      let assignment = Assignment(rows: objects.count, columns: columns) { Double(weights[$0 * columns + $1]) }
      for (row, column) in assignment.columnOfRow.enumerated() {
        if let column { sum += weights[row * columns + column] }
      }
    }
    return sum
  }
}
