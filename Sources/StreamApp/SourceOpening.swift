internal import Capture
internal import Posix

extension Settings.Source {
  /// What an output must not be: the file that is read.
  var identity: FileIdentity? {
    switch self {
    case .footage(let path), .camera(let path, _): FileIdentity(path: path)
    case .testPattern: nil
    }
  }

  /// Opens the source; an interrupt while it opens gives a source that is at its end.
  ///
  /// - Parameter damage: is given what footage notes of its damage.
  func open(
    interrupt: Interrupt, damage: (FootageDamage) -> Void = { _ in }
  ) throws(CaptureError) -> sending any FrameSource & ~Copyable {
    switch self {
    case .footage(let path):
      let source = try FootageSource(path: path, interrupt: interrupt)
      damage(source.damage)
      return source
    case .camera(let path, let settings):
      return try CameraSource(path: path, settings: settings, interrupt: interrupt)
    case .testPattern(let pattern): return TestPatternSource(pattern, interrupt: interrupt)
    }
  }
}
