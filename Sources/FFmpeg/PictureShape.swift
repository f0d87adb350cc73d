internal import CFFmpeg
internal import Pixels

/// Size, format and colours of a picture, in FFmpeg's words.
struct PictureShape: Equatable {
  var width: Int32
  var height: Int32
  var format: AVPixelFormat
  var coding: ColorCoding

  init(width: Int32, height: Int32, format: AVPixelFormat, coding: ColorCoding) {
    (self.width, self.height, self.format, self.coding) = (width, height, format, coding)
  }

  /// The shape of a decoded picture.
  ///
  /// - Throws: `MediaError` iff the picture is empty.
  init(of picture: UnsafeMutablePointer<AVFrame>) throws(MediaError) {
    let format = unsafe AVPixelFormat(rawValue: picture.pointee.format)
    guard unsafe picture.pointee.width > 0, unsafe picture.pointee.height > 0, unsafe picture.pointee.data.0 != nil,
      let descriptor = unsafe av_pix_fmt_desc_get(format)
    else { throw MediaError(reason: "an empty picture") }
    let isGray = unsafe descriptor.pointee.isGray
    unsafe self.init(
      width: picture.pointee.width, height: picture.pointee.height, format: format,
      coding: ColorCoding(
        matrix: ColorCoding.Matrix(picture.pointee.colorspace),
        isFullRange: ColorCoding.isFullRange(
          picture.pointee.color_range, format, otherwise: isGray),
        transfer: ColorCoding.codePoint(picture.pointee.color_trc.rawValue),
        primaries: ColorCoding.codePoint(picture.pointee.color_primaries.rawValue)))
  }

  /// The shape of a frame.
  init(of frame: borrowing Frame) {
    self.init(
      width: Int32(clamping: frame.width), height: Int32(clamping: frame.height), format: frame.format.ffmpeg,
      coding: frame.coding)
  }

  /// Returns the pixel format of a frame that carries this picture: its own where there is such a format, else the
  /// nearest that swscale makes of it.
  ///
  /// - Throws: `MediaError` iff swscale does not read the format.
  func frameFormat() throws(MediaError) -> (format: PixelFormat, isOwn: Bool) {
    if let own = PixelFormat(format) { return (own, true) }
    guard sws_isSupportedInput(format) != 0, let descriptor = unsafe av_pix_fmt_desc_get(format) else {
      let name = unsafe av_get_pix_fmt_name(format).map { unsafe String(cString: $0) } ?? "?"
      throw MediaError(reason: "pixel format \(name) is not supported")
    }
    if unsafe descriptor.pointee.isGray { return (.gray8, false) }
    // Palettes are of RGB.
    let isRGB = unsafe descriptor.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL) != 0
    // Chroma of every pixel is worth keeping: halved, it moves scores by up to 0.2.
    let isFine = unsafe descriptor.pointee.log2_chroma_w == 0 && descriptor.pointee.log2_chroma_h == 0
    return (isRGB || isFine ? .rgb24 : .yuv420p, false)
  }
}

extension AVPixFmtDescriptor {
  /// Whether pictures are made of luma alone, perhaps with transparency.
  var isGray: Bool {
    let others = UInt64(AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_BAYER)
    let (flags, components) = unsafe (self.flags, nb_components)
    return flags & others == 0 && components <= (flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0 ? 2 : 1)
  }
}

extension PixelFormat {
  /// The format of ours that is FFmpeg's `format`; nil where there is none.
  init?(_ format: AVPixelFormat) {
    switch format {
    case AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P: self = .yuv420p
    case AV_PIX_FMT_NV12: self = .nv12
    case AV_PIX_FMT_YUYV422: self = .yuyv
    case AV_PIX_FMT_UYVY422: self = .uyvy
    case AV_PIX_FMT_RGB24: self = .rgb24
    case AV_PIX_FMT_BGR24: self = .bgr24
    case AV_PIX_FMT_GRAY8: self = .gray8
    default: return nil
    }
  }

  /// FFmpeg's name of the format.
  var ffmpeg: AVPixelFormat {
    switch self {
    case .yuv420p: AV_PIX_FMT_YUV420P
    case .nv12: AV_PIX_FMT_NV12
    case .yuyv: AV_PIX_FMT_YUYV422
    case .uyvy: AV_PIX_FMT_UYVY422
    case .rgb24: AV_PIX_FMT_RGB24
    case .bgr24: AV_PIX_FMT_BGR24
    case .gray8: AV_PIX_FMT_GRAY8
    }
  }

  /// How many planes a picture has.
  var planeCount: Int {
    switch self {
    case .yuv420p: 3
    case .nv12: 2
    case .yuyv, .uyvy, .rgb24, .bgr24, .gray8: 1
    }
  }

  /// Bytes of a sample of plane `index`: of all that belongs to one place. Nil where neighbours share some of it.
  func sampleBytes(ofPlane index: Int) -> Int? {
    switch self {
    case .yuv420p, .gray8: 1
    case .nv12: index == 0 ? 1 : 2
    case .rgb24, .bgr24: 3
    case .yuyv, .uyvy: nil
    }
  }
}

extension ColorCoding {
  /// Whether luma runs over 0…255: as the picture says, else by the old full-range formats, else `otherwise`.
  static func isFullRange(_ range: AVColorRange, _ format: AVPixelFormat, otherwise: Bool) -> Bool {
    switch range {
    case AVCOL_RANGE_JPEG: return true
    case AVCOL_RANGE_MPEG: return false
    default: break
    }
    switch format {
    case AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P:
      return true
    default: return otherwise
    }
  }

  /// FFmpeg's name of the range.
  var range: AVColorRange { isFullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG }

  /// Returns the code point that FFmpeg's `number` of a transfer or of primaries is, which are those of H.273; that for
  /// unspecified where it is none.
  static func codePoint(_ number: UInt32) -> UInt8 { 1...22 ~= number && number != 3 ? UInt8(number) : unspecified }

  /// FFmpeg's name of the transfer.
  var ffmpegTransfer: AVColorTransferCharacteristic { AVColorTransferCharacteristic(rawValue: UInt32(transfer)) }
  /// FFmpeg's name of the primaries.
  var ffmpegPrimaries: AVColorPrimaries { AVColorPrimaries(rawValue: UInt32(primaries)) }
}

extension ColorCoding.Matrix {
  /// The matrix that FFmpeg's `space` stands for; BT.601 where it is unspecified or unknown to us.
  init(_ space: AVColorSpace) {
    switch space {
    case AVCOL_SPC_BT709: self = .bt709
    case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: self = .bt2020
    default: self = .bt601
    }
  }

  /// FFmpeg's name of the matrix.
  var space: AVColorSpace {
    switch self {
    case .bt601: AVCOL_SPC_SMPTE170M
    case .bt709: AVCOL_SPC_BT709
    case .bt2020: AVCOL_SPC_BT2020_NCL
    }
  }
}
