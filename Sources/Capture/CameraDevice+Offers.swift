internal import CV4L2

extension CameraDevice {
  /// The most entries that are read of one of the driver's lists, so that none is endless.
  static var longestList: UInt32 { 256 }

  /// What the camera gives by itself, in the driver's order.
  func offers() -> [CameraOffer] {
    descriptions().map { description in
      CameraOffer(
        code: Self.characters(of: description.pixelformat), label: text(description.description),
        isCompressed: description.flags & UInt32(V4L2_FMT_FLAG_COMPRESSED) != 0,
        format: CameraFormat(fourCharacters: description.pixelformat),
        sizes: sizes(of: description.pixelformat))
    }
  }

  /// V4L2's codes of the formats on offer; through libv4l also those that it can make.
  func offeredCharacters() -> [UInt32] { descriptions().map(\.pixelformat) }

  /// The driver's list of formats.
  private func descriptions() -> [v4l2_fmtdesc] {
    var descriptions: [v4l2_fmtdesc] = []
    for index in 0..<Self.longestList {
      var description = v4l2_fmtdesc()
      description.index = index
      description.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
      guard ask(stream_vidioc_enum_fmt, &description) == 0 else { break }
      descriptions.append(description)
    }
    return descriptions
  }

  /// The sizes that the driver lists for a format, or one range of them.
  func sizes(of fourCharacters: UInt32) -> [CameraOffer.Size] {
    var sizes: [CameraOffer.Size] = []
    for index in 0..<Self.longestList {
      var answer = v4l2_frmsizeenum()
      (answer.index, answer.pixel_format) = (index, fourCharacters)
      guard ask(stream_vidioc_enum_framesizes, &answer) == 0 else { break }
      if answer.type == V4L2_FRMSIZE_TYPE_DISCRETE.rawValue {
        let size = answer.discrete
        sizes.append(
          CameraOffer.Size(
            width: Int(size.width)...Int(size.width), height: Int(size.height)...Int(size.height),
            rates: rates(fourCharacters, width: size.width, height: size.height)))
      } else {
        let range = answer.stepwise
        guard range.min_width <= range.max_width, range.min_height <= range.max_height else { break }
        sizes.append(
          CameraOffer.Size(
            width: Int(range.min_width)...Int(range.max_width), height: Int(range.min_height)...Int(range.max_height),
            rates: rates(fourCharacters, width: range.max_width, height: range.max_height)))
        break
      }
    }
    return sizes
  }

  /// The rates of one format and size, the fastest first.
  func rates(_ fourCharacters: UInt32, width: UInt32, height: UInt32) -> [Double] {
    var rates: [Double] = []
    for index in 0..<Self.longestList {
      var interval = v4l2_frmivalenum()
      (interval.index, interval.pixel_format) = (index, fourCharacters)
      (interval.width, interval.height) = (width, height)
      guard ask(stream_vidioc_enum_frameintervals, &interval) == 0 else { break }
      if interval.type == V4L2_FRMIVAL_TYPE_DISCRETE.rawValue {
        rates.append(contentsOf: [Self.rate(interval.discrete)].compactMap { $0 })
      } else {
        rates.append(contentsOf: [interval.stepwise.min, interval.stepwise.max].compactMap { Self.rate($0) })
        break
      }
    }
    return rates.sorted(by: >)
  }

  /// Returns the pictures a second of an interval; nil where the driver leaves it empty.
  static func rate(_ interval: v4l2_fract) -> Double? {
    guard interval.numerator > 0, interval.denominator > 0 else { return nil }
    return Double(interval.denominator) / Double(interval.numerator)
  }

  /// Returns V4L2's four characters as text.
  private static func characters(of code: UInt32) -> String {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: code >> (8 * $0)) & 0x7F }
    return String(decoding: bytes.map { $0 < 0x20 ? 0x3F : $0 }, as: UTF8.self)
  }
}
