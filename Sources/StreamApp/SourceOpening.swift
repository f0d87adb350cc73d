internal import Arguments
internal import Capture
internal import Posix

extension Settings.Place {
  /// Opens the source; an interrupt while it opens gives a source that is at its end.
  ///
  /// - Parameters:
  ///   - policy: what becomes of a live one that goes away.
  ///   - isAlone: whether the run has no other; else a live one that is not there is waited for, and no error.
  ///   - say: is told when it goes away and when it is back.
  /// - Throws: `CaptureError` where it cannot be opened, `UsageError` where a rate is given that nobody asks for.
  func open(
    _ policy: ReconnectPolicy, isAlone: Bool, interrupt: Interrupt, say: @escaping @Sendable (String) -> Void
  ) throws -> sending any FrameSource & ~Copyable {
    switch self {
    case .network(let url, let settings):
      // Some servers take one connection only: that of the look is the first that is read, or the only one.
      let seen = Guarded<LiveStreamSource.Look?>(nil)
      if NetworkPlace.mayBeLive(url) {
        do throws(CaptureError) {
          var look: LiveStreamSource.Look? = try LiveStreamSource.Look(
            url: url, settings: settings, asksAgain: policy.isRegular, interrupt: interrupt)
          if look?.isFootage == true, let look = look.take() {
            return try FootageSource(look, interrupt: interrupt)
          }
          seen.withLock { $0 = look.take() }
        } catch { if isAlone || policy == .never || error.isFinal { throw error } }
      }
      let door = ReconnectingSource.Door(
        name: SecretFree.name(of: url), say: say,
        open: { () throws(CaptureError) -> sending any FrameSource & ~Copyable in
          if let look = seen.withLock({ $0.take() }) { return try LiveStreamSource(look) }
          return try LiveStreamSource(url: url, settings: settings, interrupt: interrupt)
        })
      return try ReconnectingSource(at: door, policy, isAlone: isAlone, interrupt: interrupt)
    case .footage(let path, let rate):
      if CameraAddress.isVideoDevice(path) {
        throw CaptureError(source: path, reason: "is a video device; --camera \(path) reads it", isFinal: true)
      }
      if let list = try PictureList(path: path) {
        return try PictureSource(list, rate: rate ?? PictureSource.defaultRate, interrupt: interrupt)
      }
      guard rate == nil else {
        let name = SecretFree.name(of: path)
        throw UsageError.rule("--input-rate goes with a folder or numbered pictures; \(name) is neither")
      }
      return try FootageSource(path: path, interrupt: interrupt)
    case .camera(let path, let settings):
      let (address, said) = (CameraAddress(path: path), Guarded(""))
      let door = ReconnectingSource.Door(
        name: path, isThere: { address.isThere }, say: say,
        open: { () throws(CaptureError) -> sending any FrameSource & ~Copyable in
          let camera = try CameraSource(at: address, settings: settings, interrupt: interrupt)
          // Said again only where it comes back as another.
          let isNew = said.withLock { [summary = camera.summary] before in
            defer { before = summary }
            return before != summary
          }
          if isNew { say("camera \(path): \(camera.summary)") }
          return camera
        })
      return try ReconnectingSource(at: door, policy, isAlone: isAlone, interrupt: interrupt)
    case .testPattern(let pattern): return TestPatternSource(pattern, interrupt: interrupt)
    }
  }
}

extension ReconnectingSource {
  /// The source behind `door`: open, or waited for where it is not there and others are.
  ///
  /// - Throws: `CaptureError` where it cannot be opened and is not waited for.
  fileprivate init(
    at door: Door, _ policy: ReconnectPolicy, isAlone: Bool, interrupt: Interrupt
  ) throws(CaptureError) {
    if isAlone || policy == .never {
      try self.init(opening: door, policy: policy, interrupt: interrupt)
    } else {
      self.init(later: door, policy: policy, interrupt: interrupt)
    }
  }
}
