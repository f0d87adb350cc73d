internal import Scene
internal import Tracking

/// The stage that makes of detections what is reported, for each source by itself.
struct TrackingStage: Sendable {
  /// By the sources' numbers.
  private var followers: [Follower]

  /// Follows objects as `settings` say; nil reports the detections themselves.
  init(_ settings: SortSettings?, labels: Labels, sourceCount: Int) {
    followers = Array(repeating: Follower(settings, labels: labels), count: sourceCount)
  }

  /// Returns `picture` with what is to be reported of it.
  mutating func follow(_ picture: consuming DetectedPicture) -> FollowedPicture {
    let (facts, treatment) = (picture.facts, picture.treatment)
    let objects = followers[facts.source].objects(of: picture.detections, treatment, at: facts.stamp.time)
    return FollowedPicture(facts: facts, frame: picture.frame, treatment: treatment, objects: objects)
  }
}
