internal import Glibc

/// Threads of the system's own, for what must not wait until Dispatch has one.
package enum Threads {
  /// Starts a thread that runs `body` and is gone with its end; false where the system starts no more.
  package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    var thread = pthread_t()
    let errand = unsafe Unmanaged.passRetained(Errand(call: body))
    let status = unsafe pthread_create(
      &thread, nil,
      { context in
        if let context = unsafe context { unsafe Unmanaged<Errand>.fromOpaque(context).takeRetainedValue().call() }
        return nil
      }, errand.toOpaque())
    guard status == 0 else {
      unsafe errand.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  /// Returns how many threads, `count` at most, the system starts beside those that there are; they are gone again.
  ///
  /// Dispatch, which is refused one, waits for it without end: who needs several for sure asks first.
  package static func startable(_ count: Int) -> Int {
    // Not of nothing: the thread sanitizer takes what has no size for what lies behind it.
    let gate = Guarded(0)
    var threads: [pthread_t] = []
    // None ends before all are there.
    gate.withLock { _ in
      while threads.count < count {
        var thread = pthread_t()
        let status = unsafe pthread_create(
          &thread, nil,
          { context in
            if let context = unsafe context {
              unsafe Unmanaged<Guarded<Int>>.fromOpaque(context).takeUnretainedValue().withLock { _ in }
            }
            return nil
          }, Unmanaged.passUnretained(gate).toOpaque())
        guard status == 0 else { break }
        threads.append(thread)
      }
    }
    withExtendedLifetime(gate) {
      for thread in threads { pthread_join(thread, nil) }
    }
    return threads.count
  }

  /// What a new thread is to run.
  private final class Errand: Sendable {
    let call: @Sendable () -> Void
    init(call: @escaping @Sendable () -> Void) { self.call = call }
  }
}
