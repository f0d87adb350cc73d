internal import Capture
internal import FFmpeg
internal import Output
internal import Pixels
internal import Posix
internal import Scene

/// The annotated video of a live source.
struct LiveVideo: ~Copyable, AnnotatedFile {
  private let recording: Recording
  /// Nil before the first picture of a source that was not there when the run began: it tells the size.
  private var recorder: VideoRecorder?

  /// Creates the file where the size of the source's pictures is known; else checks that it can be.
  ///
  /// - Throws: `OutputError` iff there is no encoder, or the file cannot be written.
  init(_ recording: Recording) throws(OutputError) {
    let info = recording.info
    if let width = info.width, let height = info.height {
      recorder = try recording.begin(width: width, height: height, coding: info.coding)
    } else {
      try VideoRecorder.check(path: recording.path, segment: recording.segment)
      recorder = nil
    }
    self.recording = recording
  }

  mutating func write(
    _ frame: borrowing Frame, at time: FrameTime, draw: (inout Canvas) -> Void
  ) throws(OutputError) {
    if recorder == nil {
      recorder = try recording.begin(width: frame.width, height: frame.height, coding: frame.coding)
    }
    try recorder?.write(frame, at: time, draw: draw)
  }

  mutating func finish() throws(OutputError) { try recorder?.finish() }
}

/// What the video of a live source is to be, whatever the size of its pictures.
struct Recording: Sendable {
  let path: String
  let info: SourceInfo
  /// How long a file gets; nil for one file.
  let segment: Duration?
  let interrupt: Interrupt
  /// Takes warnings.
  let say: @Sendable (String) -> Void

  /// Begins to record pictures of this size.
  ///
  /// - Throws: `OutputError` iff there is no encoder, or the file cannot be written.
  func begin(width: Int, height: Int, coding: ColorCoding) throws(OutputError) -> VideoRecorder {
    let settings = EncoderSettings(
      width: width, height: height, frameRate: info.frameRate, sampleAspect: info.sampleAspect, coding: coding)
    let recorder = try VideoRecorder(path: path, settings, segment: segment, interrupt: interrupt, say: say)
    if let warning = recorder.warning { say(warning) }
    return recorder
  }
}
