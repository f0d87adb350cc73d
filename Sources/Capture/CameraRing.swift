internal import CV4L2
internal import Glibc
internal import Pixels
internal import Posix

/// The driver's mapped buffers, streaming.
///
/// It lives as long as the source or any frame does: a frame that is dropped gives its buffer back to the driver, and
/// with the last of them the stream ends, the buffers are unmapped and the device is closed.
@safe
final class CameraRing: FrameHome, Sendable {
  /// A buffer that the driver has filled.
  struct Filled {
    let index: Int
    /// The driver's number of the picture.
    let sequence: UInt32
    /// The monotonic time at which it was taken, where the driver says.
    let taken: Duration?
    /// Whether it holds a whole picture.
    let isWhole: Bool
  }

  /// How many buffers are asked for: one in the source's hand, the newest, two under way and two with the driver.
  static var depth: UInt32 { 6 }

  let device: CameraDevice
  nonisolated(unsafe) private let buffers: [UnsafeRawBufferPointer]
  private let pictureBytes: Int

  /// Maps the buffers, gives them to the driver and starts the stream; `pictureBytes` is what a whole picture has.
  ///
  /// - Throws: `CaptureError` where the driver says no, or gives fewer than 2 buffers or too small ones.
  init(_ device: consuming CameraDevice, pictureBytes: Int) throws(CaptureError) {
    var request = v4l2_requestbuffers()
    request.count = Self.depth
    request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    request.memory = V4L2_MEMORY_MMAP.rawValue
    try device.require("asking for buffers", stream_vidioc_reqbufs, &request)
    let count = Int(request.count)
    guard count >= 2 else { throw CaptureError(source: device.path, reason: "the driver gives \(count) buffers") }
    var mapped = unsafe [UnsafeRawBufferPointer]()
    do throws(CaptureError) {
      for index in 0..<count { unsafe mapped.append(try Self.map(index, of: device, atLeast: pictureBytes)) }
      for index in 0..<count {
        var buffer = unsafe Self.buffer(index)
        unsafe try device.require("queueing a buffer", stream_vidioc_qbuf, &buffer)
      }
      var type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
      try device.require("starting the stream", stream_vidioc_streamon, &type)
    } catch {
      unsafe Self.unmap(mapped)
      throw error
    }
    unsafe buffers = mapped
    self.device = device
    self.pictureBytes = pictureBytes
  }

  deinit {
    var type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    _ = device.ask(stream_vidioc_streamoff, &type)
    unsafe Self.unmap(buffers)
  }

  /// Gives buffer `index` back to the driver. An error is not told here: the next `dequeue` meets it too.
  func takeBack(_ index: Int) {
    var buffer = unsafe Self.buffer(index)
    _ = unsafe device.ask(stream_vidioc_qbuf, &buffer)
  }

  /// Takes the oldest filled buffer; nil where there is none yet, also just after poll said so.
  ///
  /// - Throws: `CaptureError` where the camera is gone or the driver failed.
  func dequeue() throws(CaptureError) -> Filled? {
    var buffer = unsafe Self.buffer(0)
    switch unsafe device.ask(stream_vidioc_dqbuf, &buffer) {
    case 0: break
    case EAGAIN: return nil
    case let code: throw device.failure("reading a picture", code)
    }
    let index = unsafe Int(buffer.index)
    guard unsafe index < buffers.count else {
      throw CaptureError(source: device.path, reason: "the driver gave buffer \(index), which it does not have")
    }
    let flags = unsafe buffer.flags
    let isMonotonic = flags & UInt32(V4L2_BUF_FLAG_TIMESTAMP_MASK) == UInt32(V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC)
    let stamp = unsafe buffer.timestamp
    return unsafe Filled(
      index: index, sequence: buffer.sequence,
      taken: isMonotonic ? .seconds(stamp.tv_sec) + .microseconds(stamp.tv_usec) : nil,
      isWhole: flags & UInt32(V4L2_BUF_FLAG_ERROR) == 0 && Int(buffer.bytesused) >= pictureBytes)
  }

  /// Where buffer `index` begins; valid as long as the ring is held, unchanged until it is taken back.
  func start(of index: Int) -> UnsafeRawPointer {
    guard let start = unsafe buffers[index].baseAddress else { preconditionFailure("a mapped buffer has an address") }
    return unsafe start
  }

  /// Maps buffer `index`.
  private static func map(_ index: Int, of device: borrowing CameraDevice, atLeast bytes: Int) throws(CaptureError)
    -> UnsafeRawBufferPointer
  {
    var buffer = unsafe Self.buffer(index)
    unsafe try device.require("asking for a buffer", stream_vidioc_querybuf, &buffer)
    let length = unsafe Int(buffer.length)
    guard length >= bytes else {
      throw CaptureError(source: device.path, reason: "a buffer of \(length) bytes cannot hold a picture of \(bytes)")
    }
    let start = unsafe v4l2_mmap(
      nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, device.number, Int64(buffer.m.offset))
    guard let start = unsafe start, unsafe start != UnsafeMutableRawPointer(bitPattern: -1) else {
      throw device.failure("mapping a buffer", errno)
    }
    return unsafe UnsafeRawBufferPointer(start: start, count: length)
  }

  /// Unmaps all of `buffers`.
  private static func unmap(_ buffers: [UnsafeRawBufferPointer]) {
    for index in unsafe buffers.indices {
      let buffer = unsafe buffers[index]
      unsafe v4l2_munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
    }
  }

  /// Returns the words by which the driver knows buffer `index`.
  private static func buffer(_ index: Int) -> v4l2_buffer {
    var buffer = unsafe v4l2_buffer()
    unsafe buffer.index = UInt32(index)
    unsafe buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    unsafe buffer.memory = V4L2_MEMORY_MMAP.rawValue
    return unsafe buffer
  }
}
