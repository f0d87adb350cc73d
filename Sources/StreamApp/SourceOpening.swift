internal import Arguments
internal import Capture
internal import Posix

extension Settings.Source {
  /// Opens the source; an interrupt while it opens gives a source that is at its end.
  ///
  /// - Parameter damage: is given what footage notes of its damage.
  /// - Throws: `CaptureError` where it cannot be opened, `UsageError` where a rate is given that nobody asks for.
  func open(
    interrupt: Interrupt, damage: (FootageDamage) -> Void = { _ in }
  ) throws -> sending any FrameSource & ~Copyable {
    switch self {
    case .footage(let path, let rate):
      if let list = try PictureList(path: path) {
        let source = try PictureSource(list, rate: rate ?? PictureSource.defaultRate, interrupt: interrupt)
        damage(source.damage)
        return source
      }
      guard rate == nil else {
        throw UsageError.rule("--input-rate goes with a folder or numbered pictures; \(path) is neither")
      }
      let source = try FootageSource(path: path, interrupt: interrupt)
      damage(source.damage)
      return source
    case .camera(let path, let settings):
      return try CameraSource(path: path, settings: settings, interrupt: interrupt)
    case .testPattern(let pattern): return TestPatternSource(pattern, interrupt: interrupt)
    }
  }
}
