package import FFmpeg
internal import Glibc
package import Pixels
package import Posix
package import Scene

/// Annotated video of a live source, for as long as that lives: each picture at the time when it was taken.
///
/// What is older than a second stands in the file, which then plays whatever becomes of the process. Files may be cut
/// at a length; each begins with a key picture and tells when its first picture was taken. Where a file cannot be
/// written, because the disk is full for one, that is told once, and the recording goes on in a new file as soon as
/// there is room.
package struct VideoRecorder: ~Copyable {
  private let name: RecordingName
  private let container: VideoContainer
  private let settings: EncoderSettings
  private let segment: Duration?
  private let interrupt: Interrupt?
  private let say: @Sendable (String) -> Void
  /// Nil before the first picture of a segment, and while nothing can be written.
  private var encoder: VideoEncoder?
  /// The path of the file that is written.
  private var file: String
  /// When the file's first picture was shown, since the source's first one, and its last one.
  private var (first, last): (Duration?, Duration) = (nil, .zero)
  /// When the next file begins.
  private var end: Duration?
  private var outage: RecordingOutage?
  private var missingCount = 0
  private var lastReason = ""

  /// What to tell the user where the encoder is a fallback; nil where it is the container's best.
  package let warning: String?

  /// Creates the file `path`; with a `segment` the files get names of their own (`RecordingName`) when their first
  /// pictures come, and nothing is written before.
  ///
  /// - Parameters:
  ///   - settings: of the encoder; they are made live ones.
  ///   - segment: how long a file gets, measured by its pictures' times; nil for one file.
  ///   - interrupt: once it is requested, a pipe's reader that takes nothing is waited for 2 s at most.
  ///   - say: is told when a file cannot be written and when the recording goes on.
  /// - Throws: `OutputError` iff the extension is unknown, there is no encoder, or the place cannot be written to.
  package init(
    path: String, _ settings: EncoderSettings, segment: Duration?, interrupt: Interrupt? = nil,
    say: @escaping @Sendable (String) -> Void
  ) throws(OutputError) {
    let (name, container) = (RecordingName(path: path), try VideoWriter.container(of: path))
    var settings = settings
    settings.isLive = true
    var opened: VideoEncoder?
    var warning: String?
    do throws(MediaError) {
      warning = try VideoEncoder.warning(for: container, settings)
      if segment == nil {
        opened = try VideoEncoder(path: path, container: container, settings, interrupt: interrupt)
      } else if unsafe access(name.folder, W_OK | X_OK) != 0 {
        throw MediaError("", code: -errno)
      }
    } catch { throw OutputError(error, path) }
    (self.name, self.container, file, self.warning) = (name, container, path, warning)
    (self.settings, self.segment, self.interrupt, self.say) = (settings, segment, interrupt, say)
    encoder = consume opened
  }

  /// Checks what can be checked of `path` before the size of the pictures is known: that there is an encoder for its
  /// extension, and that the file can be written or made; with a `segment` files are made beside it.
  ///
  /// - Throws: `OutputError` iff one of these is not so.
  package static func check(path: String, segment: Duration?) throws(OutputError) {
    let container = try VideoWriter.container(of: path)
    do throws(MediaError) {
      _ = try VideoEncoder.warning(for: container, EncoderSettings(width: 640, height: 480, frameRate: nil))
    } catch { throw OutputError(error, path) }
    let isThere = segment == nil && FileIdentity(path: path) != nil
    if unsafe access(isThere ? path : RecordingName(path: path).folder, isThere ? W_OK : W_OK | X_OK) != 0 {
      throw OutputError(path, errno)
    }
  }

  /// Writes a copy of `frame`, on which `draw` has drawn, at its time; `draw` may be called twice.
  ///
  /// While the disk is full the frame is counted as missing, and nothing is drawn.
  ///
  /// - Throws: `OutputError` iff that cannot pass: who reads the pipe has gone or takes no more.
  package mutating func write(
    _ frame: borrowing Frame, at time: FrameTime, draw: (inout Canvas) -> Void
  ) throws(OutputError) {
    if encoder != nil, isCutDue(at: time.sinceFirst) { try close() }
    // What outgrew the largest file of its file system goes on in the next one, without losing this picture.
    for _ in 0..<2 {
      guard try isOpen(at: time, for: frame) else { break }
      let start = first ?? time.sinceFirst
      (first, last) = (start, time.sinceFirst)
      let captured = time.captured?.sinceEpoch
      do throws(MediaError) {
        try encoder?.write(frame, at: time.sinceFirst - start, captured: captured ?? realtimeNow(), draw: draw)
        return endOutage()
      } catch { try fail(error) }
    }
    miss(1)
  }

  /// Ends the last file.
  ///
  /// - Throws: `OutputError` iff pictures are missing, now or since the beginning.
  package mutating func finish() throws(OutputError) {
    try close()
    if missingCount > 0 {
      throw OutputError(output: name.path, reason: "\(Self.pictures(missingCount)) missing: \(lastReason)")
    }
  }

  /// Whether the file is to end before a picture at `time`: it is as long as asked for, or the container cannot tell
  /// how long the source was away.
  private func isCutDue(at time: Duration) -> Bool {
    if let end, time >= end { return true }
    guard first != nil, let longest = container.longestStep else { return false }
    return time - last >= longest
  }

  /// Returns whether there is a file to write `frame` to, opening one if it can be.
  private mutating func isOpen(at time: FrameTime, for frame: borrowing Frame) throws(OutputError) -> Bool {
    if encoder != nil { return true }
    let now = monotonicNow()
    if outage?.shouldTry(at: now, room: FileSystemRoom(folder: name.folder)) == false { return false }
    do throws(MediaError) { try open(at: time.captured?.sinceEpoch ?? realtimeNow(), for: frame) } catch {
      try fail(error)
      return false
    }
    if let segment {
      // Cuts stay where they would be had the source never been away, or the disk never been full.
      let now = time.sinceFirst
      let cut = end ?? now
      if end == nil || now >= cut { end = cut + segment * (((now - cut) / segment).rounded(.down) + 1) }
    }
    return true
  }

  /// Opens a file that begins with `frame`, of its size and colours, `sinceEpoch` after 1970, of a name that nothing has
  /// yet.
  private mutating func open(at sinceEpoch: Duration, for frame: borrowing Frame) throws(MediaError) {
    first = nil
    var settings = settings
    (settings.width, settings.height, settings.coding) = (frame.width, frame.height, frame.coding)
    for path in name.freePaths(at: sinceEpoch) {
      file = path
      do throws(MediaError) {
        encoder = try VideoEncoder(path: file, container: container, settings, isNew: true, interrupt: interrupt)
        return
      } catch  where error.code == -EEXIST {}
    }
    throw MediaError("", code: -EEXIST)
  }

  /// Ends the file, which keeps what it has where that fails.
  private mutating func close() throws(OutputError) {
    do throws(MediaError) { try encoder?.finish() } catch { return try fail(error) }
    endOutage()
    encoder = nil
  }

  /// Leaves the file that failed: the outage begins, or lasts.
  ///
  /// - Throws: `OutputError` iff it cannot pass.
  private mutating func fail(_ error: MediaError) throws(OutputError) {
    let (saved, pending) = (encoder?.savedCount ?? 0, encoder?.pendingCount ?? 0)
    let wasOpen = encoder != nil
    encoder = nil
    // A file of ours without a picture is of no use to anybody.
    if wasOpen, saved == 0, file != name.path { _ = unsafe unlink(file) }
    lastReason = error.description
    // In our own words it is about a reader.
    guard !error.isClosedPipe, error.code < 0 else { throw OutputError(error, file) }
    let now = monotonicNow()
    if outage == nil {
      outage = RecordingOutage(at: now, isOverWithThisFile: error.code == -EFBIG && saved > 0)
      say("\(file): \(error); recording goes on \(error.code == -ENOSPC ? "when there is room" : "in a new file")")
    } else {
      outage?.fail(at: now)
    }
    miss(pending)
  }

  /// Tells that the recording goes on, once the new file has a picture.
  private mutating func endOutage() {
    guard let outage, let saved = encoder?.savedCount, saved > 0 else { return }
    say("\(file): recording again, \(Self.pictures(outage.missingCount)) missing")
    self.outage = nil
  }

  private mutating func miss(_ count: Int) {
    missingCount += count
    outage?.missingCount += count
  }

  private static func pictures(_ count: Int) -> String { count.counted("picture is", "pictures are") }
}
