internal import Output
internal import Pixels
internal import Posix
internal import Scene
internal import Streaming

/// The last stage: writes the event line and the annotated picture of each frame.
///
/// An output that fails is closed, as whole as it can be, and told at once; the other goes on, and the run ends with the
/// failure. A reader that closes its pipe is no failure.
struct Reporter: ~Copyable {
  private var events: EventLog?
  private var video: AnnotatedVideo?
  /// What was reported so far; may be read while another thread reports.
  let account = Guarded(FrameAccount())
  /// Why an output is incomplete.
  private var failure: OutputError?
  private let say: @Sendable (String) -> Void

  /// - Parameter say: takes warnings.
  init(events: consuming EventLog, video: consuming AnnotatedVideo?, say: @escaping @Sendable (String) -> Void) {
    self.events = consume events
    self.video = consume video
    self.say = say
  }

  /// Writes one frame; `enough` when nobody reads any more.
  ///
  /// - Throws: `OutputError` iff the last output that was left fails, or another did before.
  mutating func report(_ picture: consuming FollowedPicture) throws(OutputError) -> Demand {
    let facts = picture.facts
    let isDetected = picture.treatment == .detect
    let (dropped, lost) = account.withLock { $0.report(facts.stamp, isDetected: isDetected) }
    let report = FrameReport(
      frame: facts.stamp.number, time: facts.stamp.time, dropped: dropped, lost: lost, isDetected: isDetected,
      width: facts.width, height: facts.height, objects: picture.objects)
    do { try events?.write(report) } catch {
      events = nil
      note(error, other: video == nil ? nil : "the video")
    }
    if events != nil { account.withLock { $0.wrote(facts.stamp, at: monotonicNow()) } }
    if let frame = picture.frame {
      do { try video?.write(frame, report) } catch {
        // What was encoded before may still find its place.
        do { try video?.finish() } catch {}
        video = nil
        note(error, other: events == nil ? nil : "the event log")
      }
    }
    guard events == nil, video == nil else { return .more }
    if let failure { throw failure }
    return .enough
  }

  /// Ends both outputs, the second also when the first fails.
  ///
  /// - Throws: `OutputError` iff an output is incomplete.
  mutating func finish() throws(OutputError) {
    do { try events?.finish() } catch { note(error, other: nil) }
    do { try video?.finish() } catch { note(error, other: nil) }
    if let failure { throw failure }
  }

  /// Keeps the first failure, and tells it where an `other` output goes on for who knows how long.
  private mutating func note(_ error: OutputError, other: String?) {
    guard !error.isClosedPipe else { return }
    if let other { say("\(error); \(other) goes on") }
    failure = failure ?? error
  }
}
