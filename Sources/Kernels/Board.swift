internal import Synchronization

/// Where the caller posts a job and the threads claim its chunks.
///
/// Each thread has a share of neighbouring chunks, the same in every job of as many chunks, so that what a thread wrote in
/// one job it mostly reads in the next: from its own cache. A thread that is done with its share takes from the far ends
/// of the others'.
///
/// Invariant: a chunk is claimed by one exchange on the ticket of its share, which names job, end and next chunk. A thread
/// that still looks at an older job fails that exchange; one whose claim succeeds may read `work` until it reports the
/// chunk, because the caller does not return before all claimed chunks are reported.
package final class Board: @unchecked Sendable {
  /// What a job does for one chunk: context, chunk, thread.
  package typealias Body = (UnsafeRawPointer, Int, Int) -> Void

  /// Whose chunks these are decides which thread looks at them first.
  private let shares: [Share]
  /// The number of the job under way.
  private let posted = Atomic<UInt64>(0)
  /// Chunks of this job that threads other than the caller have done.
  private let reported = Atomic<Int>(0)
  private let isClosed = Atomic<Bool>(false)
  private let workers = Bed()
  private let caller = Bed()
  /// The job under way; written only while no chunk of it can be claimed.
  private var work: (context: UnsafeRawPointer, body: Body)?
  /// Touched by the caller only.
  private var rest = Rest()

  /// A board for `threads` threads, the caller, number 0, included.
  init(threads: Int) {
    shares = (0..<threads).map { _ in Share() }
  }

  /// Whether the threads are left alone for a while, because they cost more than they save.
  var isResting: Bool { rest.isOn }

  /// Runs all chunks of `body`, with whatever threads come in time.
  func run(_ count: Int, _ context: UnsafeRawPointer, _ body: @escaping Body) {
    precondition(count < 1 << 16, "A job has at most 65535 chunks.")
    work = (context, body)
    reported.store(0, ordering: .relaxed)
    let job = posted.load(ordering: .relaxed) &+ 1
    for index in shares.indices {
      shares[index].post(
        job: job, start: index * count / shares.count, end: (index + 1) * count / shares.count)
    }
    posted.store(job, ordering: .sequentiallyConsistent)
    workers.wake()

    let start = nanoseconds()
    var own = 0
    while let index = claim(for: 0) {
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
      let seen = posted.load(ordering: .sequentiallyConsistent)
      var done = 0
      while let index = claim(for: thread) {
        if let work { work.body(work.context, index, thread) }
        done += 1
      }
      if done > 0 {
        reported.add(done, ordering: .sequentiallyConsistent)
        caller.wake()
      }
      workers.wait {
        posted.load(ordering: .sequentiallyConsistent) != seen || isClosed.load(ordering: .sequentiallyConsistent)
      }
    }
  }

  /// Sends all threads home.
  func close() {
    isClosed.store(true, ordering: .sequentiallyConsistent)
    workers.wake()
  }

  /// Returns a chunk that is now thread `thread`'s, or nil if none is left.
  private func claim(for thread: Int) -> Int? {
    if let chunk = shares[thread].claimFirst() { return chunk }
    for distance in 1..<max(shares.count, 1) {
      if let chunk = shares[(thread + distance) % shares.count].claimLast() { return chunk }
    }
    return nil
  }
}

/// The chunks of a job that belong to one thread, as far as nobody has claimed them.
private final class Share: Sendable {
  /// Job number, end and next chunk in 32, 16 and 16 bits.
  private let ticket = Atomic<UInt64>(0)
  /// Keeps the tickets of two shares on different cache lines.
  private let distance: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)

  /// Offers chunks `start` to `end` of `job`.
  func post(job: UInt64, start: Int, end: Int) {
    ticket.store(job << 32 | UInt64(end) << 16 | UInt64(start), ordering: .sequentiallyConsistent)
  }

  /// Returns the first chunk, which is now the calling thread's.
  func claimFirst() -> Int? {
    claim { ticket in (Int(ticket & 0xFFFF), ticket + 1) }
  }

  /// Returns the last chunk, which is now the calling thread's.
  func claimLast() -> Int? {
    claim { ticket in (Int(ticket >> 16 & 0xFFFF) - 1, ticket - 1 << 16) }
  }

  /// Takes the chunk that `choice` takes from a ticket, together with what then is left; nil where nothing is.
  @inline(__always)
  private func claim(_ choice: (UInt64) -> (chunk: Int, rest: UInt64)) -> Int? {
    var seen = ticket.load(ordering: .acquiring)
    while seen & 0xFFFF < seen >> 16 & 0xFFFF {
      let (chunk, rest) = choice(seen)
      let (isOurs, now) = ticket.compareExchange(expected: seen, desired: rest, ordering: .acquiringAndReleasing)
      if isOurs { return chunk }
      seen = now
    }
    return nil
  }
}
