internal import Capture
internal import Pixels
internal import Posix
internal import Streaming

/// A source that is open, as the pipeline takes it.
struct OpenedSource: Sendable {
  let info: SourceInfo
  let trouble: SourceTrouble
  /// What was captured of it so far.
  let account: Guarded<FrameAccount>
  let inlet: Inlet<CapturedPicture>

  /// Opens source number `number` of `list`.
  ///
  /// - Parameters:
  ///   - policy: what becomes of a live one that goes away.
  ///   - say: is told when it goes away and comes back, and why it failed where others go on.
  /// - Throws: `CaptureError` where it cannot be opened, `UsageError` where it is not what the options say.
  init(
    _ number: Int, of list: SourceList, _ policy: ReconnectPolicy, interrupt: Interrupt,
    say: @escaping @Sendable (String) -> Void
  ) throws {
    let named = list.sources[number]
    let isAlone = list.sources.count == 1
    let source = try named.place.open(policy, isAlone: isAlone, interrupt: interrupt, say: say)
    let (info, trouble, account) = (source.info, source.trouble, Guarded(FrameAccount()))
    let next: @Sendable (inout any FrameSource & ~Copyable) throws -> CapturedPicture? = { source in
      let frame: Frame?
      do { frame = try source.next() } catch {
        if !isAlone { say("\(error); the other sources go on") }
        throw error
      }
      guard let frame else { return nil }
      let stamp = frame.stamp
      account.withLock { $0.capture(stamp) }
      return CapturedPicture(source: number, frame: frame)
    }
    inlet = Inlet(
      isAlone ? "capture" : "capture \(named.name)", source, overflow: info.isLive ? .dropOldest : .wait,
      interrupt: { interrupt.request() }, next)
    (self.info, self.trouble, self.account) = (info, trouble, account)
  }
}
