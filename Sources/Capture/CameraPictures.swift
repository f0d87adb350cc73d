internal import FFmpeg
internal import Pixels
internal import Scene

/// Makes frames of what lies in a camera's buffers: copies raw pictures, decodes compressed ones.
struct CameraPictures: ~Copyable {
  private let layout: CameraLayout?
  private let shelf: CameraShelf
  private var decoder: PacketDecoder?
  private let path: String
  /// Whether pictures are made of those before, so that none may be passed over.
  let needsAll: Bool
  /// Of what the decoder was given: pictures that it has not made yet, the oldest first.
  private var pending: [FrameStamp] = []
  /// Pictures that came whole by the driver's word, and of which nothing could be made.
  private var spoiled = 0

  /// More than any decoder holds back that is told to hold back nothing.
  private static let mostPending = 32

  /// - Parameter path: the camera's, for errors.
  /// - Throws: `CaptureError` iff FFmpeg has no decoder for what the camera gives.
  init(_ stream: CameraStream, of path: String) throws(CaptureError) {
    (layout, self.path) = (stream.layout, path)
    shelf = CameraShelf(byteCount: stream.leastBytes)
    needsAll = stream.format.codec == .h264
    guard let codec = stream.format.codec else { return }
    do { decoder = try PacketDecoder(codec) } catch {
      throw CaptureError(source: path, reason: error.description, isFinal: true)
    }
  }

  /// Notes that pictures are missing between those before and those to come.
  mutating func skip() { if needsAll { decoder?.flush() } }

  /// Returns a frame of the picture in `bytes`, or of one given before; nil where none can be made yet, or none at all.
  ///
  /// - Precondition: a raw picture has as many bytes as its layout says.
  /// - Parameters:
  ///   - stamp: the picture's.
  ///   - trouble: where it is counted that a picture could not be made.
  /// - Throws: `CaptureError` where there is no memory, or where the picture is of a kind that cannot be read.
  mutating func frame(
    of bytes: UnsafeRawBufferPointer, _ stamp: FrameStamp, _ trouble: SourceTrouble
  ) throws(CaptureError) -> Frame? {
    guard let layout else { return unsafe try decoded(bytes, stamp, trouble) }
    let copied = unsafe shelf.copy(bytes)
    return unsafe Frame(
      width: layout.width, height: layout.height, format: layout.format, coding: layout.coding, stamp: stamp,
      planes: layout.planes(at: copied.start), home: shelf, index: copied.place)
  }

  private mutating func decoded(
    _ bytes: UnsafeRawBufferPointer, _ stamp: FrameStamp, _ trouble: SourceTrouble
  ) throws(CaptureError) -> Frame? {
    pending.append(stamp)
    var answer: PacketDecoder.Decoded
    do {
      guard let made = unsafe try decoder?.decode(bytes, ticket: stamp.number) else { return nil }
      answer = made
    } catch {
      throw CaptureError(source: path, reason: error.description)
    }
    if answer.isUndecodable {
      pending.removeLast()
      miss(.undecodable, trouble)
    }
    // What was given before the picture that came out is not to be hoped for any more.
    let ticket = answer.ticket ?? -1
    while let first = pending.first, first.number < ticket || pending.count > Self.mostPending {
      pending.removeFirst()
      miss(.corrupt, trouble)
    }
    guard var frame = answer.frame.take(), let stamp = pending.first, stamp.number == ticket else { return nil }
    pending.removeFirst()
    frame.stamp = FrameStamp(
      number: stamp.number, lostSoFar: stamp.lostSoFar + spoiled, damagedSoFar: stamp.damagedSoFar + spoiled,
      time: stamp.time)
    return frame
  }

  private mutating func miss(_ cause: SourceTrouble.Cause, _ trouble: SourceTrouble) {
    spoiled += 1
    trouble.count(cause)
  }
}
