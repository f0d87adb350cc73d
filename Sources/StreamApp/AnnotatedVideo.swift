internal import Capture
internal import FFmpeg
internal import Output
internal import Pixels
internal import Posix
internal import Scene

/// The video output: the source's pictures with what was found drawn on them.
///
/// It has the size and the colours of the first picture, of a live source each file of its own first one. A later
/// picture of another size is scaled to fit, its proportions kept, on black. Of footage the file is written in one go; a
/// live source is recorded.
struct AnnotatedVideo: ~Copyable {
  private var annotator: Annotator
  private var file: any AnnotatedFile & ~Copyable

  /// Creates the file `path` for the pictures of a source; of one that is waited for, when its first picture comes. Nil
  /// where opening footage was interrupted: there are no pictures.
  ///
  /// - Parameters:
  ///   - segment: how long the files of a live source get; nil for one file. Of footage it is always one, which is
  ///     told.
  ///   - interrupt: once it is requested, a pipe's reader that stalls is not waited for much longer.
  ///   - say: takes warnings: no font, no H.264 encoder, a full disk.
  /// - Throws: `OutputError` iff there is no encoder, or the file cannot be written.
  init?(
    path: String, of info: SourceInfo, segment: Duration?, interrupt: Interrupt,
    say: @escaping @Sendable (String) -> Void
  ) throws(OutputError) {
    if info.isLive {
      file = try LiveVideo(Recording(path: path, info: info, segment: segment, interrupt: interrupt, say: say))
    } else if let width = info.width, let height = info.height {
      if segment != nil {
        say("\(info.name): footage has no time of day, its video is one file in spite of --segment")
      }
      let writer = try VideoWriter(
        path: path, width: width, height: height, frameRate: info.frameRate, sampleAspect: info.sampleAspect,
        coding: info.coding, interrupt: interrupt)
      if let warning = writer.warning { say(warning) }
      file = consume writer
    } else {
      return nil
    }
    annotator = .withUsualType(say: say)
  }

  /// Writes a copy of `frame` with what `report` tells of it.
  mutating func write(_ frame: borrowing Frame, _ report: FrameReport) throws(OutputError) {
    try file.write(frame, at: report.time) { canvas in
      annotator.draw(report.scaled(toWidth: canvas.width, height: canvas.height), on: &canvas)
    }
  }

  /// Writes the end of the file.
  mutating func finish() throws(OutputError) { try file.finish() }
}

/// What annotated pictures are written into.
protocol AnnotatedFile: ~Copyable {
  /// Writes a copy of `frame`, on which `draw` has drawn, at its time.
  mutating func write(
    _ frame: borrowing Frame, at time: FrameTime, draw: (inout Canvas) -> Void
  ) throws(OutputError)

  /// Writes the end of the file.
  mutating func finish() throws(OutputError)
}

extension VideoWriter: AnnotatedFile {}

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
