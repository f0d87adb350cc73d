internal import Output
internal import Pixels
internal import Posix
internal import Scene

/// What is written of one source: a line of each frame and, where it is asked for, annotated video.
final class SourceOutput {
  /// What its lines call it; nil where there is one source that needs no name.
  let name: String?
  let events: LogOutput
  /// Nil where none is asked for, or when it failed.
  var video: AnnotatedVideo?
  /// What was captured and reported of it so far.
  let account: Guarded<FrameAccount>

  init(name: String?, account: Guarded<FrameAccount>, events: LogOutput, video: consuming AnnotatedVideo?) {
    (self.name, self.account, self.events) = (name, account, events)
    self.video = consume video
  }

  /// Counts a frame as reported, and returns what there is to tell of it.
  func report(_ picture: borrowing FollowedPicture) -> FrameReport {
    let facts = picture.facts
    let isDetected = picture.treatment == .detect
    let (dropped, lost) = account.withLock { $0.report(facts.stamp, isDetected: isDetected) }
    return FrameReport(
      frame: facts.stamp.number, source: name, time: facts.stamp.time, dropped: dropped, lost: lost,
      image: facts.stamp.image, isDetected: isDetected, width: facts.width, height: facts.height,
      objects: picture.objects)
  }
}
