internal import Output
internal import Pixels
internal import Posix
internal import Scene

/// The video output: the source's pictures with what was found drawn on them.
///
/// It is opened with the first frame, whose size and colours it has.
struct AnnotatedVideo: ~Copyable {
  private let path: String
  private let frameRate: Double?
  private let sampleAspect: SampleAspect
  private let interrupt: Interrupt
  private let say: @Sendable (String) -> Void
  private var annotator: Annotator
  private var writer: VideoWriter?

  /// - Parameters:
  ///   - interrupt: once it is requested, a pipe's reader that stalls is not waited for much longer.
  ///   - say: takes warnings: no font, no H.264 encoder.
  init(
    path: String, frameRate: Double?, sampleAspect: SampleAspect, interrupt: Interrupt,
    say: @escaping @Sendable (String) -> Void
  ) {
    (self.path, self.frameRate, self.sampleAspect, self.say) = (path, frameRate, sampleAspect, say)
    self.interrupt = interrupt
    do { annotator = Annotator(lettering: try Lettering()) } catch {
      say("no labels in the video: \(error)")
      annotator = Annotator(lettering: nil)
    }
  }

  mutating func write(_ frame: borrowing Frame, _ report: FrameReport) throws(OutputError) {
    if writer == nil {
      let opened = try VideoWriter(
        path: path, width: frame.width, height: frame.height, frameRate: frameRate,
        sampleAspect: sampleAspect, coding: frame.coding, interrupt: interrupt)
      if let warning = opened.warning { say(warning) }
      writer = consume opened
    }
    try writer?.write(frame, at: report.time) { canvas in annotator.draw(report, on: &canvas) }
  }

  mutating func finish() throws(OutputError) { try writer?.finish() }
}
