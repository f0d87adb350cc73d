internal import Scene

/// A tracker's boxes and the true ones of one sequence, prepared to be scored as TrackEval 1.3 does it
/// (`MotChallenge2DBox`).
package struct TrackingSequence: Sendable {
  /// What is left of one frame.
  struct Frame: Sendable {
    /// Objects that are there, by their numbers.
    let objects: [Int]
    /// Tracks that are there, by their numbers.
    let tracks: [Int]
    /// IoU of each object with each track: [objects, tracks].
    let overlaps: [Double]

    func overlap(_ object: Int, _ track: Int) -> Double { overlaps[object * tracks.count + track] }
  }

  /// Those in which something is left, in their order.
  let frames: [Frame]
  /// How many objects there are, numbered from 0.
  let objectCount: Int
  /// How many tracks there are, numbered from 0.
  let trackCount: Int

  /// True boxes in all frames.
  var objectBoxes: Int { frames.reduce(0) { $0 + $1.objects.count } }
  /// The tracker's boxes in all frames.
  var trackBoxes: Int { frames.reduce(0) { $0 + $1.tracks.count } }

  /// The most boxes of one kind in a frame, whose pairing takes time as their cube, and the most pairs of an object and a
  /// track, which take memory.
  private static let most = (boxes: 1000, pairs: 1 << 27)

  /// Prepares `tracks` against `truth`.
  ///
  /// True boxes whose confidence has no whole part do not count. Of a benchmark with classes pedestrians count only, and tracks
  /// that match a distractor, by the pairing of greatest total IoU from 0.5 on, are left out before.
  ///
  /// - Parameter frameCount: how many frames there are; nil where any number may be.
  /// - Throws: `TrackingSequenceError` where an id is twice in a frame, a frame lies beyond the end, a track is not of
  ///   pedestrians, a true box has a class that the benchmark does not know, or there is too much of it all.
  package init(
    truth: [MOTChallengeEntry], tracks: [MOTChallengeEntry], benchmark: MOTBenchmark = .mot15, frameCount: Int? = nil
  ) throws(TrackingSequenceError) {
    let trueFrames = try Self.frames(truth, .truth, frameCount)
    let trackFrames = try Self.frames(tracks, .tracks, frameCount)
    var left: [(objects: [MOTChallengeEntry], tracks: [MOTChallengeEntry])] = []
    for number in Set(trueFrames.keys).union(trackFrames.keys).sorted() {
      let (objects, boxes) = (trueFrames[number] ?? [], trackFrames[number] ?? [])
      if let stranger = boxes.first(where: { ($0.classNumber ?? 1) > MOTBenchmark.pedestrian }) {
        throw TrackingSequenceError(
          .tracks, frame: number, reason: "class \(stranger.classNumber ?? 0), but pedestrians (1) are scored only")
      }
      let counting = benchmark.hasClasses ? try Self.withoutDistractors(objects, boxes, benchmark, number) : boxes
      let counted = objects.filter {
        $0.confidence.magnitude >= 1 && (!benchmark.hasClasses || $0.classNumber == MOTBenchmark.pedestrian)
      }
      if !counted.isEmpty || !counting.isEmpty { left.append((counted, counting)) }
    }
    let (objects, tracks) = (Self.numbers(left.lazy.map(\.objects)), Self.numbers(left.lazy.map(\.tracks)))
    guard objects.count * tracks.count <= Self.most.pairs else {
      throw TrackingSequenceError(
        .tracks, frame: nil, reason: "\(tracks.count) tracks are too many to compare with \(objects.count) objects")
    }
    (objectCount, trackCount) = (objects.count, tracks.count)
    frames = left.map { frame in
      Frame(
        objects: frame.objects.compactMap { objects[$0.id] }, tracks: frame.tracks.compactMap { tracks[$0.id] },
        overlaps: Self.overlaps(frame.objects, frame.tracks))
    }
  }

  /// Returns the boxes of each frame.
  ///
  /// - Throws: `TrackingSequenceError` where there are too many in a frame, `hasIDs` and one is twice in a frame, or a
  ///   frame lies beyond the end.
  package static func frames(
    _ entries: [MOTChallengeEntry], _ side: TrackingSequenceError.Side, _ frameCount: Int? = nil, hasIDs: Bool = true
  ) throws(TrackingSequenceError) -> [Int: [MOTChallengeEntry]] {
    let frames = Dictionary(grouping: entries, by: \.frame)
    if let frameCount, let last = frames.keys.max(), last > frameCount {
      throw TrackingSequenceError(side, frame: last, reason: "the sequence has \(frameCount) frames only")
    }
    for (number, boxes) in frames.sorted(by: { $0.key < $1.key }) {
      guard boxes.count <= most.boxes else {
        throw TrackingSequenceError(side, frame: number, reason: "\(boxes.count) boxes are too many to compare")
      }
      guard hasIDs else { continue }
      var ids: Set<Int> = []
      for box in boxes where !ids.insert(box.id).inserted {
        throw TrackingSequenceError(side, frame: number, reason: "id \(box.id) is there twice")
      }
    }
    return frames
  }

  /// Returns the boxes of a frame that match no distractor.
  private static func withoutDistractors(
    _ objects: [MOTChallengeEntry], _ boxes: [MOTChallengeEntry], _ benchmark: MOTBenchmark, _ number: Int
  ) throws(TrackingSequenceError) -> [MOTChallengeEntry] {
    if objects.isEmpty || boxes.isEmpty { return boxes }
    for object in objects where !MOTBenchmark.classes.contains(object.classNumber ?? 0) {
      let name = object.classNumber.map(String.init) ?? "none"
      throw TrackingSequenceError(.truth, frame: number, reason: "\(benchmark.rawValue) has no class \(name)")
    }
    let overlaps = overlaps(objects, boxes)
    let assignment = Assignment(rows: objects.count, columns: boxes.count) { row, column in
      let overlap = overlaps[row * boxes.count + column]
      return overlap >= 0.5 - Double.ulpOfOne ? overlap : 0
    }
    var isLeft = [Bool](repeating: true, count: boxes.count)
    for (row, column) in assignment.columnOfRow.enumerated() {
      guard let column, overlaps[row * boxes.count + column] >= 0.5 - Double.ulpOfOne,
        benchmark.distractors.contains(objects[row].classNumber ?? 0)
      else { continue }
      isLeft[column] = false
    }
    return boxes.indices.filter { isLeft[$0] }.map { boxes[$0] }
  }

  /// Returns a number from 0 for each id, by rising id.
  private static func numbers(_ frames: some Sequence<[MOTChallengeEntry]>) -> [Int: Int] {
    let ids = frames.reduce(into: Set<Int>()) { $0.formUnion($1.lazy.map(\.id)) }
    return Dictionary(uniqueKeysWithValues: zip(ids.sorted(), 0...))
  }

  private static func overlaps(_ objects: [MOTChallengeEntry], _ boxes: [MOTChallengeEntry]) -> [Double] {
    objects.flatMap { object in
      boxes.map { box in
        let overlap = object.rect.intersectionOverUnion(with: box.rect)
        // Of boxes beyond all numbers it is none.
        return overlap.isFinite ? overlap : 0
      }
    }
  }
}

/// Why a tracker's boxes cannot be compared with the true ones.
package struct TrackingSequenceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Whose boxes are wrong.
  package enum Side: Sendable { case truth, tracks }

  package let side: Side
  /// From 1; nil where it is no single frame's fault.
  package let frame: Int?
  package let reason: String

  init(_ side: Side, frame: Int?, reason: String) { (self.side, self.frame, self.reason) = (side, frame, reason) }

  /// One line: frame and reason.
  package var description: String { frame.map { "frame \($0): \(reason)" } ?? reason }
}
