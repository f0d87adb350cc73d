internal import Synchronization

/// Where the caller posts a job and the threads claim its chunks.
///
/// Invariant: a chunk is claimed by one exchange on `ticket`, which names job, chunk count and next chunk. A thread that
/// still looks at an older job fails that exchange; one whose claim succeeds may read `body` and `context` until it
/// reports the chunk, because the caller does not return before all claimed chunks are reported.
package final class Board: @unchecked Sendable {
  /// What a job does for one chunk: context, chunk, thread.
  package typealias Body = (UnsafeRawPointer, Int, Int) -> Void

  /// Job number, chunk count and next chunk in 32, 16 and 16 bits.
  private let ticket = Atomic<UInt64>(0)
  /// Chunks of this job that threads other than the caller have done.
  private let reported = Atomic<Int>(0)
  private let isClosed = Atomic<Bool>(false)
  private let workers = Bed()
  private let caller = Bed()
  /// The job under way; written only while no chunk of it can be claimed.
  private var work: (context: UnsafeRawPointer, body: Body)?
  /// Touched by the caller only.
  private var job: UInt64 = 0
  private var rest = Rest()

  /// Whether the threads are left alone for a while, because they cost more than they save.
  var isResting: Bool { rest.isOn }

  /// Runs all chunks of `body`, with whatever threads come in time.
  func run(_ count: Int, _ context: UnsafeRawPointer, _ body: @escaping Body) {
    precondition(count < 1 << 16, "A job has at most 65535 chunks.")
    work = (context, body)
    reported.store(0, ordering: .relaxed)
    job &+= 1
    ticket.store(job << 32 | UInt64(count) << 16, ordering: .sequentiallyConsistent)
    workers.wake()

    let start = nanoseconds()
    var own = 0
    while let index = claim() {
      body(context, index, 0)
      own += 1
    }
    let end = nanoseconds()
    let others = count - own
    caller.wait { reported.load(ordering: .sequentiallyConsistent) == others }
    let mean = Int(end - start) / max(own, 1)
    rest.note(helped: others * mean, waited: Int(nanoseconds() - end))
    work = nil
  }

  /// Claims and runs chunks as thread `thread` until the board closes.
  func work(as thread: Int) {
    while !isClosed.load(ordering: .acquiring) {
      while let index = claim() {
        if let work { work.body(work.context, index, thread) }
        reported.add(1, ordering: .sequentiallyConsistent)
        caller.wake()
      }
      workers.wait { hasChunk || isClosed.load(ordering: .sequentiallyConsistent) }
    }
  }

  /// Sends all threads home.
  func close() {
    isClosed.store(true, ordering: .sequentiallyConsistent)
    workers.wake()
  }

  /// Whether the posted job has a chunk that nobody has claimed.
  private var hasChunk: Bool {
    let ticket = ticket.load(ordering: .sequentiallyConsistent)
    return ticket & 0xFFFF < ticket >> 16 & 0xFFFF
  }

  /// Returns a chunk that is now the calling thread's, or nil if none is left.
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
