/// What becomes of the detections of one class in one picture: the pairing of pycocotools' `COCOeval.evaluateImg`.
struct COCOMatching {
  /// The ten overlaps from which a detection may match, as `numpy.linspace(0.5, 0.95, 10)` has them to the last bit.
  static let overlaps: [Double] = {
    let step = (0.95 - 0.5) / 9
    return (0..<9).map { 0.5 + Double($0) * step } + [0.95]
  }()
  /// The most detections of a class in a picture that count.
  static let mostDetections = 100

  /// What became of one detection; a bit for each of `overlaps`.
  struct Outcome {
    /// Where it matched a true box.
    var matched: UInt16 = 0
    /// Where it is neither right nor wrong.
    var ignored: UInt16 = 0
  }

  /// The true boxes.
  private let truth: [COCOTruth.Object]
  /// The boxes of the best detections.
  private let boxes: [COCOBox]
  /// Overlap of each detection with each true box: [detections, true boxes].
  private let overlap: [Double]

  /// The pairing of the true boxes with the detections, which come by falling score, `mostDetections` at most.
  init(truth: [COCOTruth.Object], detections: [COCODetection]) {
    (self.truth, boxes) = (truth, detections.map(\.box))
    var overlap: [Double] = []
    overlap.reserveCapacity(truth.count * detections.count)
    for detection in detections {
      for object in truth { overlap.append(detection.box.overlap(with: object.box, isCrowd: object.isCrowd)) }
    }
    self.overlap = overlap
  }

  /// Returns how many true boxes of `area` count.
  func count(in area: COCOArea) -> Int { truth.count { !Self.isIgnored($0, in: area) } }

  /// Returns what becomes of each detection where objects of `area` count.
  ///
  /// A detection takes the true box that it overlaps most, of equals the last, of those that no better detection took;
  /// one that is ignored only where there is none that counts. A crowd is there for any number. A detection without a
  /// match whose own size lies outside is ignored.
  func outcomes(in area: COCOArea) -> [Outcome] {
    let ignored = truth.map { Self.isIgnored($0, in: area) }
    let order = truth.indices.filter { !ignored[$0] } + truth.indices.filter { ignored[$0] }
    var outcomes = [Outcome](repeating: Outcome(), count: boxes.count)
    var isTaken = [Bool](repeating: false, count: truth.count)
    for (index, least) in Self.overlaps.enumerated() {
      let bit: UInt16 = 1 << UInt16(index)
      for object in truth.indices { isTaken[object] = false }
      for detection in boxes.indices {
        if let match = match(of: detection, least: least, order: order, ignored: ignored, isTaken: isTaken) {
          isTaken[match] = true
          if ignored[match] { outcomes[detection].ignored |= bit }
          // pycocotools notes the match by the annotation's id, and takes 0 for none.
          if truth[match].id != 0 { outcomes[detection].matched |= bit }
        }
        if outcomes[detection].matched & bit == 0, !area.range.contains(boxes[detection].area) {
          outcomes[detection].ignored |= bit
        }
      }
    }
    return outcomes
  }

  /// Returns the true box that a detection matches from the overlap `least` on.
  private func match(
    of detection: Int, least: Double, order: [Int], ignored: [Bool], isTaken: [Bool]
  ) -> Int? {
    var (best, match) = (min(least, 1 - 1e-10), Int?.none)
    for object in order {
      if isTaken[object], !truth[object].isCrowd { continue }
      if let match, !ignored[match], ignored[object] { break }
      let overlap = overlap[detection * truth.count + object]
      if overlap < best || overlap.isNaN { continue }
      (best, match) = (overlap, object)
    }
    return match
  }

  private static func isIgnored(_ object: COCOTruth.Object, in area: COCOArea) -> Bool {
    object.isCrowd || !area.range.contains(object.area)
  }
}
