import Foundation

/// A thread that runs beside a test.
final class Thread: Sendable {
  private let done = DispatchSemaphore(value: 0)

  init(_ body: @escaping @Sendable () -> Void) {
    Foundation.Thread.detachNewThread { [done] in
      body()
      done.signal()
    }
  }

  /// Waits until the body has run.
  func join() { done.wait() }
}
