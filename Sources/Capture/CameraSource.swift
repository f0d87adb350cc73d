internal import FFmpeg
public import Pixels
public import Posix
internal import Scene

/// A V4L2 camera.
///
/// Its pictures are copied or decoded out of the driver's buffers, so these are never missing however many frames are
/// held, and frames may outlive the source. Of several pictures that wait, the newest is given.
public struct CameraSource: FrameSource, ~Copyable {
  public let info: SourceInfo
  public let trouble = SourceTrouble()
  /// What it really gives, in a few words: `640x480 MJPG at 30 fps`; and what was asked for where that is not it.
  public let summary: String
  private var ring: CameraRing
  private let stream: CameraStream
  private var maker: CameraPictures
  private let interrupt: Interrupt
  private var account = CameraAccount()
  private var clock: CameraClock
  private var ends = JPEGEnds()
  /// When the driver last failed; nil where it never did.
  private var lastFailure: Duration?

  /// How long `next` waits for a picture before it starts the stream anew, and then before it gives up: cameras that
  /// slept, or that expose long in the dark, take a second or two.
  private static var patience: (first: Duration, second: Duration) { (.seconds(3), .seconds(5)) }

  /// A driver that fails again so soon after the stream was started anew is not mended by that.
  private static var relapse: Duration { .seconds(10) }

  /// Opens the camera at `path` (`/dev/video0`) and starts its stream.
  ///
  /// It may give another size, rate or format than `settings` asks for; `info` and the frames say which.
  /// - Throws: `CaptureError`: final where it is no camera, gives no format that we read, or where the settings ask for
  ///   what cannot be; not final where it is absent, in use or may not be opened.
  public init(path: String, settings: CameraSettings = CameraSettings(), interrupt: Interrupt) throws(CaptureError) {
    try self.init(at: CameraAddress(path: path), settings: settings, interrupt: interrupt)
  }

  /// Opens the camera at `address`, as often as it takes: before one is opened again, its source has to be gone.
  ///
  /// - Throws: `CaptureError` as for a path.
  public init(
    at address: CameraAddress, settings: CameraSettings = CameraSettings(), interrupt: Interrupt
  ) throws(CaptureError) {
    let path = address.path
    if let fault = settings.fault { throw CaptureError(source: path, reason: fault, isFinal: true) }
    var device = try CameraDevice(path: path, at: address.node)
    guard device.isCamera else {
      throw CaptureError(
        source: path, reason: "is not a video capture device; `stream cameras` lists those that are", isFinal: true)
    }
    let stream = try device.setFormat(settings)
    let maker = try CameraPictures(stream, of: path)
    for control in settings.controls { _ = try device.set(control: control.name, to: control.value) }
    let clock = CameraClock(monotonic: monotonicNow(), realtime: realtimeNow())
    let ring = try CameraRing(device, pictureBytes: stream.leastBytes)
    info = SourceInfo(
      name: path, isLive: true, width: stream.width, height: stream.height, frameRate: stream.rate,
      coding: stream.coding)
    summary = stream.summary(asked: settings)
    address.remember()
    (self.stream, self.clock) = (stream, clock)
    self.maker = maker
    self.ring = ring
    self.interrupt = interrupt
  }

  /// Returns the next picture, waiting for it; nil when interrupted.
  ///
  /// Pictures that the driver skipped or that came damaged are counted in the stamp's number and `lostSoFar`, those
  /// that were passed over for a newer one in the number alone. A driver that fails or falls silent is started anew.
  /// - Throws: `CaptureError`, never final, where the camera was unplugged, keeps failing, or keeps silent.
  public mutating func next() throws(CaptureError) -> Frame? {
    // A camera that gives a picture every ten seconds is not silent; but who names a year is not believed.
    let patience = info.frameRate.map { max(Self.patience.first, .seconds(min(3 / $0, 60))) } ?? Self.patience.first
    var deadline = monotonicNow() + patience
    var isAnew = false
    while true {
      ring.settle()
      if interrupt.wait(ring.device.number, until: deadline) == .interrupted { return nil }
      // Also after the deadline: who was stopped for long finds pictures waiting.
      if let frame = try newest() { return frame }
      let now = monotonicNow()
      if now > deadline + .milliseconds(500) {
        // It was we who stood still: the camera gets its time again.
        deadline = now + patience
      } else if now >= deadline {
        trouble.count(.stalled)
        let whole = patience + Self.patience.second
        guard !isAnew else {
          throw CaptureError(source: info.name, reason: "no picture for \(whole.components.seconds) s")
        }
        isAnew = true
        try restart()
        deadline = monotonicNow() + max(patience, Self.patience.second)
      } else {
        // Poll said that there is something: look again, but not in a tight loop.
        _ = interrupt.wait(-1, until: monotonicNow() + .milliseconds(2))
      }
    }
  }

  /// Returns the newest picture that waits, if any; those before it go back unseen.
  private mutating func newest() throws(CaptureError) -> Frame? {
    var kept: (filled: CameraRing.Filled, place: (number: Int, lostSoFar: Int))?
    collecting: for _ in 0..<CameraRing.depth {
      switch try ring.dequeue() {
      case .nothing: break collecting
      case .failed(let code):
        // A picture at hand goes first; the failure is met again.
        if kept != nil { break collecting }
        try mend(code)
        return nil
      case .filled(let filled):
        if let spoiling = spoiling(filled) {
          account.spoiled(sequence: filled.sequence)
          trouble.count(spoiling)
          ring.giveBack(filled.index)
          maker.skip()
          continue
        }
        if let kept { ring.giveBack(kept.filled.index) }
        let missing = account.missing
        kept = (filled, account.arrived(sequence: filled.sequence))
        if account.missing > missing {
          trouble.count(.missing, by: account.missing - missing)
          maker.skip()
        }
        if maker.needsAll { break collecting }
      }
    }
    guard let (filled, place) = kept else { return nil }
    let stamp = FrameStamp(
      number: place.number, lostSoFar: place.lostSoFar, damagedSoFar: account.damaged, time: time(of: filled))
    defer { ring.giveBack(filled.index) }
    return unsafe try maker.frame(of: ring.bytes(of: filled), stamp, trouble)
  }

  /// Returns why a picture in the driver's buffer is not to be shown; nil where it is whole, as far as can be seen
  /// without decoding it.
  private mutating func spoiling(_ filled: CameraRing.Filled) -> SourceTrouble.Cause? {
    if filled.isFlagged { return .flagged }
    if filled.byteCount < stream.leastBytes { return .truncated }
    guard stream.format.codec == .jpeg else { return nil }
    return unsafe ends.isCutShort(ring.bytes(of: filled)) ? .truncated : nil
  }

  /// Returns the times of a picture.
  private mutating func time(of filled: CameraRing.Filled) -> FrameTime {
    let (before, realtime, now) = (monotonicNow(), realtimeNow(), monotonicNow())
    // Of two clocks that were read with a pause between, nothing follows.
    let isAtOnce = now - before < .milliseconds(1)
    let jumps = clock.jumps
    let time = clock.time(stamp: filled.taken, now: now, realtime: isAtOnce ? realtime : nil)
    if clock.jumps > jumps { trouble.count(.clockJump, by: clock.jumps - jumps) }
    return time
  }

  /// Answers a failure of the driver, whose error number is `code`.
  ///
  /// - Throws: `CaptureError` where the camera is gone, or where starting anew did not help.
  private mutating func mend(_ code: Int32) throws(CaptureError) {
    let failure = ring.device.failure("reading a picture", code)
    if CameraDevice.isGone(code) { throw failure }
    trouble.count(.failed)
    let now = monotonicNow()
    if let lastFailure, now - lastFailure < Self.relapse { throw failure }
    lastFailure = now
    try restart()
  }

  /// Starts the stream anew.
  private mutating func restart() throws(CaptureError) {
    try ring.restart()
    account.restarted()
    maker.skip()
  }
}
