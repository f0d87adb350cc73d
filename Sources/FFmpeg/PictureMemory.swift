internal import CFFmpeg

/// Memory for pictures of one size and format after the other, recycled by an `AVBufferPool`.
@safe
struct PictureMemory: ~Copyable {
  private var pool: OpaquePointer?
  private var size: Int32 = 0

  /// Bytes that rows and planes are aligned to: enough for every instruction set's vectors.
  private static let alignment: Int32 = 64

  init() {}

  deinit {
    var last = unsafe pool
    unsafe av_buffer_pool_uninit(&last)
  }

  /// Gives the empty `picture` memory for `width` × `height` pixels of `format`.
  ///
  /// - Throws: `MediaError` iff the size is impossible or there is no memory.
  mutating func provide(
    _ picture: UnsafeMutablePointer<AVFrame>, width: Int32, height: Int32, format: AVPixelFormat
  ) throws(MediaError) {
    let step = "making room for a picture of \(width)x\(height)"
    let needed = try check(av_image_get_buffer_size(format, width, height, Self.alignment), step)
    if unsafe pool == nil || needed != size {
      // The old pool dies when its last buffer comes home.
      unsafe av_buffer_pool_uninit(&pool)
      // swscale writes whole vectors, also beyond the last row's end.
      unsafe pool = unsafe try allocated(av_buffer_pool_init(Int(needed) + Int(Self.alignment), nil))
      size = needed
    }
    let buffer = unsafe try allocated(av_buffer_pool_get(pool))
    unsafe picture.pointee.buf.0 = unsafe buffer
    unsafe (picture.pointee.width, picture.pointee.height, picture.pointee.format) = (width, height, format.rawValue)
    try check(
      unsafe av_image_fill_arrays(
        picture.starts, picture.strides, buffer.pointee.data, format, width, height, Self.alignment), step)
  }
}

extension UnsafeMutablePointer<AVFrame> {
  /// Whether the decoder knows that the picture is damaged, be it in part.
  var isDamaged: Bool { unsafe pointee.decode_error_flags != 0 || pointee.flags & AV_FRAME_FLAG_CORRUPT != 0 }

  /// The picture's plane pointers, where the AVFrame holds them.
  var starts: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?> {
    unsafe withUnsafeMutablePointer(to: &pointee.data.0) { unsafe $0 }
  }

  /// The picture's bytes from row to row, plane by plane, where the AVFrame holds them.
  var strides: UnsafeMutablePointer<Int32> {
    unsafe withUnsafeMutablePointer(to: &pointee.linesize.0) { unsafe $0 }
  }
}
