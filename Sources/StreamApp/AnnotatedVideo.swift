internal import Capture
internal import Output
internal import Pixels
internal import Scene

/// The video output: the source's pictures with what was found drawn on them.
///
/// It has the size and the colours of the first picture. A later picture of another size is scaled to fit, its
/// proportions kept, on black.
struct AnnotatedVideo: ~Copyable {
  private var annotator: Annotator
  /// Nil where opening the source was interrupted: there are no pictures.
  private var writer: VideoWriter?

  /// Creates the file `path` for the pictures of a source.
  ///
  /// - Parameter say: takes warnings: no font, no H.264 encoder.
  /// - Throws: `OutputError` iff there is no encoder, or the file cannot be written.
  init(path: String, of info: SourceInfo, say: (String) -> Void) throws(OutputError) {
    var writer: VideoWriter?
    if let width = info.width, let height = info.height {
      let opened = try VideoWriter(
        path: path, width: width, height: height, frameRate: info.frameRate, sampleAspect: info.sampleAspect,
        coding: info.coding)
      if let warning = opened.warning { say(warning) }
      writer = consume opened
    }
    self.writer = consume writer
    annotator = .withUsualType(say: say)
  }

  /// Writes a copy of `frame` with what `report` tells of it.
  mutating func write(_ frame: borrowing Frame, _ report: FrameReport) throws(OutputError) {
    try writer?.write(frame, at: report.time) { canvas in
      annotator.draw(report.scaled(toWidth: canvas.width, height: canvas.height), on: &canvas)
    }
  }

  /// Writes the end of the file.
  mutating func finish() throws(OutputError) { try writer?.finish() }
}

extension FrameReport {
  /// Returns the report for the picture scaled to `width` × `height`.
  fileprivate func scaled(toWidth width: Int, height: Int) -> FrameReport {
    guard (width, height) != (self.width, self.height), self.width > 0, self.height > 0 else { return self }
    let (across, down) = (Double(width) / Double(self.width), Double(height) / Double(self.height))
    var scaled = self
    (scaled.width, scaled.height) = (width, height)
    for index in objects.indices {
      let rect = objects[index].rect
      scaled.objects[index].rect = PixelRect(
        left: rect.left * across, top: rect.top * down, right: rect.right * across, bottom: rect.bottom * down)
    }
    return scaled
  }
}
