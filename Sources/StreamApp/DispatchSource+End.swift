internal import Dispatch

extension DispatchSourceProtocol {
  /// Cancels the source, and waits for a handler that is under way, as cancelling alone does not.
  func end() {
    let isGone = DispatchSemaphore(value: 0)
    setCancelHandler { isGone.signal() }
    cancel()
    isGone.wait()
  }
}
