internal import FFmpeg
public import Pixels
public import Posix

/// A live stream of the network: RTSP, RTMP, SRT, UDP, RTP, and of HTTP what has no end.
///
/// Packets are read as they come, by a thread of the source's own, so that no delay grows; where decoding or its taker
/// fall behind, pictures are passed over for the newest. Each picture says when it was taken, by its time of arrival and
/// its timestamp (docs/LIVE.md). The end of the stream, its silence and each failure are errors that are not final: the
/// same initialiser may open it again.
public struct LiveStreamSource: FrameSource, ~Copyable {
  public private(set) var info: SourceInfo
  public let trouble = SourceTrouble()
  /// Nil where opening was interrupted.
  private var reader: StreamReader?
  /// The first frame, which tells what `info` says, until it is asked for.
  private var first: Frame?
  private var stallCount = 0

  /// Opens the stream at `url` and waits for its first picture.
  ///
  /// When `interrupt` ends the wait the source is at its end at once, and no error.
  /// - Throws: `CaptureError`, final where the server refuses.
  public init(url: String, settings: LiveStreamSettings = LiveStreamSettings(), interrupt: Interrupt)
    throws(CaptureError)
  {
    try self.init(Look(url, settings, interrupt) { _ in false })
  }

  /// Goes on with the connection of `look`, and waits for its first picture as `init(url:settings:interrupt:)` does.
  ///
  /// - Throws: `CaptureError` where none comes.
  public init(_ look: consuming Look) throws(CaptureError) {
    let name = look.name
    var info = SourceInfo(name: name, isLive: true)
    var reader = look.reader.take()
    do {
      if let footage = reader?.facts.footage {
        (info.frameRate, info.sampleAspect) = (footage.frameRate, footage.sampleAspect)
      }
      if let frame = try reader?.nextFrame() {
        info.describe(frame)
        first = consume frame
      }
      self.reader = consume reader
    } catch { throw CaptureError(error, of: name) }
    self.info = info
    note()
  }

  /// A stream that was opened to see what it is; it is read from then on, but no picture is decoded yet.
  ///
  /// It has one holder, and goes from thread to thread with it.
  @safe
  public struct Look: ~Copyable, @unchecked Sendable {
    /// Whether it has an end, so that `FootageSource` is for it; false where interrupted.
    public let isFootage: Bool
    /// What people call it.
    let name: String
    /// Nil where opening was interrupted.
    var reader: StreamReader?

    /// Opens what a server gives at `url`.
    ///
    /// - Parameter asksAgain: whether a place that gives one picture is a stream, which has another one each time that it
    ///   is opened, and no footage of one.
    /// - Throws: `CaptureError` where it cannot be opened, final where the server refuses.
    public init(
      url: String, settings: LiveStreamSettings = LiveStreamSettings(), asksAgain: Bool = false, interrupt: Interrupt
    ) throws(CaptureError) {
      try self.init(url, settings, interrupt) { $0.isFinite && !($0.isPicture && asksAgain) }
    }

    fileprivate init(
      _ url: String, _ settings: LiveStreamSettings, _ interrupt: Interrupt,
      isFootage: @escaping @Sendable (StreamFacts) -> Bool
    ) throws(CaptureError) {
      let name = SecretFree.name(of: url)
      var opened: StreamReader?
      do { opened = try StreamReader(url, settings, interrupt, isFootage) } catch {
        throw CaptureError(error, of: name)
      }
      self.isFootage = opened?.isFootage ?? false
      self.name = name
      reader = consume opened
    }
  }

  /// Returns the newest frame, waiting for it; nil when interrupted.
  ///
  /// - Throws: `CaptureError` where the stream ended or failed, gave no picture for too long, or came much too late.
  public mutating func next() throws(CaptureError) -> Frame? {
    if let frame = first.take() { return frame }
    do {
      let frame = try reader?.nextFrame()
      note()
      return frame
    } catch {
      if error.isStall { stallCount += 1 }
      note()
      throw CaptureError(error, of: info.name)
    }
  }

  /// Tells `trouble` what the reader has noted.
  private mutating func note() {
    var account = SourceTrouble.Account()
    if let read = reader?.account {
      (account[.corrupt], account[.undecodable], account[.clockJump]) = (read.corrupt, read.undecodable, read.jumps)
    }
    account[.stalled] = stallCount
    trouble.note(account)
  }
}

extension StreamReader {
  /// Opens the stream at `url`, decoding on one thread; nil where interrupted.
  fileprivate init?(
    _ url: String, _ settings: LiveStreamSettings, _ interrupt: Interrupt,
    _ isFootage: @escaping @Sendable (StreamFacts) -> Bool
  ) throws(MediaError) {
    try self.init(
      path: url,
      options: StreamOptions(
        openingTime: settings.patience, readingTime: settings.patience, keepsCorrupt: settings.keepsCorrupt,
        own: settings.options(scheme: NetworkPlace.scheme(of: url))), interrupt: interrupt, threads: 1,
      isFootage: isFootage)
  }
}

extension CaptureError {
  /// What a stream said no to.
  fileprivate init(_ error: MediaError, of name: String) {
    var hint = error.isUnauthorized ? "; write USER:PASSWORD@ before the host" : ""
    if error.isUnreachable { hint = "; is the host known by that name, and does it listen?" }
    if error.isSinglePicture { hint = "; --reconnect SECONDS asks for the next one so often" }
    self.init(
      source: name, reason: error.description + hint, isFinal: error.isRefusal, isSnapshot: error.isSinglePicture)
  }
}
