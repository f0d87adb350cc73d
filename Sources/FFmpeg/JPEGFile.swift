internal import CFFmpeg
internal import Glibc
package import Pixels
package import Posix
internal import Scene

/// JPEG pictures in files, decoded without the libraries of containers, which take a quarter of a start's time to load.
///
/// FFmpeg's demuxer of pictures would do the same: it hands the whole file to the decoder as one packet.
package enum JPEGFile {
  /// Returns the picture in the regular file `path`, named and beginning as a JPEG picture; nil for any other, and where
  /// the decoder makes nothing of it: what is wrong, `FootageReader` says.
  ///
  /// - Throws: `MediaError` iff FFmpeg's libraries are missing, there is no memory, or the interrupt was requested.
  package static func picture(_ path: String, interrupt: Interrupt = Interrupt()) throws(MediaError) -> Frame? {
    guard hasName(path), FileIdentity(path: path)?.kind == .regular,
      let file = try? Descriptor(opening: path, flags: O_RDONLY | O_NOCTTY | O_NONBLOCK),
      let size = size(of: file), begins(file)
    else { return nil }
    try MediaLibraries.openCodecs()
    let packet = try Packet()
    guard unsafe try read(file, size, into: packet.packet, interrupt) else { return nil }
    let decoder = try Decoder(still: AV_CODEC_ID_MJPEG)
    let shelf = PictureShelf()
    var maker = FrameMaker(shelf, orientation: nil)
    let (picture, place) = unsafe try shelf.take()
    guard case .hungry = unsafe try decoder.send(packet.packet),
      case .picture = unsafe try decoder.receive(into: picture)
    else { return nil }
    let stamp = FrameStamp(number: 0, time: FrameTime(sinceFirst: .zero))
    do throws(MediaError) {
      let shape = unsafe try PictureShape(of: picture)
      return unsafe try maker.frame(of: picture, at: place, shape, try shape.frameFormat(), stamp)
    } catch { return nil }
  }

  /// Whether FFmpeg takes a file of this name for a JPEG picture.
  private static func hasName(_ path: String) -> Bool {
    let name = path.suffix(5).lowercased()
    return name.hasSuffix(".jpg") || name.hasSuffix(".jpeg")
  }

  /// Returns how many bytes `file` has; nil where they are none that a packet can hold.
  private static func size(of file: borrowing Descriptor) -> Int? {
    var status = stat()
    guard isRegularFile(file.number), unsafe fstat(file.number, &status) == 0, (4...1 << 30).contains(status.st_size)
    else { return nil }
    return status.st_size
  }

  /// Whether `file` begins as a JPEG picture.
  private static func begins(_ file: borrowing Descriptor) -> Bool {
    var bytes: [UInt8] = [0, 0, 0]
    return unsafe pread(file.number, &bytes, 3, 0) == 3 && bytes == [0xFF, 0xD8, 0xFF]
  }

  /// Bytes read between two looks at the interrupt.
  private static let readAtOnce = 1 << 20

  /// Reads `size` bytes into the empty `packet`; false where there are fewer.
  private static func read(
    _ file: borrowing Descriptor, _ size: Int, into packet: UnsafeMutablePointer<AVPacket>, _ interrupt: Interrupt
  ) throws(MediaError) -> Bool {
    try check(unsafe av_new_packet(packet, Int32(clamping: size)), "reading")
    guard let bytes = unsafe packet.pointee.data else { return false }
    var count = 0
    while count < size {
      if interrupt.isRequested { throw MediaError("", code: stream_error_exit) }
      let got = unsafe Glibc.read(file.number, bytes + count, min(size - count, readAtOnce))
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return false }
      count += got
    }
    return true
  }
}
