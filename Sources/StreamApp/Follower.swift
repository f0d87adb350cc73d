package import Scene
package import Tracking

/// Turns detections into what is reported: tracks where there is a tracker, else the detections themselves.
package struct Follower: Sendable {
  private var tracker: SortTracker?
  private let labels: Labels

  /// Follows objects as `settings` say; without them, each detection stands for itself.
  package init(_ settings: SortSettings?, labels: Labels) {
    tracker = settings.map { SortTracker($0) }
    self.labels = labels
  }

  /// Returns what is reported of the next frame; `detections` count where it was detected on.
  ///
  /// Without a tracker nothing is known of a frame that was not.
  package mutating func objects(of detections: [Detection], _ treatment: Treatment, at time: FrameTime) -> [SeenObject]
  {
    guard tracker != nil else { return detections.map { SeenObject($0, labels) } }
    let tracks =
      switch treatment {
      case .detect: tracker?.update(with: detections, at: time)
      case .coast: tracker?.coast(to: time)
      case .hold: tracker?.hold(to: time)
      }
    return (tracks ?? []).map {
      SeenObject(
        id: $0.id, label: labels.name(of: $0.classID), classID: $0.classID, score: $0.score, rect: $0.rect,
        isPredicted: treatment != .detect)
    }
  }
}

extension SeenObject {
  /// A detection that nobody follows.
  init(_ detection: Detection, _ labels: Labels) {
    self.init(
      label: labels.name(of: detection.classID), classID: detection.classID, score: detection.score,
      rect: detection.rect)
  }
}
