internal import Glibc
internal import Synchronization

/// A thread of the system's own, for what must not wait until Dispatch has one. Dropped, it runs on to its end.
package final class Thread: Sendable {
  private let handle: pthread_t
  private let isJoined = Atomic<Bool>(false)

  /// A thread that runs `body`.
  ///
  /// - Throws: `PosixError` iff the system starts no more.
  package init(_ body: @escaping @Sendable () -> Void) throws(PosixError) {
    var handle = pthread_t()
    let errand = unsafe Unmanaged.passRetained(Errand(call: body))
    let status = unsafe pthread_create(
      &handle, nil,
      { context in
        if let context = unsafe context { unsafe Unmanaged<Errand>.fromOpaque(context).takeRetainedValue().call() }
        return nil
      }, errand.toOpaque())
    guard status == 0 else {
      unsafe errand.release()
      throw PosixError(call: "start a thread", code: status)
    }
    self.handle = handle
  }

  deinit { if !isJoined.load(ordering: .acquiring) { pthread_detach(handle) } }

  /// Waits until the thread has ended.
  ///
  /// - Precondition: it is called once, and not by the thread itself.
  package func join() {
    precondition(!isJoined.exchange(true, ordering: .acquiringAndReleasing), "a thread is joined once")
    pthread_join(handle, nil)
  }

  /// The processor time that it has used so far.
  ///
  /// - Precondition: it is not joined yet.
  package var timeUsed: Duration {
    var clock = clockid_t()
    return unsafe pthread_getcpuclockid(handle, &clock) == 0 ? now(clock) : .zero
  }

  /// Returns `count` threads that run `body` with their numbers from 0, or as many as the system starts.
  package static func start(_ count: Int, _ body: @escaping @Sendable (_ number: Int) -> Void) -> [Thread] {
    var threads: [Thread] = []
    while threads.count < count {
      let number = threads.count
      do { threads.append(try Thread { body(number) }) } catch { break }
    }
    return threads
  }

  /// Returns how many threads, `count` at most, the system starts beside those that there are; they are gone again.
  ///
  /// Dispatch, which is refused one, waits for it without end: who needs several for sure asks first.
  package static func startable(_ count: Int) -> Int {
    // Not of nothing: the thread sanitizer takes what has no size for what lies behind it.
    let gate = Guarded(0)
    // None ends before all are there.
    let threads = gate.withLock { _ in start(count) { _ in gate.withLock { _ in } } }
    for thread in threads { thread.join() }
    return threads.count
  }

  /// What a new thread is to run.
  private final class Errand: Sendable {
    let call: @Sendable () -> Void
    init(call: @escaping @Sendable () -> Void) { self.call = call }
  }
}
