/// When a frame is shown, and when it was taken.
public struct FrameTime: Sendable, Equatable {
  /// Time since the first frame of the source, never falling.
  public var sinceFirst: Duration
  /// Live sources only: when the picture was taken.
  public var captured: CaptureTime?

  public init(sinceFirst: Duration, captured: CaptureTime? = nil) {
    (self.sinceFirst, self.captured) = (sinceFirst, captured)
  }
}

/// When a picture was taken, on two clocks.
public struct CaptureTime: Sendable, Equatable {
  /// Time of the monotonic clock (`CLOCK_MONOTONIC`), for ages.
  public var monotonic: Duration
  /// Time since 1970-01-01T00:00:00Z, for people.
  public var sinceEpoch: Duration

  public init(monotonic: Duration, sinceEpoch: Duration) { (self.monotonic, self.sinceEpoch) = (monotonic, sinceEpoch) }
}
