public import FFmpeg
public import Pixels
public import Posix
package import Scene

/// Annotated video in a file: every frame, drawn on, at its own time.
///
/// The container goes by the extension: mp4 and mkv hold H.264, webm VP9, or a named fallback where libavcodec has no
/// such encoder. Dropping a writer without `finish` only closes the file, which then may not play.
public struct VideoWriter: ~Copyable {
  private let path: String
  private var encoder: VideoEncoder

  /// Creates the file `path` for pictures of `width` × `height`; an odd size grows by one column or row.
  ///
  /// - Parameters:
  ///   - frameRate: pictures a second on average, for the encoder's rate control; times come with the frames.
  ///   - coding: how the video's colours are coded: as the source's, so that planes are copied as they are.
  ///   - encoder: which of the container's encoders is taken.
  ///   - threads: how many threads encode, at least 1.
  ///   - interrupt: once it is requested, a pipe's reader that takes nothing is waited for 2 s at most.
  /// - Throws: `OutputError` iff the extension is unknown, there is no encoder, or the file cannot be written.
  public init(
    path: String, width: Int, height: Int, frameRate: Double?, sampleAspect: SampleAspect = .square,
    coding: ColorCoding = .standard, encoder: VideoEncoderChoice = .best, threads: Int = 1,
    interrupt: Interrupt? = nil
  ) throws(OutputError) {
    let container = try Self.container(of: path)
    let opened: VideoEncoder
    do {
      opened = try VideoEncoder(
        path: path, container: container,
        EncoderSettings(
          width: width, height: height, frameRate: frameRate, sampleAspect: sampleAspect, coding: coding,
          choice: encoder, threads: threads),
        interrupt: interrupt)
    } catch { throw OutputError(error, path) }
    self.path = path
    self.encoder = opened
  }

  /// Returns the container that the extension of `path` asks for.
  ///
  /// - Throws: `OutputError` iff it is none of ours.
  static func container(of path: String) throws(OutputError) -> VideoContainer {
    if let container = VideoContainer(path: path) { return container }
    throw OutputError(
      output: path, reason: "unknown kind of video (the file's name must end in one of \(VideoContainer.extensions))")
  }

  /// What to tell the user where the encoder is a fallback; nil where it is the container's best.
  public var warning: String? { encoder.warning }

  /// libavcodec's name of the encoder: `libx264`.
  public var encoderName: String { encoder.encoderName }

  /// Writes a copy of `frame`, on which `draw` has drawn, at `time.sinceFirst`.
  ///
  /// A frame of another size than the video is scaled to it.
  ///
  /// - Throws: `OutputError` iff it cannot be encoded or written.
  package mutating func write(
    _ frame: borrowing Frame, at time: FrameTime, draw: (inout Canvas) -> Void
  ) throws(OutputError) {
    do { try encoder.write(frame, at: time.sinceFirst, draw: draw) } catch { throw OutputError(error, path) }
  }

  /// Encodes what waits and writes the end of the file, once.
  ///
  /// - Throws: `OutputError` iff it cannot be written.
  public mutating func finish() throws(OutputError) {
    do { try encoder.finish() } catch { throw OutputError(error, path) }
  }
}

extension VideoContainer {
  /// The extensions of all, for people.
  package static var extensions: String { allCases.map { ".\($0.rawValue)" }.joined(separator: ", ") }
}

extension OutputError {
  init(_ error: MediaError, _ path: String) {
    self.init(output: path, reason: error.description, isClosedPipe: error.isClosedPipe)
  }
}
