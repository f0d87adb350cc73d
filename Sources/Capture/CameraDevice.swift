internal import CV4L2
internal import Glibc
internal import Posix

/// An open video device with exactly one holder.
///
/// It is spoken to directly, or through libv4l where that must turn its pictures into a format that we read. What the
/// camera gives by itself goes past libv4l, which hides some of it and ignores the stride of some.
struct CameraDevice: ~Copyable, Sendable {
  /// What messages call it.
  let path: String
  /// The descriptor, for poll; closed when the device is dropped.
  let number: Int32
  /// What the driver calls the device.
  let name: String
  /// Whether questions go through libv4l, which then converts.
  ///
  /// Invariant: false until `joinLibrary` said yes.
  var isConverting = false
  /// What this very node can do (`V4L2_CAP_…`), not its siblings.
  private let abilities: UInt32

  /// Libv4l is told once to be quiet.
  private static let silence: Void = stream_v4l2_silence()

  /// Opens `node`, the device itself where not given, and asks what it is; messages call it `path`.
  ///
  /// - Throws: `CaptureError` where there is none, where it may not be opened, or where it is no video device.
  init(path: String, at node: String? = nil) throws(CaptureError) {
    Self.silence
    let number = unsafe stream_camera_open(node ?? path)
    guard number >= 0 else { throw Self.failure(opening: path, errno) }
    var status = stat()
    var capability = v4l2_capability()
    guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else {
      close(number)
      throw CaptureError(source: path, reason: "is not a device", isFinal: true)
    }
    guard unsafe stream_camera_ioctl(number, stream_vidioc_querycap, &capability) == 0 else {
      close(number)
      throw CaptureError(source: path, reason: "is not a video device", isFinal: true)
    }
    let all = capability.capabilities
    abilities = all & UInt32(V4L2_CAP_DEVICE_CAPS) != 0 ? capability.device_caps : all
    name = text(capability.card)
    (self.path, self.number) = (path, number)
  }

  /// Closes for libv4l too, where it knows the device.
  deinit { v4l2_close(number) }

  /// Whether pictures can be streamed from it; metadata and output nodes look alike from outside.
  var isCamera: Bool {
    let wanted = UInt32(V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING)
    return abilities & wanted == wanted
  }

  /// Makes the device known to libv4l; false where it does not take it.
  func joinLibrary() -> Bool { v4l2_fd_open(number, 0) >= 0 }

  /// Puts a question to the driver and returns 0 or the system's error number; the answer is in `question`.
  func ask<Question>(_ request: UInt, _ question: inout Question) -> Int32 {
    unsafe withUnsafeMutablePointer(to: &question) { question in
      while unsafe (isConverting ? stream_v4l2_ioctl : stream_camera_ioctl)(number, request, question) != 0 {
        if errno != EINTR { return errno }
      }
      return 0
    }
  }

  /// Puts a question that must succeed; `doing` says what it is for.
  ///
  /// - Throws: `CaptureError` where the driver says no.
  func require<Question>(_ doing: String, _ request: UInt, _ question: inout Question)
    throws(CaptureError)
  {
    let code = ask(request, &question)
    guard code == 0 else { throw failure(doing, code) }
  }

  /// Returns the error of a call that failed with `code` while the device was open.
  func failure(_ doing: String, _ code: Int32) -> CaptureError {
    let reason =
      switch code {
      case EBUSY: Self.busy(path)
      case _ where Self.isGone(code): "was unplugged"
      default: "\(doing): \(PosixError(call: doing, code: code).reason)"
      }
    return CaptureError(source: path, reason: reason)
  }

  /// Whether the error number `code` means that there is no such device any more.
  static func isGone(_ code: Int32) -> Bool { [ENODEV, ENXIO, EBADF].contains(code) }

  /// Returns why a node could not be opened, with what to do about it.
  ///
  /// What may pass (it is plugged in, freed, or its owner set by udev a moment later) is not final.
  private static func failure(opening path: String, _ code: Int32) -> CaptureError {
    let reason =
      switch code {
      case ENOENT, ENOTDIR: "no such camera; `stream cameras` lists them"
      case EACCES, EPERM: "permission denied; add yourself to group video"
      case EBUSY: busy(path)
      case ENODEV, ENXIO: "no camera is plugged in there; `stream cameras` lists them"
      case EISDIR: "is not a device"
      default: PosixError(call: "open", code: code).reason
      }
    return CaptureError(source: path, reason: reason, isFinal: code == EISDIR)
  }

  private static func busy(_ path: String) -> String { "is in use by another program; `fuser \(path)` names it" }
}
