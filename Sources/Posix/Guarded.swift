internal import Glibc

/// A value that is touched only under its lock.
///
/// It stands on a POSIX mutex, not on `Synchronization.Mutex`, because ThreadSanitizer sees the former. Hold the lock
/// for a few words of work, never while waiting or calling out.
@safe
package final class Guarded<Value: ~Copyable>: @unchecked Sendable {
  private var value: Value
  /// Allocated apart, because a mutex must keep its address.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  package init(_ value: consuming sending Value) {
    self.value = value
    unsafe mutex = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  /// Returns what `body` makes of the value, which nobody else touches meanwhile.
  ///
  /// - Precondition: the calling thread does not hold this lock already.
  package func withLock<Result: ~Copyable>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
