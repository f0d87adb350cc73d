internal import Evaluation
internal import Posix
internal import Scene
internal import Tracking

/// Scores tracks on MOTChallenge sequences.
struct TrackingEvaluation {
  /// Holds the sequences, or is one.
  let folder: String
  /// The folder of `SEQ.txt`; nil for what our tracker makes of each sequence's own detections.
  let tracks: String?
  /// Nil for what each sequence's name says.
  let benchmark: MOTBenchmark?

  /// Returns the scores of all sequences, by name.
  ///
  /// - Throws: `AppError` that names the file that cannot be read or compared.
  func report() throws(AppError) -> TrackingReport {
    var scores: [TrackingReport.Sequence] = []
    for (name, path) in try sequences() {
      scores.append(TrackingReport.Sequence(name: name, try sequence(name, at: path)))
    }
    let rules = scores.map { benchmark ?? MOTBenchmark(sequence: $0.name) }
    return TrackingReport(
      rules: Set(rules.map(\.rawValue)).sorted().joined(separator: ", "),
      tracks: tracks ?? "SORT on each sequence's det/det.txt", sequences: scores)
  }

  /// Returns names and folders of the sequences, by name.
  private func sequences() throws(AppError) -> [(name: String, path: String)] {
    let path = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    if FileIdentity(path: "\(path)/gt/gt.txt") != nil {
      return [(PathParts(path).name, path)]
    }
    let entries: [String]
    do { entries = try Directory.entries(of: path) } catch { throw AppError("\(folder): \(error.reason)") }
    let names = entries.filter { FileIdentity(path: "\(path)/\($0)/gt/gt.txt") != nil }.sorted()
    guard !names.isEmpty else { throw AppError("\(folder): no sequence in it, for none has a gt/gt.txt") }
    return names.map { ($0, "\(path)/\($0)") }
  }

  /// Reads one sequence.
  private func sequence(_ name: String, at path: String) throws(AppError) -> TrackingSequence {
    let truthPath = "\(path)/gt/gt.txt"
    let tracksPath = tracks.map { "\(PathParts($0).prefix)\(name).txt" } ?? "\(path)/det/det.txt"
    let truth = try entries(of: truthPath)
    let read = try entries(of: tracksPath)
    let tracks: [MOTChallengeEntry]
    do {
      tracks = self.tracks == nil ? try Self.followed(read) : read
    } catch { throw AppError("\(tracksPath): \(error)") }
    let info = "\(path)/seqinfo.ini"
    let hasInfo = FileIdentity(path: info) != nil
    let frameCount = hasInfo ? MOTChallenge.frameCount(inInfo: try WholeFile.text(of: info)) : nil
    if hasInfo, frameCount == nil { throw AppError("\(info): no seqLength above 0") }
    do {
      return try TrackingSequence(
        truth: truth, tracks: tracks, benchmark: benchmark ?? MOTBenchmark(sequence: name), frameCount: frameCount)
    } catch { throw AppError("\(error.side == .truth ? truthPath : tracksPath): \(error)") }
  }

  private func entries(of path: String) throws(AppError) -> [MOTChallengeEntry] {
    let text = try WholeFile.text(of: path)
    do { return try MOTChallenge.entries(in: text) } catch { throw AppError("\(path): \(error)") }
  }

  /// Returns what our tracker, at its defaults, makes of detections.
  ///
  /// - Throws: `TrackingSequenceError` where there are too many in a frame.
  private static func followed(
    _ detections: [MOTChallengeEntry]
  ) throws(TrackingSequenceError) -> [MOTChallengeEntry] {
    let frames = try TrackingSequence.frames(detections, .tracks, hasIDs: false)
    let settings = SortSettings()
    var (tracker, tracks) = (SortTracker(settings), [MOTChallengeEntry]())
    // So many frames without detections end every track and the tracker's beginning; further ones change nothing.
    let most = max(settings.maxAge, settings.minHits) + 1
    var last = 0
    for frame in frames.keys.sorted() {
      for _ in 0..<min(frame - last - 1, most) { _ = tracker.update(with: [], at: Self.time) }
      let seen = (frames[frame] ?? []).map {
        Detection(rect: $0.rect, score: Float($0.confidence), classID: MOTBenchmark.pedestrian)
      }
      for track in tracker.update(with: seen, at: Self.time) {
        tracks.append(
          MOTChallengeEntry(frame: frame, id: track.id, rect: track.rect, confidence: Double(track.score)))
      }
      last = frame
    }
    return tracks
  }

  /// SORT counts frames, and of their times looks for gaps alone: there is none between frames at one time.
  private static let time = FrameTime(sinceFirst: .zero)
}
