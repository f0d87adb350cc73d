internal import CLanes
internal import Glibc
internal import Synchronization

/// A place to wait for a condition: first spinning, then yielding the core, then asleep.
///
/// Invariant: whoever makes a condition true does so by a sequentially consistent atomic and calls `wake` after it. So
/// either the waker sees the sleeper, or the sleeper, which counts itself before it looks once more, sees the condition.
final class Bed: @unchecked Sendable {
  /// Threads in `pthread_cond_wait` or on the way there; changed under the mutex.
  private let sleepers = Atomic<Int>(0)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let bell = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// About 40 µs of spinning: longer than the pause between two layers, far shorter than that between two frames.
  private static let spins = 2_000
  /// Turns of yielding after that, so that a thread without a core of its own lets the others work.
  private static let yields = 20

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(bell, nil)
  }

  deinit {
    pthread_cond_destroy(bell)
    pthread_mutex_destroy(mutex)
    bell.deallocate()
    mutex.deallocate()
  }

  /// Returns when `condition` holds.
  func wait(until condition: () -> Bool) {
    for _ in 0..<Self.spins {
      if condition() { return }
      spin_hint()
    }
    for _ in 0..<Self.yields {
      if condition() { return }
      sched_yield()
    }
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while !condition() { pthread_cond_wait(bell, mutex) }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  /// Wakes those who sleep here; costs one load when there is none.
  func wake() {
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(bell)
    pthread_mutex_unlock(mutex)
  }
}
