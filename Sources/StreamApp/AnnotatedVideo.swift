internal import Output
internal import Pixels
internal import Scene

/// The video output: the source's pictures with what was found drawn on them.
///
/// It is opened with the first frame, whose size and colours it has.
struct AnnotatedVideo: ~Copyable {
  private let path: String
  private let frameRate: Double?
  private let sampleAspect: SampleAspect
  private let say: @Sendable (String) -> Void
  private var annotator: Annotator
  private var writer: VideoWriter?

  /// - Parameter say: takes warnings: no font, no H.264 encoder.
  init(path: String, frameRate: Double?, sampleAspect: SampleAspect, say: @escaping @Sendable (String) -> Void) {
    (self.path, self.frameRate, self.sampleAspect, self.say) = (path, frameRate, sampleAspect, say)
    annotator = .withUsualType(say: say)
  }

  mutating func write(_ frame: borrowing Frame, _ report: FrameReport) throws(OutputError) {
    if writer == nil {
      let opened = try VideoWriter(
        path: path, width: frame.width, height: frame.height, frameRate: frameRate,
        sampleAspect: sampleAspect, coding: frame.coding)
      if let warning = opened.warning { say(warning) }
      writer = consume opened
    }
    try writer?.write(frame, at: report.time) { canvas in annotator.draw(report, on: &canvas) }
  }

  mutating func finish() throws(OutputError) { try writer?.finish() }
}
