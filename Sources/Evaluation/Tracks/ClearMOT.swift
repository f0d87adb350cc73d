internal import Scene

/// The CLEAR MOT scores of a tracker (Bernardin and Stiefelhagen 2008), counted as TrackEval's `CLEAR` does.
public struct ClearMOT: Sendable, Equatable {
  /// True boxes in all frames.
  public private(set) var objects = 0
  /// True boxes that the tracker had.
  public private(set) var matches = 0
  /// True boxes that it had not.
  public var misses: Int { objects - matches }
  /// Its boxes that are no true ones.
  public private(set) var falsePositives = 0
  /// Matches under another id than the object's match before.
  public private(set) var identitySwitches = 0
  /// How often an object was found again after it was lost.
  public private(set) var fragments = 0
  /// Objects that were matched in more than 80 % of their frames.
  public private(set) var mostlyTracked = 0
  /// Objects that were matched in 20 % to 80 % of their frames.
  public private(set) var partlyTracked = 0
  /// Objects that were matched in less than 20 % of their frames.
  public private(set) var mostlyLost = 0
  /// Sum of the IoU of the matches.
  public private(set) var totalOverlap = 0.0

  /// Accuracy: 1 − (misses + false positives + switches) / objects; at most 1, 0 without objects.
  public var mota: Double {
    objects > 0 ? Double(matches - falsePositives - identitySwitches) / Double(objects) : 0
  }

  /// Precision: the mean IoU of the matches; 0 without matches.
  public var motp: Double { totalOverlap / Double(max(matches, 1)) }

  /// Compares a tracker's boxes with the true ones frame by frame: pairs of the frame before stay pairs where they
  /// overlap enough, the others are those of the greatest total IoU.
  ///
  /// - Parameter minIoU: a pair's IoU is not below it, above 0.
  package init(_ sequence: TrackingSequence, minIoU: Double = 0.5) {
    let count = sequence.objectCount
    /// The track of each object in the frame before that had both objects and tracks, and that of its last match.
    var (present, last) = ([Int: Int](), [Int?](repeating: nil, count: count))
    var appearances = [Int](repeating: 0, count: count)
    var (found, beginnings) = (appearances, appearances)
    for frame in sequence.frames {
      objects += frame.objects.count
      for object in frame.objects { appearances[object] += 1 }
      guard !frame.objects.isEmpty, !frame.tracks.isEmpty else {
        falsePositives += frame.tracks.count
        continue
      }
      let before = present
      present = [:]
      let pairs = Self.pairs(frame, before: before, minIoU: minIoU)
      for (row, column) in pairs {
        let (object, track) = (frame.objects[row], frame.tracks[column])
        if let former = last[object], former != track { identitySwitches += 1 }
        if before[object] == nil { beginnings[object] += 1 }
        (last[object], present[object]) = (track, track)
        found[object] += 1
        totalOverlap += frame.overlap(row, column)
      }
      matches += pairs.count
      falsePositives += frame.tracks.count - pairs.count
    }
    for object in 0..<count {
      let share = Double(found[object]) / Double(appearances[object])
      if share > 0.8 { mostlyTracked += 1 } else if share >= 0.2 { partlyTracked += 1 } else { mostlyLost += 1 }
      fragments += max(beginnings[object] - 1, 0)
    }
  }

  /// The scores of several sequences as one.
  package init(sumOf scores: [ClearMOT]) {
    for score in scores {
      objects += score.objects
      matches += score.matches
      falsePositives += score.falsePositives
      identitySwitches += score.identitySwitches
      fragments += score.fragments
      mostlyTracked += score.mostlyTracked
      partlyTracked += score.partlyTracked
      mostlyLost += score.mostlyLost
      totalOverlap += score.totalOverlap
    }
  }

  /// Returns the pairs of one frame, by their places in it.
  private static func pairs(
    _ frame: TrackingSequence.Frame, before: [Int: Int], minIoU: Double
  ) -> [(object: Int, track: Int)] {
    let least = minIoU - Double.ulpOfOne
    let assignment = Assignment(rows: frame.objects.count, columns: frame.tracks.count) { row, column in
      let overlap = frame.overlap(row, column)
      guard overlap >= least else { return 0 }
      // A pair that goes on outweighs all that overlaps can differ by.
      return overlap + (before[frame.objects[row]] == frame.tracks[column] ? 1000 : 0)
    }
    return assignment.columnOfRow.enumerated().compactMap { row, column in
      guard let column, frame.overlap(row, column) >= least else { return nil }
      return (row, column)
    }
  }
}
