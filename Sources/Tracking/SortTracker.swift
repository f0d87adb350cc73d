public import Scene

/// Simple online and realtime tracking (SORT: Bewley, Ge, Ott, Ramos, Upcroft 2016, arXiv 1602.00763): each box moves
/// on by a Kalman filter and meets the detections by the pairing of greatest total IoU.
///
/// Tracks meet detections of their own class only. Detections without a finite area are ignored. Frames are counted,
/// not timed: a frame is one step of the motion, also one without detections (`coast`), which is all that it counts for.
/// But where a frame is further from the one before than a second, and than the usual step `maxAge` + 4 times, nobody
/// can tell who is who: all tracks end there, and what is seen is new, as in the first frames of the source.
public struct SortTracker: Tracker {
  private let settings: SortSettings
  /// In the order in which they began.
  private var tracks: [FollowedBox] = []
  /// Those with detections, since the beginning or the last gap.
  private var frames = 0
  private var pace = FramePace()
  private var lastID = 0

  /// A tracker before the first frame.
  public init(_ settings: SortSettings = SortSettings()) { self.settings = settings }

  /// Takes the detections of the next frame; returns, by id, the tracks that were matched or begun in it and are sure
  /// enough (`SortSettings.minHits`).
  public mutating func update(with detections: [Detection], at time: FrameTime) -> [Track] {
    endTracksAtGap(before: time)
    frames += 1
    let expected = predict()
    let seen = detections.compactMap { detection in
      MeasuredBox(detection.rect).map { Sighting(detection: detection, box: $0) }
    }
    let trackOfSighting = pairs(seen, with: expected)
    for (sighting, track) in zip(seen, trackOfSighting) {
      if let track { tracks[track].match(sighting) } else { tracks.append(FollowedBox(sighting)) }
    }
    let reported = tracks.indices.compactMap { report(of: $0) }.sorted { $0.id < $1.id }
    tracks.removeAll { $0.misses > settings.maxAge }
    return reported
  }

  /// Moves all tracks on by a frame without detections, which counts as no miss; returns what `standing` then is.
  public mutating func coast(to time: FrameTime) -> [Track] {
    endTracksAtGap(before: time)
    for index in tracks.indices { tracks[index].coast() }
    tracks.removeAll { $0.filter.rect == nil }
    return standing
  }

  /// Passes over a frame that shows what the one before does: all tracks stay where they are; returns `standing`.
  public mutating func hold(to time: FrameTime) -> [Track] {
    endTracksAtGap(before: time)
    return standing
  }

  /// The tracks reported in the last frame with detections, where they are believed to be now, by id.
  public var standing: [Track] {
    tracks.compactMap { track in
      guard isReported(track), let id = track.id, let rect = track.filter.rect else { return nil }
      return Track(id: id, rect: rect, score: track.score, classID: track.classID)
    }.sorted { $0.id < $1.id }
  }

  /// Ends all tracks where too much time lies between the frame at `time` and the one before.
  private mutating func endTracksAtGap(before time: FrameTime) {
    // With that many frames missing at the usual pace a track would have died of age, and then some.
    guard pace.isGap(to: time.sinceFirst, steps: min(settings.maxAge, 1_000_000) + 4) else { return }
    tracks.removeAll()
    frames = 0
  }

  /// Moves all tracks on by one frame and returns where they are expected; those that are nowhere are given up.
  private mutating func predict() -> [PixelRect] {
    for index in tracks.indices { tracks[index].predict() }
    tracks.removeAll { $0.filter.rect == nil }
    return tracks.compactMap(\.filter.rect)
  }

  /// Returns the track of each sighting; nil for none.
  private func pairs(_ seen: [Sighting], with expected: [PixelRect]) -> [Int?] {
    var trackOfSighting = [Int?](repeating: nil, count: seen.count)
    for classID in Set(seen.map(\.detection.classID)) {
      let sightings = seen.indices.filter { seen[$0].detection.classID == classID }
      let candidates = tracks.indices.filter { tracks[$0].classID == classID }
      func overlap(_ row: Int, _ column: Int) -> Double {
        seen[sightings[row]].detection.rect.intersectionOverUnion(with: expected[candidates[column]])
      }
      let assignment = Assignment(rows: sightings.count, columns: candidates.count, weight: overlap)
      for (row, column) in assignment.columnOfRow.enumerated() {
        // The gate comes after the pairing: a pair below it is dissolved, and its two sides find no other partner.
        if let column, overlap(row, column) >= settings.minIoU { trackOfSighting[sightings[row]] = candidates[column] }
      }
    }
    return trackOfSighting
  }

  /// Returns what is told about a track in this frame; nil for nothing. Its id is given when it is first told.
  private mutating func report(of index: Int) -> Track? {
    let track = tracks[index]
    guard isReported(track), let rect = track.filter.rect else { return nil }
    if track.id == nil { lastID += 1 }
    let id = track.id ?? lastID
    tracks[index].id = id
    return Track(id: id, rect: rect, score: track.score, classID: track.classID)
  }

  /// Whether `track` was matched in the last frame with detections, and often enough to be told.
  private func isReported(_ track: FollowedBox) -> Bool {
    track.misses == 0 && (track.hits >= settings.minHits || frames <= settings.minHits)
  }
}

/// A detection that can be followed.
private struct Sighting {
  let detection: Detection
  let box: MeasuredBox
}

/// One object on its way through the frames.
private struct FollowedBox {
  private(set) var filter: BoxFilter
  let classID: Int
  /// Score of the last detection.
  private(set) var score: Float
  /// Nil until the track is first reported.
  var id: Int?
  /// Matches in frames one after the other up to now; the first detection does not count.
  private(set) var hits = 0
  /// Frames without a match since the last one.
  private(set) var misses = 0

  /// An object seen for the first time.
  init(_ first: Sighting) {
    filter = BoxFilter(first.box)
    (classID, score) = (first.detection.classID, first.detection.score)
  }

  /// Moves on by one frame, which counts as missed until `match`.
  mutating func predict() {
    if misses > 0 { hits = 0 }
    misses += 1
    filter.predict()
  }

  /// Moves on by one frame in which nobody looks for it.
  mutating func coast() { filter.predict() }

  /// Takes in where it was seen in this frame.
  mutating func match(_ sighting: Sighting) {
    filter.correct(with: sighting.box)
    score = sighting.detection.score
    hits += 1
    misses = 0
  }
}
