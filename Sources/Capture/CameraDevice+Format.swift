internal import CV4L2
internal import Pixels

extension CameraDevice {
  /// Chooses a format, sets it, and returns what the camera really gives.
  ///
  /// - Throws: `CaptureError` where there is no format that we read, or where another program holds the camera.
  mutating func setFormat(_ settings: CameraSettings) throws(CaptureError) -> CameraLayout {
    let wanted = try choose(settings)
    var answer = unsafe request(wanted, settings)
    unsafe try require("setting the format", stream_vidioc_s_fmt, &answer)
    let pixels = unsafe answer.fmt.pix
    guard pixels.pixelformat == wanted.fourCharacters else {
      throw CaptureError(source: path, reason: "does not give \(wanted.rawValue)", isFinal: true)
    }
    var coding = ColorCoding(pixels)
    coding.isFullRange = coding.isFullRange || isMadeFromJPEG()
    let layout = CameraLayout(
      format: wanted.pixelFormat, coding: coding, width: Int(pixels.width), height: Int(pixels.height),
      bytesPerLine: Int(pixels.bytesperline), sizeImage: Int(pixels.sizeimage))
    guard let layout else {
      throw CaptureError(
        source: path,
        reason:
          "the driver's \(pixels.width)x\(pixels.height) \(wanted.rawValue) does not fit its \(pixels.sizeimage) bytes",
        isFinal: true)
    }
    return layout
  }

  /// Asks for a rate, after the format, and returns the one that the driver says it runs at, where it says.
  func setRate(_ settings: CameraSettings) -> Double? {
    var parameters = v4l2_streamparm()
    parameters.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    guard ask(stream_vidioc_g_parm, &parameters) == 0 else { return nil }
    if unsafe parameters.parm.capture.capability & UInt32(V4L2_CAP_TIMEPERFRAME) != 0 {
      let thousandths = ((settings.rate ?? Self.usualRate) * 1000).rounded()
      unsafe parameters.parm.capture.timeperframe = v4l2_fract(numerator: 1000, denominator: UInt32(thousandths))
      // A driver that refuses still runs at a rate of its own, which is read back.
      _ = ask(stream_vidioc_s_parm, &parameters)
      guard ask(stream_vidioc_g_parm, &parameters) == 0 else { return nil }
    }
    return unsafe Self.rate(parameters.parm.capture.timeperframe)
  }

  /// The rate that is asked for where the settings leave it open; drivers may stand at 5 until asked.
  private static var usualRate: Double { 30 }

  /// Chooses the format to set, and whether libv4l must make it: the first that gives size and rate, else the first
  /// that gives the size, else the first. The camera's own formats come before libv4l's.
  private mutating func choose(_ settings: CameraSettings) throws(CaptureError) -> CameraFormat {
    let native = offers(CameraFormat.native)
    let ownFitting = native.filter { gives($0, inSizeOf: settings) }
    if let format = settings.format {
      if native.contains(format) { return format }
    } else if let format = ownFitting.first(where: { reaches(settings, in: $0) }) {
      return format
    }
    isConverting = joinLibrary()
    let made = isConverting ? offers(CameraFormat.emulated).filter { !native.contains($0) } : []
    if let format = settings.format {
      if made.contains(format) { return format }
      let names = (native + made).map(\.rawValue).joined(separator: ", ")
      throw CaptureError(
        source: path, reason: "does not give \(format.rawValue)" + (names.isEmpty ? "" : " but \(names)"),
        isFinal: true)
    }
    let madeFitting = made.filter { gives($0, inSizeOf: settings) }
    if let format = madeFitting.first(where: { reaches(settings, in: $0) }) { return format }
    let second = ownFitting.first ?? madeFitting.first ?? native.first ?? made.first
    guard let second else {
      throw CaptureError(source: path, reason: "gives no format that can be read", isFinal: true)
    }
    isConverting = !native.contains(second)
    return second
  }

  /// Returns those of `formats` that are on offer, in their order.
  private func offers(_ formats: [CameraFormat]) -> [CameraFormat] {
    let offered = Set(offeredCharacters())
    return formats.filter { offered.contains($0.fourCharacters) }
  }

  /// Whether libv4l decodes JPEG pictures, whose luma runs over 0…255 whatever the driver says of its colours.
  ///
  /// The driver itself knows what it was set to.
  private mutating func isMadeFromJPEG() -> Bool {
    guard isConverting else { return false }
    isConverting = false
    defer { isConverting = true }
    var current = unsafe v4l2_format()
    unsafe current.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    guard unsafe ask(stream_vidioc_g_fmt, &current) == 0 else { return false }
    return unsafe [stream_pixel_mjpg, stream_pixel_jpeg].contains(current.fmt.pix.pixelformat)
  }

  /// Whether the camera says that it would give `format` in just the size that is asked for.
  private func gives(_ format: CameraFormat, inSizeOf settings: CameraSettings) -> Bool {
    var answer = unsafe request(format, settings)
    let asked = unsafe answer.fmt.pix
    guard unsafe ask(stream_vidioc_try_fmt, &answer) == 0 else { return false }
    let given = unsafe answer.fmt.pix
    return (given.pixelformat, given.width, given.height) == (asked.pixelformat, asked.width, asked.height)
  }

  /// Whether some interval on offer is as short as the rate asks; true where the driver lists none.
  private func reaches(_ settings: CameraSettings, in format: CameraFormat) -> Bool {
    let size = unsafe request(format, settings).fmt.pix
    let fastest = fastestRate(size.pixelformat, width: size.width, height: size.height)
    return fastest.map { $0 >= 0.95 * (settings.rate ?? Self.usualRate) } ?? true
  }

  /// Returns the request for `format` in the size of the settings.
  private func request(_ format: CameraFormat, _ settings: CameraSettings) -> v4l2_format {
    var request = unsafe v4l2_format()
    unsafe request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    unsafe request.fmt.pix.pixelformat = format.fourCharacters
    unsafe request.fmt.pix.width = UInt32(settings.width ?? 640)
    unsafe request.fmt.pix.height = UInt32(settings.height ?? 480)
    unsafe request.fmt.pix.field = V4L2_FIELD_NONE.rawValue
    return unsafe request
  }
}

extension ColorCoding {
  /// The coding of V4L2's colour space, encoding and quantization, by V4L2's rules for what is left open.
  init(_ pixels: v4l2_pix_format) {
    let space = v4l2_colorspace(rawValue: pixels.colorspace)
    let matrix: Matrix =
      switch v4l2_ycbcr_encoding(rawValue: pixels.ycbcr_enc) {
      case V4L2_YCBCR_ENC_709, V4L2_YCBCR_ENC_XV709: .bt709
      case V4L2_YCBCR_ENC_BT2020, V4L2_YCBCR_ENC_BT2020_CONST_LUM: .bt2020
      case V4L2_YCBCR_ENC_DEFAULT where space == V4L2_COLORSPACE_REC709 || space == V4L2_COLORSPACE_DCI_P3: .bt709
      case V4L2_YCBCR_ENC_DEFAULT where space == V4L2_COLORSPACE_BT2020: .bt2020
      default: .bt601
      }
    let isFullRange =
      switch v4l2_quantization(rawValue: pixels.quantization) {
      case V4L2_QUANTIZATION_FULL_RANGE: true
      case V4L2_QUANTIZATION_LIM_RANGE: false
      default: space == V4L2_COLORSPACE_JPEG
      }
    self.init(matrix: matrix, isFullRange: isFullRange)
  }
}
