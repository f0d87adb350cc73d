internal import Scene

/// The CLEAR MOT scores of a tracker's output against ground truth (Bernardin and Stiefelhagen 2008).
public struct ClearMOT: Sendable, Equatable {
  /// True boxes in all frames.
  public private(set) var objects = 0
  /// True boxes that the tracker had.
  public private(set) var matches = 0
  /// True boxes that it had not.
  public private(set) var misses = 0
  /// Its boxes that are no true ones.
  public private(set) var falsePositives = 0
  /// Matches under another id than the object's match before.
  public private(set) var identitySwitches = 0
  /// Sum of the IoU of the matches.
  public private(set) var totalOverlap = 0.0

  /// Accuracy: 1 − (misses + false positives + switches) / objects; at most 1, not a number without objects.
  public var mota: Double { 1 - Double(misses + falsePositives + identitySwitches) / Double(objects) }

  /// Precision: the mean IoU of the matches, `minIoU`…1; not a number without matches.
  public var motp: Double { totalOverlap / Double(matches) }

  /// Compares `output` with `truth`, frame by frame: pairs of the past stay pairs where both are there and overlap
  /// enough; the others are paired so that there are as many as possible, and of the greatest total IoU.
  ///
  /// Entries of `truth` with confidence 0 do not count.
  /// - Parameter minIoU: a pair's IoU is not below it, above 0.
  public init(truth: [MOTChallengeEntry], output: [MOTChallengeEntry], minIoU: Double = 0.5) {
    let truth = Dictionary(grouping: truth.filter { $0.confidence != 0 }, by: \.frame)
    let output = Dictionary(grouping: output, by: \.frame)
    /// The tracker's id for each object, as it was matched last.
    var lastMatch: [Int: Int] = [:]
    for frame in Set(truth.keys).union(output.keys).sorted() {
      let (real, told) = (truth[frame] ?? [], output[frame] ?? [])
      let pairs = Self.pairs(real, told, lastMatch: lastMatch, minIoU: minIoU)
      for (object, box) in pairs {
        let (object, box) = (real[object], told[box])
        if let last = lastMatch.updateValue(box.id, forKey: object.id), last != box.id { identitySwitches += 1 }
        totalOverlap += object.rect.intersectionOverUnion(with: box.rect)
      }
      objects += real.count
      matches += pairs.count
      misses += real.count - pairs.count
      falsePositives += told.count - pairs.count
    }
  }

  /// Returns the pairs of one frame, by their indices.
  private static func pairs(
    _ objects: [MOTChallengeEntry], _ boxes: [MOTChallengeEntry], lastMatch: [Int: Int], minIoU: Double
  ) -> [(object: Int, box: Int)] {
    func overlap(_ object: Int, _ box: Int) -> Double {
      objects[object].rect.intersectionOverUnion(with: boxes[box].rect)
    }
    var pairs: [(object: Int, box: Int)] = []
    var (freeObjects, freeBoxes) = (Array(objects.indices), Array(boxes.indices))
    for object in objects.indices {
      guard let id = lastMatch[objects[object].id], let place = freeBoxes.firstIndex(where: { boxes[$0].id == id }),
        overlap(object, freeBoxes[place]) >= minIoU
      else { continue }
      pairs.append((object, freeBoxes.remove(at: place)))
      freeObjects.removeAll { $0 == object }
    }
    // One pair more outweighs all that the IoU of the others can differ by.
    let bonus = Double(min(freeObjects.count, freeBoxes.count))
    let assignment = Assignment(rows: freeObjects.count, columns: freeBoxes.count) { row, column in
      let overlap = overlap(freeObjects[row], freeBoxes[column])
      return overlap >= minIoU ? bonus + overlap : 0
    }
    for (row, column) in assignment.columnOfRow.enumerated() {
      guard let column, overlap(freeObjects[row], freeBoxes[column]) >= minIoU else { continue }
      pairs.append((freeObjects[row], freeBoxes[column]))
    }
    return pairs
  }
}
