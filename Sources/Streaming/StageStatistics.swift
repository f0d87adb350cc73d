/// What one stage did up to now.
public struct StageStatistics: Sendable, Equatable {
  /// The stage's name.
  public let name: String
  /// How many elements it made or, as a sink, took.
  public let count: Int
  /// How many of them it worked for: all but those that it only passed on.
  public let workCount: Int
  /// How many of the elements that it made gave way to newer ones before the next stage took them.
  public let dropCount: Int
  /// The time it worked; a source's time in `next` counts, waiting included.
  public let busy: Duration
  /// The time of the slowest element.
  public let longest: Duration
  /// The time that half of the elements did not exceed, to one part in 128.
  public let median: Duration
  /// The time that 99 of 100 elements did not exceed, to one part in 128.
  public let percentile99: Duration
  /// The processor time of its work: that of its own turns, exact where an element takes milliseconds and estimated from
  /// a sample where it takes less, and all that of its helpers (`through`). What a library does on threads of its own is
  /// not in it.
  public let processorTime: Duration
}
