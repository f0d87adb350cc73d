internal import CLanes
internal import Glibc
internal import Synchronization

/// Where the caller posts a job and the threads claim its chunks.
///
/// Invariant: a chunk is claimed by one exchange on `ticket`, which names job, chunk count and next chunk. A thread that
/// still looks at an older job fails that exchange; one whose claim succeeds may read `body` until it reports the chunk,
/// because the caller does not return before all claimed chunks are reported.
final class Board: @unchecked Sendable {
  /// Job number, chunk count and next chunk in 32, 16 and 16 bits.
  private let ticket = Atomic<UInt64>(0)
  /// Chunks of this job that threads other than the caller have done.
  private let reported = Atomic<Int>(0)
  private let isClosed = Atomic<Bool>(false)
  private let workers = Bed()
  private let caller = Bed()
  private var body: ((Int, Int) -> Void)?
  private var job: UInt64 = 0
  private var rest = Rest()

  /// Whether the threads are left alone for a while, because they cost more than they save.
  var isResting: Bool { rest.isOn }

  /// Runs all chunks of `body`, with whatever threads come in time.
  func run(_ count: Int, _ body: @escaping (Int, Int) -> Void) {
    precondition(count < 1 << 16, "A job has at most 65535 chunks.")
    self.body = body
    reported.store(0, ordering: .relaxed)
    job &+= 1
    ticket.store(job << 32 | UInt64(count) << 16, ordering: .sequentiallyConsistent)
    workers.wake()

    let start = nanoseconds()
    var own = 0
    while let index = claim() {
      body(index, 0)
      own += 1
    }
    let isDone = { self.reported.load(ordering: .sequentiallyConsistent) == count - own }
    let end = nanoseconds()
    if !isDone() { caller.wait(until: isDone) }
    let mean = Int(end - start) / max(own, 1)
    rest.note(helped: (count - own) * mean, waited: Int(nanoseconds() - end))
    self.body = nil
  }

  /// Claims and runs chunks as thread `thread` until the board closes.
  func work(as thread: Int) {
    while !isClosed.load(ordering: .acquiring) {
      while let index = claim() {
        body!(index, thread)
        reported.add(1, ordering: .sequentiallyConsistent)
        caller.wake()
      }
      workers.wait { self.hasChunk || self.isClosed.load(ordering: .sequentiallyConsistent) }
    }
  }

  /// Sends all threads home.
  func close() {
    isClosed.store(true, ordering: .sequentiallyConsistent)
    workers.wake()
  }

  private var hasChunk: Bool {
    let ticket = ticket.load(ordering: .sequentiallyConsistent)
    return ticket & 0xFFFF < ticket >> 16 & 0xFFFF
  }

  private func claim() -> Int? {
    var seen = ticket.load(ordering: .acquiring)
    while seen & 0xFFFF < seen >> 16 & 0xFFFF {
      let (isOurs, now) = ticket.compareExchange(expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
      if isOurs { return Int(seen & 0xFFFF) }
      seen = now
    }
    return nil
  }
}
