/// Tells whether a run moves: what a service manager's watchdog wants to know.
///
/// A stage that has nothing to do is no stage that is stuck, and a camera that is away is waited for, not stuck. But a
/// stage that had something to do at one look and has not finished one element more at the next is.
package struct Watchdog: Sendable {
  /// What a stage did up to one look.
  package struct Stage: Sendable, Equatable {
    /// Elements that it finished, and those of them that gave way to newer ones.
    var finished, dropped: Int

    package init(finished: Int, dropped: Int = 0) { (self.finished, self.dropped) = (finished, dropped) }
  }

  /// What live sources, which are the first stages, did up to one look.
  package struct Source: Sendable, Equatable {
    /// Frames that it gave, and waits that it ended of itself.
    var beats: Int

    package init(beats: Int) { self.beats = beats }
  }

  private var stages: [Stage] = []
  private var sources: [Source] = []
  /// When each source was first seen as it is now.
  private var since: [Duration] = []
  private let patience: Duration

  /// How long a source may keep silent that has no longer deadlines of its own.
  static let sourcePatience = Duration.seconds(60)

  /// Begins to look.
  ///
  /// - Parameter patience: how long a source may keep silent: longer than its own deadlines, after which it says so and
  ///   tries again.
  package init(patience: Duration = sourcePatience) { self.patience = patience }

  /// Returns whether everything moved since the last look, or had nothing to do.
  ///
  /// - Parameters:
  ///   - stages: in their order; the first `inlets` of them are sources, all of which feed the next.
  ///   - sources: the live ones among the sources.
  package mutating func moves(
    _ stages: [Stage], inlets: Int, sources: [Source], now: Duration
  ) -> Bool {
    defer { self.stages = stages }
    if sources.count != self.sources.count { (self.sources, since) = (sources, sources.map { _ in now }) }
    for index in sources.indices where sources[index] != self.sources[index] {
      (self.sources[index], since[index]) = (sources[index], now)
    }
    if since.contains(where: { now - $0 > patience }) { return false }
    guard stages.count == self.stages.count, inlets <= stages.count else { return true }
    // What came into a stage and was not finished at the last look should be by now.
    var arrived = self.stages[..<inlets].reduce(0) { $0 + $1.finished - $1.dropped }
    for (before, after) in zip(self.stages[inlets...], stages[inlets...]) {
      if arrived > before.finished, after.finished == before.finished { return false }
      arrived = before.finished - before.dropped
    }
    return true
  }
}
