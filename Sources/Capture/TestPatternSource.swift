public import Pixels
public import Posix
internal import Scene

/// A moving pattern as a source: live, at its own pace like a camera, or like footage, as fast as it is asked for.
///
/// Live, a picture that is not taken before the next one is due is lost, as is one that finds all memory held.
public struct TestPatternSource: FrameSource, ~Copyable {
  public let info: SourceInfo
  public let trouble = SourceTrouble()
  private let pattern: TestPattern
  private let interrupt: Interrupt
  private let pool: PatternPool
  private var nextNumber = 0
  private var lost = 0
  /// Live: when the first picture was due, on the monotonic clock, and what to add for the time of day.
  private var start: (monotonic: Duration, toEpoch: Duration)?

  /// How many pictures a live pattern has memory for, as many as a camera's ring.
  public static let liveCapacity = 6

  /// A source of `pattern`; frames that are held limit a live one to `capacity` at a time, and footage not at all.
  public init(_ pattern: TestPattern, interrupt: Interrupt, capacity: Int = liveCapacity) {
    (self.pattern, self.interrupt) = (pattern, interrupt)
    pool = PatternPool(pattern, capacity: pattern.isLive ? capacity : nil)
    info = SourceInfo(
      name: "test pattern", isLive: pattern.isLive, width: pattern.width, height: pattern.height,
      frameRate: pattern.rate, frameCount: pattern.count)
  }

  /// Returns the next frame, live when it is due; nil after the last one or when interrupted. Never throws.
  public mutating func next() throws(CaptureError) -> Frame? {
    while !interrupt.isRequested, nextNumber < pattern.count ?? Int.max {
      var captured: CaptureTime?
      if pattern.isLive {
        guard let time = waitForPicture() else { return nil }
        captured = time
      }
      let number = nextNumber
      nextNumber += 1
      guard let place = pool.take() else {
        lost += 1
        continue
      }
      let memory = pool.memory(at: place)
      pattern.draw(number, into: memory)
      let half = (pattern.width + 1) / 2
      let planes = unsafe (
        Plane(start: memory.luma, stride: pattern.width), Plane(start: memory.u, stride: half),
        Plane(start: memory.v, stride: half)
      )
      let time = FrameTime(sinceFirst: pattern.due(number), captured: captured)
      return Frame(
        width: pattern.width, height: pattern.height, format: .yuv420p,
        stamp: FrameStamp(number: number, lostSoFar: lost, time: time), planes: planes, home: pool, index: place)
    }
    return nil
  }

  /// How many frames are held.
  package var heldCount: Int { pool.outCount }

  /// Waits until a picture is due and returns when it was; skips those that are late; nil at the end or when
  /// interrupted.
  private mutating func waitForPicture() -> CaptureTime? {
    let now = monotonicNow()
    let start = self.start ?? (now, realtimeNow() - now)
    self.start = start
    let newest = pattern.newest(after: now - start.monotonic)
    if newest > nextNumber {
      lost += newest - nextNumber
      nextNumber = newest
    }
    // The lost ones may have been the last ones.
    guard nextNumber < pattern.count ?? Int.max else { return nil }
    let due = start.monotonic + pattern.due(nextNumber)
    // No descriptor is waited for: only the deadline or the interrupt ends the wait.
    guard interrupt.wait(-1, until: due) == .timedOut else { return nil }
    return CaptureTime(monotonic: due, sinceEpoch: due + start.toEpoch)
  }
}
