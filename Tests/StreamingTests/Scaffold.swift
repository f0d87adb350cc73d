import Dispatch
import Posix

/// An element that counts how many of its kind are alive.
struct Token: ~Copyable, Sendable {
  let n: Int
  private let alive: Counter

  init(_ n: Int, _ alive: Counter) {
    self.n = n
    self.alive = alive
    alive.add(1)
  }

  deinit { alive.add(-1) }
}

/// A number that many threads change.
final class Counter: Sendable {
  private let number = Guarded(0)

  var value: Int { number.withLock { $0 } }

  func add(_ difference: Int) { number.withLock { $0 += difference } }
}

/// What happened, in order.
final class Record<Entry: Sendable>: Sendable {
  private let list = Guarded<[Entry]>([])

  var entries: [Entry] { list.withLock { $0 } }

  func note(_ entry: Entry) { list.withLock { $0.append(entry) } }
}

/// A gate that is shut until it is opened, and then stays open.
final class Gate: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  func open() { semaphore.signal() }

  func wait() {
    semaphore.wait()
    semaphore.signal()
  }
}

/// A failure at an element.
struct Broken: Error, Equatable { let at: Int }

/// Work on a thread of its own: a task would wait for one of the few threads on which the tests themselves block.
struct Aside<Result: Sendable> {
  private let group = DispatchGroup()
  private let results = Record<Result>()

  init(_ work: @escaping @Sendable () -> Result) {
    DispatchQueue(label: "aside").async(group: group) { [results] in results.note(work()) }
  }

  /// Waits until the work is done and returns what it gave.
  func result() -> Result? {
    group.wait()
    return results.entries.first
  }
}
