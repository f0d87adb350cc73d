internal import FFmpeg
public import Pixels
public import Posix
internal import Scene

/// Pictures in files, one after the other, as a source of footage.
///
/// Their sizes may differ. A picture that cannot be decoded is left out and counted, and the first of them is named;
/// frames are numbered without gaps, and each says which file it is of. The time of numbered pictures is that of their
/// number: a hole among them, which is told, is one in time; a folder's follow one upon the other.
public struct PictureSource: FrameSource, ~Copyable {
  public let info: SourceInfo
  public let trouble: SourceTrouble
  private let list: PictureList
  private let rate: Double
  private let interrupt: Interrupt
  private var account = SourceTrouble.Account()
  private var nextIndex = 0
  private var count = 0
  /// The number of the first picture that was given.
  private var firstNumber: Int?
  /// The first frame, which tells what `info` says, until it is asked for.
  private var first: Frame?

  /// Pictures a second unless told otherwise, as FFmpeg has it.
  public static let defaultRate = 25.0

  /// Opens the pictures of `list`, shown at `rate` pictures a second, and decodes the first.
  ///
  /// - Precondition: `rate` is above 0.
  /// - Throws: `CaptureError` iff none of them can be decoded.
  public init(_ list: PictureList, rate: Double = defaultRate, interrupt: Interrupt) throws(CaptureError) {
    precondition(rate > 0, "\(rate) pictures a second")
    (self.list, self.rate, self.interrupt) = (list, rate, interrupt)
    trouble = SourceTrouble()
    account[.passedOver] = list.passedOver
    let hole = list.hole
    (account[.numberWithout], account.firstNumberWithout) = (hole?.count ?? 0, hole?.first)
    var info = SourceInfo(
      name: list.name, isLive: false, frameRate: rate, frameCount: list.paths.count, files: list.paths)
    let frame = Self.decoded(list, &nextIndex, &account, interrupt)
    guard frame != nil || interrupt.isRequested else {
      let reason = account.firstLeftOut?.reason ?? "holds no picture"
      throw CaptureError(
        source: list.paths[0],
        reason: list.paths.count == 1
          ? reason : "\(reason); nor can any of the other \(list.paths.count - 1) pictures be decoded")
    }
    if let frame {
      info.describe(frame)
      first = consume frame
    }
    self.info = info
    trouble.note(account)
  }

  /// Returns the next picture that can be decoded; nil after the last one or when interrupted. Never throws.
  public mutating func next() throws(CaptureError) -> Frame? {
    var frame = first.take()
    if frame == nil { frame = Self.decoded(list, &nextIndex, &account, interrupt) }
    trouble.note(account)
    guard var frame else { return nil }
    let number = list.numbers?[nextIndex - 1] ?? count
    let time = FrameTime(sinceFirst: .ofPicture(number - (firstNumber ?? number), rate: rate))
    firstNumber = firstNumber ?? number
    frame.stamp = FrameStamp(number: count, time: time, image: frame.stamp.image)
    count += 1
    return frame
  }

  /// Decodes the next picture of `list` from `index` on that can be decoded, and counts those that cannot.
  private static func decoded(
    _ list: PictureList, _ index: inout Int, _ account: inout SourceTrouble.Account, _ interrupt: Interrupt
  ) -> Frame? {
    while index < list.paths.count, !interrupt.isRequested {
      let path = list.paths[index]
      index += 1
      do {
        var reader = try FootageReader(path: path, interrupt: interrupt, threads: 1)
        let frame = try reader.next()
        account[.concealed] += reader.concealedCount
        guard var frame else { continue }
        try PictureError.check(width: frame.width, height: frame.height)
        frame.stamp.image = path
        return frame
      } catch let error as MediaError where error.isInterrupt {
        return nil
      } catch {
        account[.leftOut] += 1
        account.firstLeftOut =
          account.firstLeftOut ?? SourceTrouble.LeftOut(name: PathParts(path).name, reason: "\(error)")
      }
    }
    return nil
  }
}
