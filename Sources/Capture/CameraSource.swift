public import Pixels
public import Posix
internal import Scene

/// A V4L2 camera, in any raw format that it or libv4l gives.
///
/// Its frames are the driver's own buffers, not copies. There are six: whoever holds more than four frames leaves the
/// driver fewer than two, and pictures are lost; who holds six gets no picture any more. Frames may outlive the source.
public struct CameraSource: FrameSource, ~Copyable {
  public let info: SourceInfo
  public let trouble = SourceTrouble()
  private let ring: CameraRing
  private let layout: CameraLayout
  private let interrupt: Interrupt
  private var account = CameraAccount()
  private var clock: CameraClock

  /// How long `next` waits for a picture before it takes the camera for broken.
  private static var patience: Duration { .seconds(10) }

  /// Opens the camera at `path` (`/dev/video0`) and starts its stream.
  ///
  /// It may give another size, rate or format than `settings` asks for; `info` and the frames say which.
  /// - Throws: `CaptureError` where there is no camera, where it is in use or may not be opened, where it gives no
  ///   format that we read, or where the settings ask for what cannot be.
  public init(path: String, settings: CameraSettings = CameraSettings(), interrupt: Interrupt) throws(CaptureError) {
    if let fault = settings.fault { throw CaptureError(source: path, reason: fault) }
    var device = try CameraDevice(path: path)
    guard device.isCamera else { throw CaptureError(source: path, reason: "is not a video capture device") }
    let layout = try device.setFormat(settings)
    let rate = device.setRate(settings)
    for control in settings.controls { _ = try device.set(control: control.name, to: control.value) }
    let clock = CameraClock(monotonic: monotonicNow(), realtime: realtimeNow())
    ring = try CameraRing(device, pictureBytes: layout.byteCount)
    info = SourceInfo(
      name: path, isLive: true, width: layout.width, height: layout.height, frameRate: rate, coding: layout.coding)
    (self.layout, self.clock) = (layout, clock)
    self.interrupt = interrupt
  }

  /// Returns the next picture, waiting for it; nil when interrupted.
  ///
  /// Pictures that the driver skipped or marked as damaged are counted in the stamp's number and `lostSoFar`.
  /// - Throws: `CaptureError` where the camera was unplugged, failed, or gave no whole picture for 10 s.
  public mutating func next() throws(CaptureError) -> Frame? {
    let deadline = monotonicNow() + Self.patience
    while true {
      switch interrupt.wait(ring.device.number, until: deadline) {
      case .interrupted: return nil
      case .timedOut:
        throw CaptureError(source: info.name, reason: "no frame for \(Self.patience.components.seconds) s")
      case .readable: break
      }
      guard let filled = try ring.dequeue() else {
        // Poll said that there is something: look again, but not in a tight loop.
        _ = interrupt.wait(-1, until: monotonicNow() + .milliseconds(1))
        continue
      }
      guard filled.isWhole else {
        account.spoiled(sequence: filled.sequence)
        trouble.count(.flagged)
        ring.takeBack(filled.index)
        continue
      }
      let (number, lostSoFar) = account.arrived(sequence: filled.sequence)
      let time = clock.time(stamp: filled.taken, now: monotonicNow())
      return unsafe Frame(
        width: layout.width, height: layout.height, format: layout.format, coding: layout.coding,
        stamp: FrameStamp(number: number, lostSoFar: lostSoFar, damagedSoFar: account.damaged, time: time),
        planes: layout.planes(at: ring.start(of: filled.index)), home: ring, index: filled.index)
    }
  }
}
