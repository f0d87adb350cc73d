/// The timestamps of a video's pictures: their times in ticks, in such steps as the container can tell.
struct VideoClock {
  private let ticksPerSecond: Int64
  /// No `reach` pictures that follow each other are much further apart, in ticks.
  private let longestStep: Int64
  /// How many pictures may lie between one and its place in the order in which they are coded: an encoder's run of B
  /// pictures, and what it holds back for them.
  private let reach: Int
  /// The ticks of the last pictures, oldest first, `reach` at most.
  private var ticks: [Int64] = []
  /// The last picture's time in ticks, which its tick may lag behind.
  private var lastTime: Int64 = 0

  /// A clock before the first picture.
  ///
  /// - Parameters:
  ///   - longestStep: between a picture and the one that is coded before it; nil for any.
  ///   - isReordered: whether the encoder may code a picture before others that are shown earlier.
  init(ticksPerSecond: Int64, longestStep: Duration?, isReordered: Bool) {
    self.ticksPerSecond = ticksPerSecond
    self.longestStep = longestStep.map { $0.components.seconds * ticksPerSecond } ?? 1 << 50
    reach = isReordered ? 8 : 1
    ticks.reserveCapacity(reach + 1)
  }

  /// Returns the tick of `time`, above that of the picture before.
  ///
  /// A longer step is cut to the longest one. What follows it keeps its distances, up to a minute each, and is at its
  /// own time again when no picture before the step can be coded behind it.
  mutating func tick(at time: Duration) -> Int64 {
    let (seconds, attoseconds) = min(max(time, .zero), .seconds(Int64(Int32.max))).components
    let perTick = 1_000_000_000_000_000_000 / ticksPerSecond
    let nearest = seconds * ticksPerSecond + (attoseconds + perTick / 2) / perTick
    var tick = nearest
    if let oldest = ticks.first, let last = ticks.last {
      let own = min(max(nearest - lastTime, 0), 60 * ticksPerSecond)
      tick = max(min(nearest, max(oldest + longestStep, last + own)), last + 1)
    }
    lastTime = nearest
    if ticks.count == reach { ticks.removeFirst() }
    ticks.append(tick)
    return tick
  }
}
