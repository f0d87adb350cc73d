public import Scene

/// Follows objects from frame to frame.
public protocol Tracker: Sendable {
  /// Takes the detections of the next frame and returns the tracks reported in it, by id.
  mutating func update(with detections: [Detection], at time: FrameTime) -> [Track]

  /// Passes over the next frame, on which nobody detected: moves the tracks on by it as they are expected to, without
  /// counting it as a miss, and returns those reported in the last frame with detections, by id.
  mutating func coast(to time: FrameTime) -> [Track]

  /// Passes over the next frame, which shows what the one before does: leaves the tracks where they are and returns
  /// `standing`.
  mutating func hold(to time: FrameTime) -> [Track]

  /// The tracks reported in the last frame with detections, where they are believed to be now, by id.
  var standing: [Track] { get }
}
