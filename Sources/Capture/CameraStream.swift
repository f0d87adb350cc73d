internal import FFmpeg
internal import Pixels

/// What a camera really gives, once it is set.
struct CameraStream {
  let format: CameraFormat
  /// Whether libv4l makes the format.
  let isMade: Bool
  /// Size in pixels.
  let width: Int
  let height: Int
  /// Pictures a second; nil where the driver does not say.
  var rate: Double?
  let coding: ColorCoding
  /// How pictures lie; nil where they are compressed.
  let layout: CameraLayout?

  /// The fewest bytes that a picture has.
  var leastBytes: Int { layout?.byteCount ?? 1 }

  /// `640x480 MJPG at 30 fps`, and what was asked for where that is something else.
  func summary(asked settings: CameraSettings) -> String {
    var text = "\(width)x\(height) \(format.rawValue.uppercased())" + (isMade ? " (made by libv4l)" : "")
    if let rate { text += " at \(Self.text(rate)) fps" }
    var asked: [String] = []
    if settings.width ?? width != width || settings.height ?? height != height {
      asked.append("\(settings.width ?? width)x\(settings.height ?? height)")
    }
    if let wanted = settings.format, wanted != format { asked.append(wanted.rawValue.uppercased()) }
    if let wanted = settings.rate, let rate, abs(wanted - rate) > 0.05 * wanted {
      asked.append("\(Self.text(wanted)) fps")
    }
    return asked.isEmpty ? text : text + "; \(asked.joined(separator: ", ")) was asked for"
  }

  /// `30`, `29.97`.
  private static func text(_ rate: Double) -> String {
    let hundredths = Int(max(0, min(rate, 1e6)) * 100 + 0.5)
    guard hundredths % 100 != 0 else { return "\(hundredths / 100)" }
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }
}
