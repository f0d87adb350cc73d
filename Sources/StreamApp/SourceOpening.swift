internal import Arguments
internal import Capture
internal import Posix

extension Settings.Place {
  /// Opens the source; an interrupt while it opens gives a source that is at its end.
  ///
  /// - Throws: `CaptureError` where it cannot be opened, `UsageError` where a rate is given that nobody asks for.
  func open(interrupt: Interrupt) throws -> sending any FrameSource & ~Copyable {
    switch self {
    case .footage(let path, let rate):
      if let list = try PictureList(path: path) {
        return try PictureSource(list, rate: rate ?? PictureSource.defaultRate, interrupt: interrupt)
      }
      guard rate == nil else {
        throw UsageError.rule("--input-rate goes with a folder or numbered pictures; \(path) is neither")
      }
      return try FootageSource(path: path, interrupt: interrupt)
    case .camera(let path, let settings):
      return try CameraSource(path: path, settings: settings, interrupt: interrupt)
    case .testPattern(let pattern): return TestPatternSource(pattern, interrupt: interrupt)
    }
  }
}
