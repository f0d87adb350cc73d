internal import Output
internal import Pixels
internal import Posix
internal import Scene
internal import Streaming

/// The last stage: writes the event line and the annotated picture of each frame.
struct Reporter: ~Copyable {
  private var events: EventLog?
  private var video: AnnotatedVideo?
  /// What was reported so far; may be read while another thread reports.
  let account = Guarded(FrameAccount())

  init(events: consuming EventLog, video: consuming AnnotatedVideo?) {
    self.events = consume events
    self.video = consume video
  }

  /// Writes one frame; `enough` when nobody reads any more.
  ///
  /// A reader that closes the event log is no error: the video goes on without it.
  mutating func report(_ picture: consuming FollowedPicture) throws(OutputError) -> Demand {
    let facts = picture.facts
    let (dropped, lost) = account.withLock { $0.report(facts.stamp) }
    let report = FrameReport(
      frame: facts.stamp.number, time: facts.stamp.time, dropped: dropped, lost: lost, width: facts.width,
      height: facts.height, objects: picture.objects)
    do { try events?.write(report) } catch {
      guard error.isClosedPipe else { throw error }
      events = nil
    }
    if events != nil { account.withLock { $0.wrote(facts.stamp, at: monotonicNow()) } }
    if let frame = picture.frame { try video?.write(frame, report) }
    return events == nil && video == nil ? .enough : .more
  }

  /// Ends both outputs, the second also when the first fails.
  mutating func finish() throws(OutputError) {
    var failure: OutputError?
    do { try events?.finish() } catch { if !error.isClosedPipe { failure = error } }
    do { try video?.finish() } catch { failure = failure ?? error }
    if let failure { throw failure }
  }
}
