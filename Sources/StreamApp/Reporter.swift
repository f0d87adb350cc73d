internal import Output
internal import Pixels
internal import Posix
internal import Scene
internal import Streaming

/// The last stage: writes the event line and the annotated picture of each frame.
///
/// An output that fails for good is closed, as whole as it can be, and told at once; the others go on, and the run ends
/// with the failure. A reader that closes its pipe is no failure.
struct Reporter: ~Copyable {
  /// By the sources' numbers.
  private let sources: [SourceOutput]
  /// Why an output is incomplete.
  private var failure: OutputError?
  private let say: @Sendable (String) -> Void

  /// - Parameter say: takes warnings.
  init(_ sources: sending [SourceOutput], say: @escaping @Sendable (String) -> Void) {
    self.sources = sources
    self.say = say
  }

  /// Writes one frame; `enough` when nobody reads any more.
  ///
  /// - Throws: `OutputError` iff the last output that was left fails, or another did before.
  mutating func report(_ picture: consuming FollowedPicture) throws(OutputError) -> Demand {
    let (source, stamp) = (sources[picture.facts.source], picture.facts.stamp)
    let report = source.report(picture)
    do {
      if try source.events.write(report) { source.account.withLock { $0.wrote(stamp, at: monotonicNow()) } }
    } catch { note(error) }
    if let frame = picture.frame {
      do { try source.video?.write(frame, report) } catch {
        // What was encoded before may still find its place.
        do { try source.video?.finish() } catch {}
        source.video = nil
        note(error)
      }
    }
    guard goesOn == nil else { return .more }
    if let failure { throw failure }
    return .enough
  }

  /// Ends all outputs, each also when another fails.
  ///
  /// - Throws: `OutputError` iff an output is incomplete.
  mutating func finish() throws(OutputError) {
    for source in sources {
      // A log that several share is closed by the first.
      do { try source.events.finish() } catch { failure = failure ?? error }
      do { try source.video?.finish() } catch { failure = failure ?? error }
      source.video = nil
    }
    if let failure { throw failure }
  }

  /// What is still written to; nil where nothing is.
  private var goesOn: String? {
    let (logs, videos) = (sources.contains { $0.events.isOpen }, sources.contains { $0.video != nil })
    return switch (logs, videos) {
    case (true, true): "the other outputs go on"
    case (true, false): sources.count > 1 ? "the event logs go on" : "the event log goes on"
    case (false, true): sources.count > 1 ? "the videos go on" : "the video goes on"
    case (false, false): nil
    }
  }

  /// Keeps the first failure, and tells it where other outputs go on for who knows how long.
  private mutating func note(_ error: OutputError) {
    guard !error.isClosedPipe else { return }
    if let goesOn { say("\(error); \(goesOn)") }
    failure = failure ?? error
  }
}
