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
  func open(interrupt: Interrupt) throws(CaptureError) -> sending any FrameSource & ~Copyable {
    switch self {
    case .footage(let path): try FootageSource(path: path, interrupt: interrupt)
    case .camera(let path, let settings): try CameraSource(path: path, settings: settings, interrupt: interrupt)
    case .testPattern(let pattern): TestPatternSource(pattern, interrupt: interrupt)
    }
  }
}
