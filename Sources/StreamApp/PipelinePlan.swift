internal import Posix
package import Streaming

/// How a run is spread over threads, and how many pictures wait between its stages.
package struct PipelinePlan: Sendable, Equatable {
  /// How many pictures are detected on at a time.
  package let lanes: Int
  /// How many threads share one of them.
  package let threadsOfLane: Int
  /// How far pictures are prepared before a lane is free for them.
  package let preparedAhead: Depth
  /// How many tensors there are: for the pictures that wait or are being prepared, and for those being detected on.
  package let tensorCount: Int

  /// Pictures of footage that wait prepared, beside one for each lane: the decoder takes four times as long for some
  /// pictures as for most, and meanwhile the network goes on.
  private static let reserve = 4

  /// The plan of a run that does what `settings` say; `isLive` is whether a source of it is live.
  package init(_ settings: Settings, isLive: Bool) {
    let threads = settings.threads ?? Processor.coreCount
    // Threads that share a picture give its result sooner, threads with a picture each give more results: they never
    // wait for each other.
    // Where few frames are detected on, the others would wait in the lanes for the one before them.
    lanes = isLive || settings.isStepwise || settings.pacing.isSparse ? 1 : threads
    threadsOfLane = threads / lanes
    // Where pictures are drawn on they wait with all their pixels, and the encoder is what they wait for.
    let waiting = isLive ? 1 : settings.video != nil ? lanes : lanes + Self.reserve
    preparedAhead = isLive ? .onDemand : .ahead(waiting)
    tensorCount = waiting + lanes
  }
}
