internal import FFmpeg
public import Pixels
public import Posix

/// Footage from a file, a FIFO, a URL or standard input: all that FFmpeg opens.
///
/// Nothing is lost: pictures are decoded one after the other, when they are asked for, and numbered from 0. They are
/// upright: the orientation that the container or the picture tells is applied.
public struct FootageSource: FrameSource, ~Copyable {
  public let info: SourceInfo
  public let trouble: SourceTrouble
  /// Nil where opening was interrupted.
  private var reader: FootageReader?
  /// The first frame, which tells what `info` says, until it is asked for.
  private var first: Frame?

  /// Threads that decode unless told otherwise.
  ///
  /// One decodes 200 pictures of 1080p H.264 a second, more than a network on two cores takes; a second one nearly
  /// doubles that, but takes its time from the network and holds one picture more.
  public static let defaultThreads = 1

  /// Opens `path` and decodes its first picture; `-` is standard input.
  ///
  /// When `interrupt` ends the wait the source is at its end at once, `wasInterrupted`, and no error.
  ///
  /// - Parameter threads: how many threads decode, at least 1; each adds a frame of delay and of memory.
  /// - Throws: `CaptureError` iff `path` cannot be opened or holds no picture that FFmpeg can decode.
  public init(path: String, interrupt: Interrupt, threads: Int = defaultThreads) throws(CaptureError) {
    let (name, file) = (SecretFree.input(path), LocalPath.of(path))
    try self.init(name, files: [file == "-" ? "/dev/stdin" : file]) { () throws(MediaError) in
      try FootageReader(path: file, interrupt: interrupt, threads: threads)
    }
  }

  /// Goes on with the connection of `look`, and decodes its first picture as `init(path:interrupt:threads:)` does.
  ///
  /// - Precondition: `look.isFootage`.
  /// - Throws: `CaptureError` iff it holds no picture that FFmpeg can decode.
  public init(
    _ look: consuming LiveStreamSource.Look, interrupt: Interrupt, threads: Int = defaultThreads
  ) throws(CaptureError) {
    let name = look.name
    var stream = look.reader.take()
    try self.init(name, files: []) { () throws(MediaError) in
      guard let stream = stream.take() else { throw MediaError(reason: "is no footage") }
      return try FootageReader(stream, interrupt: interrupt, threads: threads)
    }
  }

  /// Footage that `open` opens.
  private init(
    _ name: String, files: [String], open: () throws(MediaError) -> FootageReader
  ) throws(CaptureError) {
    trouble = SourceTrouble()
    do {
      var reader = try open()
      let facts = reader.facts
      var info = SourceInfo(
        name: name, isLive: false, frameRate: facts.frameRate, frameCount: facts.frameCount,
        sampleAspect: facts.sampleAspect, files: files)
      if let frame = try reader.next() {
        info.describe(frame)
        first = consume frame
      }
      self.info = info
      self.reader = info.width == nil ? nil : consume reader
    } catch {
      guard error.isInterrupt else { throw CaptureError(source: name, reason: error.description) }
      info = SourceInfo(name: name, isLive: false)
      reader = nil
    }
    note()
  }

  /// Whether opening was interrupted, so that there are no frames.
  public var wasInterrupted: Bool { reader == nil }

  /// Returns the next frame; nil at the end of the footage or when interrupted.
  ///
  /// Where footage is damaged or breaks off, `trouble` says so.
  ///
  /// - Throws: `CaptureError` iff the footage turns to a kind of picture that cannot be converted, or to one that is too
  ///   large, or memory ends.
  public mutating func next() throws(CaptureError) -> Frame? {
    var frame = first.take()
    if frame == nil {
      do { frame = try reader?.next() } catch { throw CaptureError(source: info.name, reason: error.description) }
      note()
    }
    guard let frame else { return nil }
    do { try PictureError.check(width: frame.width, height: frame.height) } catch {
      throw CaptureError(source: info.name, reason: error.description)
    }
    return frame
  }

  /// Tells `trouble` what the reader has noted.
  private mutating func note() {
    var account = SourceTrouble.Account()
    (account[.leftOut], account[.concealed]) = (reader?.damagedCount ?? 0, reader?.concealedCount ?? 0)
    account.earlyEnd = reader?.earlyEnd?.description
    trouble.note(account)
  }
}
