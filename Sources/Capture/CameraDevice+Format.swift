internal import CV4L2
internal import Pixels

extension CameraDevice {
  /// Sets what serves best of what the camera gives, and returns what it then really gives.
  ///
  /// - Throws: `CaptureError` where there is no format that we read, or where another program holds the camera.
  mutating func setFormat(_ settings: CameraSettings) throws(CaptureError) -> CameraStream {
    let choice = try choose(settings)
    isConverting = choice.isMade
    var answer = unsafe request(choice.format, width: choice.width, height: choice.height)
    unsafe try require("setting the format", stream_vidioc_s_fmt, &answer)
    let pixels = unsafe answer.fmt.pix
    // A driver may give another format than it was set to, and say yes to it.
    guard let format = CameraFormat(fourCharacters: pixels.pixelformat) else {
      throw CaptureError(source: path, reason: "does not give \(choice.format.rawValue)", isFinal: true)
    }
    let (width, height) = (Int(pixels.width), Int(pixels.height))
    guard (1...32_768).contains(width), (1...32_768).contains(height) else {
      throw CaptureError(source: path, reason: "the driver's pictures are of \(width)x\(height)", isFinal: true)
    }
    guard let pixelFormat = format.pixelFormat else {
      // JPEG's luma runs over 0…255, whatever the driver says of its colours.
      let coding = format == .h264 ? ColorCoding(pixels) : ColorCoding(matrix: .bt601, isFullRange: true)
      return CameraStream(
        format: format, isMade: false, width: width, height: height, rate: setRate(settings), coding: coding,
        layout: nil)
    }
    var coding = ColorCoding(pixels)
    coding.isFullRange = coding.isFullRange || isMadeFromJPEG()
    let layout = CameraLayout(
      format: pixelFormat, coding: coding, width: width, height: height, bytesPerLine: Int(pixels.bytesperline),
      sizeImage: Int(pixels.sizeimage))
    guard let layout else {
      throw CaptureError(
        source: path,
        reason: "the driver's \(width)x\(height) \(format.rawValue) does not fit its \(pixels.sizeimage) bytes",
        isFinal: true)
    }
    return CameraStream(
      format: format, isMade: isConverting, width: width, height: height, rate: setRate(settings), coding: coding,
      layout: layout)
  }

  /// Asks for a rate, after the format, and returns the one that the driver says it runs at, where it says.
  private func setRate(_ settings: CameraSettings) -> Double? {
    var parameters = v4l2_streamparm()
    parameters.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    guard ask(stream_vidioc_g_parm, &parameters) == 0 else { return nil }
    if unsafe parameters.parm.capture.capability & UInt32(V4L2_CAP_TIMEPERFRAME) != 0 {
      // Drivers may stand at 5 until asked.
      let thousandths = (settings.wish.rate * 1000).rounded()
      unsafe parameters.parm.capture.timeperframe = v4l2_fract(numerator: 1000, denominator: UInt32(thousandths))
      // A driver that refuses still runs at a rate of its own, which is read back.
      _ = ask(stream_vidioc_s_parm, &parameters)
      guard ask(stream_vidioc_g_parm, &parameters) == 0 else { return nil }
    }
    return unsafe Self.rate(parameters.parm.capture.timeperframe)
  }

  /// Returns what to set. The camera's own formats come before those that libv4l makes, which is asked only where it
  /// could do better.
  private mutating func choose(_ settings: CameraSettings) throws(CaptureError) -> CameraChoice {
    let offered = offeredCharacters()
    let own = CameraFormat.allCases.filter { offered.contains($0.fourCharacters) }
    let choices = own.flatMap { self.choices($0, settings) }
    let best = CameraChoice.best(of: choices, for: settings)
    if let best, settings.format != nil || best.isJust(settings) || own.count == Set(offered).count { return best }
    isConverting = joinLibrary()
    let known = isConverting ? offeredCharacters() : []
    let made = CameraFormat.made.filter { known.contains($0.fourCharacters) && !own.contains($0) }
    let all = choices + made.flatMap { self.choices($0, settings) }
    isConverting = false
    if let best = CameraChoice.best(of: all, for: settings) { return best }
    guard let format = settings.format else {
      throw CaptureError(source: path, reason: "gives no format that can be read", isFinal: true)
    }
    let names = (own + made).map(\.rawValue).joined(separator: ", ")
    throw CaptureError(
      source: path, reason: "does not give \(format.rawValue)" + (names.isEmpty ? "" : " but \(names)"), isFinal: true)
  }

  /// What `format` can be set to: each size that the driver lists, else the one that it makes of what is asked for.
  private func choices(_ format: CameraFormat, _ settings: CameraSettings) -> [CameraChoice] {
    let listed = sizes(of: format.fourCharacters)
    if !listed.isEmpty, listed.allSatisfy(\.isFixed) {
      return listed.map {
        CameraChoice(
          format: format, isMade: isConverting, width: $0.width.lowerBound, height: $0.height.lowerBound,
          fastest: $0.rates.first)
      }
    }
    let wish = settings.wish
    var answer = unsafe request(format, width: wish.width, height: wish.height)
    guard unsafe ask(stream_vidioc_try_fmt, &answer) == 0 else { return [] }
    let given = unsafe answer.fmt.pix
    guard given.pixelformat == format.fourCharacters else { return [] }
    return [
      CameraChoice(
        format: format, isMade: isConverting, width: Int(given.width), height: Int(given.height),
        fastest: rates(given.pixelformat, width: given.width, height: given.height).first)
    ]
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

  /// Returns the request for `format` in a size.
  private func request(_ format: CameraFormat, width: Int, height: Int) -> v4l2_format {
    var request = unsafe v4l2_format()
    unsafe request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    unsafe request.fmt.pix.pixelformat = format.fourCharacters
    unsafe request.fmt.pix.width = UInt32(clamping: width)
    unsafe request.fmt.pix.height = UInt32(clamping: height)
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
