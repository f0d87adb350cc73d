internal import CV4L2
internal import Glibc
internal import Posix

/// The driver's mapped buffers, streaming, with exactly one holder.
///
/// Pictures are copied out and their buffers given back at once, so the ring never runs dry because somebody holds a
/// frame. When it is dropped the stream ends, the buffers are unmapped and the device is closed.
@safe
struct CameraRing: ~Copyable {
  /// A buffer that the driver has filled.
  struct Filled {
    let index: Int
    /// The driver's number of the picture.
    let sequence: UInt32
    /// The monotonic time at which it was taken, where the driver says.
    let taken: Duration?
    /// How many bytes the driver says it wrote.
    let byteCount: Int
    /// Whether the driver calls the picture damaged.
    let isFlagged: Bool
  }

  /// What asking for a filled buffer gives.
  enum Answer {
    case filled(Filled)
    /// There is none yet, also just after poll said so.
    case nothing
    /// The camera is gone or the driver failed, with the system's error number; `restart` may mend the latter.
    case failed(Int32)
  }

  /// How many buffers are asked for: enough for a sixth of a second at 30 pictures a second in which we do not run.
  static var depth: UInt32 { 6 }

  let device: CameraDevice
  private let buffers: [UnsafeRawBufferPointer]
  /// Buffers that the driver did not take back yet.
  private var owed: [Int] = []

  /// Maps the buffers, gives them to the driver and starts the stream; `pictureBytes` is what one must hold.
  ///
  /// - Throws: `CaptureError` where the driver says no, or gives fewer than 2 buffers or too small ones.
  init(_ device: consuming CameraDevice, pictureBytes: Int) throws(CaptureError) {
    var request = v4l2_requestbuffers()
    request.count = Self.depth
    request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    request.memory = V4L2_MEMORY_MMAP.rawValue
    try device.require("asking for buffers", stream_vidioc_reqbufs, &request)
    let count = Int(request.count)
    guard count >= 2 else {
      throw CaptureError(source: device.path, reason: "the driver gives \(count) buffers", isFinal: true)
    }
    var mapped = unsafe [UnsafeRawBufferPointer]()
    do throws(CaptureError) {
      for index in 0..<count { unsafe mapped.append(try Self.map(index, of: device, atLeast: pictureBytes)) }
      try Self.start(device, bufferCount: count)
    } catch {
      unsafe Self.unmap(mapped)
      throw error
    }
    unsafe buffers = mapped
    self.device = device
  }

  deinit {
    Self.stop(device)
    unsafe Self.unmap(buffers)
  }

  /// Gives buffer `index` back to the driver; where it does not take it, `settle` offers it again.
  mutating func giveBack(_ index: Int) {
    if !isTaken(index) { owed.append(index) }
  }

  /// Offers the driver again what it did not take back.
  mutating func settle() {
    guard !owed.isEmpty else { return }
    owed = owed.filter { !isTaken($0) }
  }

  /// Asks for the oldest filled buffer.
  ///
  /// - Throws: `CaptureError` where the driver gives what cannot be.
  func dequeue() throws(CaptureError) -> Answer {
    var buffer = unsafe Self.buffer(0)
    switch unsafe device.ask(stream_vidioc_dqbuf, &buffer) {
    case 0: break
    case EAGAIN: return .nothing
    case let code: return .failed(code)
    }
    let index = unsafe Int(buffer.index)
    guard unsafe index < buffers.count else {
      throw CaptureError(source: device.path, reason: "the driver gave buffer \(index), which it does not have")
    }
    let flags = unsafe buffer.flags
    let isMonotonic = flags & UInt32(V4L2_BUF_FLAG_TIMESTAMP_MASK) == UInt32(V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC)
    let stamp = unsafe buffer.timestamp
    return unsafe .filled(
      Filled(
        index: index, sequence: buffer.sequence, taken: isMonotonic ? Self.duration(stamp) : nil,
        byteCount: min(Int(buffer.bytesused), buffers[index].count),
        isFlagged: flags & UInt32(V4L2_BUF_FLAG_ERROR) != 0))
  }

  /// Stops the stream, gives the driver all buffers anew and starts it again, which ends most failures of a driver.
  ///
  /// - Throws: `CaptureError` where the driver says no.
  mutating func restart() throws(CaptureError) {
    Self.stop(device)
    owed = []
    try Self.start(device, bufferCount: unsafe buffers.count)
  }

  /// The picture in a filled buffer; unchanged until the buffer is given back.
  func bytes(of filled: Filled) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: buffers[filled.index].prefix(filled.byteCount))
  }

  private func isTaken(_ index: Int) -> Bool {
    var buffer = unsafe Self.buffer(index)
    return unsafe device.ask(stream_vidioc_qbuf, &buffer) == 0
  }

  /// Gives the driver all buffers and starts the stream.
  private static func start(_ device: borrowing CameraDevice, bufferCount: Int) throws(CaptureError) {
    for index in 0..<bufferCount {
      var buffer = unsafe Self.buffer(index)
      unsafe try device.require("queueing a buffer", stream_vidioc_qbuf, &buffer)
    }
    var type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    try device.require("starting the stream", stream_vidioc_streamon, &type)
  }

  /// Stops the stream, upon which all buffers are ours.
  private static func stop(_ device: borrowing CameraDevice) {
    var type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    _ = device.ask(stream_vidioc_streamoff, &type)
  }

  /// Returns a driver's time; nil for one that cannot be, of which some drivers fill the fields at random.
  private static func duration(_ stamp: timeval) -> Duration? {
    // The monotonic clock counts from the start of the machine: a century is a lie.
    guard (0..<3_200_000_000).contains(stamp.tv_sec), (0..<1_000_000).contains(stamp.tv_usec) else { return nil }
    return .seconds(stamp.tv_sec) + .microseconds(stamp.tv_usec)
  }

  /// Maps buffer `index`.
  private static func map(_ index: Int, of device: borrowing CameraDevice, atLeast bytes: Int) throws(CaptureError)
    -> UnsafeRawBufferPointer
  {
    var buffer = unsafe Self.buffer(index)
    unsafe try device.require("asking for a buffer", stream_vidioc_querybuf, &buffer)
    let length = unsafe Int(buffer.length)
    guard length >= bytes else {
      throw CaptureError(
        source: device.path, reason: "a buffer of \(length) bytes cannot hold a picture of \(bytes)", isFinal: true)
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
