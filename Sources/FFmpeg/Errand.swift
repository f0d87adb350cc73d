internal import Dispatch
internal import Posix

/// Work of FFmpeg's that may wait where it does not ask its interrupt callback: for the look-up of a name, for the other
/// end of a FIFO that a list or a nested URL names.
///
/// It is done in a thread of its own, which is left to itself when the wait is interrupted and the work does not end.
enum Errand {
  /// How long the work may take to end by itself once it is interrupted; mostly FFmpeg asks many times a second.
  private static let closingTime = Duration.seconds(1)

  /// Returns what `work` returns; nil where `interrupt` was requested and the work did not end.
  ///
  /// - Parameters:
  ///   - inner: what the work itself looks at, where that is another one: it is requested too.
  ///   - work: holds all that it uses, because it may outlive the caller.
  /// - Throws: what `work` throws.
  static func run<Value: Sendable>(
    _ interrupt: Interrupt, inner: Interrupt? = nil, _ work: @escaping @Sendable () throws(MediaError) -> Value
  ) throws(MediaError) -> Value? {
    let (outcome, bell) = (Guarded<Result<Value, MediaError>?>(nil), Doorbell())
    DispatchQueue(label: "errand").async {
      let result: Result<Value, MediaError>
      do throws(MediaError) { result = .success(try work()) } catch { result = .failure(error) }
      outcome.withLock { $0 = result }
      bell.ring()
    }
    var waiting = interrupt
    var end: Duration?
    while true {
      if let outcome = outcome.withLock({ $0 }) { return try outcome.get() }
      if let end, monotonicNow() >= end { return nil }
      // Without an eventfd for the bell it must be looked after.
      let glance = bell.descriptor < 0 ? monotonicNow() + .milliseconds(20) : nil
      guard waiting.wait(bell.descriptor, until: glance ?? end) == .interrupted else { continue }
      inner?.request()
      (waiting, end) = (Interrupt(), monotonicNow() + closingTime)
    }
  }
}
