internal import FFmpeg
public import Pixels
public import Posix

/// Footage from a file, a FIFO, a URL or standard input: all that FFmpeg opens.
///
/// Nothing is lost: pictures are decoded one after the other, when they are asked for, and numbered from 0.
public struct FootageSource: FrameSource, ~Copyable {
  public let info: SourceInfo
  /// What went wrong without ending the footage; may be read while another thread reads frames.
  public let damage: FootageDamage
  /// Nil where opening was interrupted.
  private var reader: FootageReader?

  /// Threads that decode unless told otherwise.
  ///
  /// One decodes 200 pictures of 1080p H.264 a second, more than a network on two cores takes; a second one nearly
  /// doubles that, but takes its time from the network and holds one picture more.
  public static let defaultThreads = 1

  /// Opens `path`; `-` is standard input.
  ///
  /// When `interrupt` ends the wait the source is at its end at once, `wasInterrupted`, and no error.
  ///
  /// - Parameter threads: how many threads decode, at least 1; each adds a frame of delay and of memory.
  /// - Throws: `CaptureError` iff `path` cannot be opened or holds no video that FFmpeg can decode.
  public init(path: String, interrupt: Interrupt, threads: Int = defaultThreads) throws(CaptureError) {
    let name = SourceInfo.name(of: path)
    damage = FootageDamage()
    do {
      let reader = try FootageReader(path: path, interrupt: interrupt, threads: threads)
      let facts = reader.facts
      info = SourceInfo(
        name: name, isLive: false, width: facts.size?.width, height: facts.size?.height, frameRate: facts.frameRate,
        frameCount: facts.frameCount, sampleAspect: facts.sampleAspect)
      self.reader = consume reader
    } catch {
      guard error.isInterrupt else { throw CaptureError(source: name, reason: error.description) }
      info = SourceInfo(name: name, isLive: false)
      reader = nil
    }
  }

  /// Whether opening was interrupted, so that there are no frames.
  public var wasInterrupted: Bool { reader == nil }

  /// Returns the next frame; nil at the end of the footage or when interrupted.
  ///
  /// Where footage is damaged or breaks off, `damage` says so.
  ///
  /// - Throws: `CaptureError` iff the footage holds no picture that can be decoded and converted.
  public mutating func next() throws(CaptureError) -> Frame? {
    do {
      let frame = try reader?.next()
      damage.note(count: reader?.damagedCount ?? 0, earlyEnd: reader?.earlyEnd?.description)
      return frame
    } catch { throw CaptureError(source: info.name, reason: error.description) }
  }
}

/// What was wrong with footage that could be read all the same.
public final class FootageDamage: Sendable {
  private let notes = Guarded<(count: Int, earlyEnd: String?)>((0, nil))

  init() {}

  /// Packets and pictures that were damaged and left out.
  public var count: Int { notes.withLock { $0.count } }

  /// Why the footage ended before its end; nil where it did not.
  public var earlyEnd: String? { notes.withLock { $0.earlyEnd } }

  func note(count: Int, earlyEnd: String?) { notes.withLock { $0 = (count, earlyEnd) } }
}

extension SourceInfo {
  /// Returns `path` without the password that a URL may carry.
  static func name(of path: String) -> String {
    guard let scheme = path.firstRange(of: "://") else { return path }
    let rest = path[scheme.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else { return path }
    return String(path[..<colon]) + String(path[at...])
  }
}
