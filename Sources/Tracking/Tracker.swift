public import Scene

/// Follows objects from frame to frame.
public protocol Tracker: Sendable {
  /// Takes the detections of the next frame and returns the tracks reported in it, by id.
  mutating func update(with detections: [Detection], at time: FrameTime) -> [Track]
}
