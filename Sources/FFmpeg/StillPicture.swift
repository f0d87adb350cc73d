internal import CFFmpeg
internal import Glibc
package import Pixels
package import Posix

/// Still pictures in files.
package enum StillPicture {
  /// Writes packed RGB, `width` · `height` · 3 bytes row by row, as a PNG file.
  ///
  /// A pipe's reader that takes nothing is waited for; once `interrupt` is requested, `ReaderPatience` ends that.
  ///
  /// - Precondition: `rgb` has so many bytes.
  /// - Throws: `MediaError` iff the file cannot be written; for a FIFO that nobody reads too.
  package static func writePNG(
    _ path: String, rgb: [UInt8], width: Int, height: Int, interrupt: Interrupt? = nil
  ) throws(MediaError) {
    precondition(width > 0 && height > 0 && rgb.count == width * height * 3, "\(rgb.count) bytes of RGB")
    try MediaLibraries.openContainers()
    let packet = try encodedPNG(rgb, Int32(clamping: width), Int32(clamping: height))
    let file = try FileWriter(path: path, isNew: false, interrupt: interrupt)
    unsafe avio_write(file.context, packet.packet.pointee.data, packet.packet.pointee.size)
    unsafe avio_flush(file.context)
    if let failure = file.failure { throw failure }
  }

  /// Reads the picture in `path`, or in standard input for `-`, of any format that FFmpeg knows; of footage the first
  /// one.
  ///
  /// - Throws: `MediaError` iff there is none; `isInterrupt` where `interrupt` ended the wait for it.
  package static func read(_ path: String, interrupt: Interrupt = Interrupt()) throws(MediaError) -> Frame {
    var isOneOfMany = false
    return try read(path, interrupt: interrupt, &isOneOfMany)
  }

  /// Reads the picture in `path` as `read(_:interrupt:)` does, and tells whether more come behind it.
  package static func read(
    _ path: String, interrupt: Interrupt, _ isOneOfMany: inout Bool
  ) throws(MediaError) -> Frame {
    guard path == "-" else { return try first(of: path, interrupt, &isOneOfMany) }
    // Some formats are read to and fro, which a pipe does not allow.
    let held: MemoryFile?
    do { held = try MemoryFile(copying: STDIN_FILENO, limit: mostPiped, interrupt: interrupt) } catch {
      throw MediaError("reading", reason: error.reason)
    }
    guard let held else { throw MediaError("", code: stream_error_exit) }
    return try first(of: held.path, interrupt, &isOneOfMany)
  }

  /// Of a longer standard input the rest is not read: the first picture of footage lies in its beginning.
  private static let mostPiped = 256 << 20

  private static func first(
    of path: String, _ interrupt: Interrupt, _ isOneOfMany: inout Bool
  ) throws(MediaError) -> Frame {
    isOneOfMany = false
    if let picture = try JPEGFile.picture(path, interrupt: interrupt) { return picture }
    var reader = try FootageReader(path: path, interrupt: interrupt, threads: 1)
    guard let frame = try reader.next() else { throw MediaError("", code: stream_error_exit) }
    if let count = reader.facts.frameCount {
      isOneOfMany = count > 1
    } else if FileIdentity(path: path)?.kind == .regular {
      // Whatever is behind a sound picture does not make it worse. Who writes into a pipe is not waited for.
      do throws(MediaError) { isOneOfMany = try reader.next() != nil } catch {}
    }
    return frame
  }

  private static func encodedPNG(_ rgb: [UInt8], _ width: Int32, _ height: Int32) throws(MediaError) -> Packet {
    guard let codec = unsafe avcodec_find_encoder(AV_CODEC_ID_PNG) else {
      throw MediaError(reason: "FFmpeg has no encoder for PNG")
    }
    var context = unsafe avcodec_alloc_context3(codec)
    defer { unsafe avcodec_free_context(&context) }
    let opened = unsafe try allocated(context)
    unsafe (opened.pointee.width, opened.pointee.height) = (width, height)
    unsafe opened.pointee.pix_fmt = AV_PIX_FMT_RGB24
    unsafe opened.pointee.time_base = AVRational(num: 1, den: 1)
    // Differences to the left neighbour, packed fast: half the time of the defaults, for a smaller file.
    unsafe opened.pointee.compression_level = 1
    unsafe av_opt_set(opened.pointee.priv_data, "pred", "sub", 0)
    try check(unsafe avcodec_open2(opened, codec, nil), "opening the encoder of PNG")
    let shelf = PictureShelf()
    var memory = PictureMemory()
    let (picture, place) = unsafe try shelf.take(width: width, height: height, format: AV_PIX_FMT_RGB24, in: &memory)
    defer { shelf.takeBack(place) }
    unsafe rgb.withUnsafeBufferPointer { bytes in
      unsafe av_image_copy_plane(
        picture.pointee.data.0, picture.pointee.linesize.0, bytes.baseAddress, width * 3, width * 3, height)
    }
    let packet = try Packet()
    try check(unsafe avcodec_send_frame(opened, picture), "encoding PNG")
    try check(unsafe avcodec_send_frame(opened, nil), "encoding PNG")
    try check(unsafe avcodec_receive_packet(opened, packet.packet), "encoding PNG")
    return packet
  }
}
