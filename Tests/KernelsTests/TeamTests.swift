import Glibc
import Kernels
import Synchronization
import Testing

@Suite(.serialized) struct TeamTests {
  @Test(arguments: [1, 2, 3, 5]) func runsEachChunkOnce(size: Int) {
    let team = Team(size: size)
    let marks = UnsafeMutablePointer<Int>.allocate(capacity: 64)
    defer { marks.deallocate() }
    var isRight = true
    for job in 0..<320 {
      let count = job % 64 + 1
      marks.initialize(repeating: 0, count: 64)
      team.run(count) { chunk, _ in marks[chunk] += 1 }
      isRight = isRight && (0..<64).allSatisfy { marks[$0] == ($0 < count ? 1 : 0) }
    }
    #expect(isRight)
  }

  @Test func theTimeOfItsThreadsIsKnownAndOnlyGrows() {
    #expect(Team(size: 1).timeUsed == .zero)
    let team = Team(size: 3)
    var last = Duration.zero
    for _ in 0..<3 {
      // Each thread looks for work before it sleeps, so some time will show.
      while team.timeUsed <= last { team.run(3) { _, _ in } }
      last = team.timeUsed
    }
    #expect(last > .zero)
  }

  @Test func aThreadRunsOneChunkAtATime() {
    let team = Team(size: 3)
    // Each thread counts without a lock in a place of its own: the thread sanitizer would see two of the same number.
    let counts = UnsafeMutablePointer<Int>.allocate(capacity: team.size * 64)
    defer { counts.deallocate() }
    counts.initialize(repeating: 0, count: team.size * 64)
    for _ in 0..<300 { team.run(10) { _, thread in counts[thread * 64] += 1 } }
    #expect((0..<team.size).reduce(0) { $0 + counts[$1 * 64] } == 3_000)
  }

  @Test func aThreadTakesItsOwnShareFirstThenTheFarEndOfAnothers() {
    // Written by thread 0 only, read after the job.
    let order = UnsafeMutablePointer<Int>.allocate(capacity: 8)
    defer { order.deallocate() }
    for _ in 0..<20 {
      // A new one each time: after a job in which the caller waits a team rests.
      let team = Team(size: 2)
      let done = Atomic<Int>(0)
      team.run(8) { chunk, thread in
        if thread == 0 {
          order[done.load(ordering: .relaxed)] = chunk
          done.add(1, ordering: .relaxed)
        } else {
          // Whatever chunk the other thread gets, it leaves the rest to thread 0.
          while done.load(ordering: .relaxed) < 7 { sched_yield() }
        }
      }
      let count = done.load(ordering: .relaxed)
      #expect((0..<count).map { order[$0] } == Array([0, 1, 2, 3, 7, 6, 5, 4].prefix(count)))
      #expect(count >= 7)
    }
  }

  @Test func aSleepingTeamWakes() {
    let team = Team(size: 2)
    for _ in 0..<20 {
      let sum = Atomic<Int>(0)
      team.run(100) { chunk, _ in sum.add(chunk, ordering: .relaxed) }
      #expect(sum.load(ordering: .relaxed) == 4950)
      // Longer than the threads spin and yield.
      usleep(3_000)
    }
  }

  @Test func otherThreadsHelpWithLongChunks() {
    let team = Team(size: 2)
    let helped = Atomic<Int>(0)
    for _ in 0..<20 {
      team.run(8) { _, thread in
        usleep(500)
        if thread > 0 { helped.add(1, ordering: .relaxed) }
      }
    }
    #expect(helped.load(ordering: .relaxed) > 0)
  }

  @Test func aJobWithoutCapturesReadsItsContext() {
    let team = Team(size: 2)
    let sum = UnsafeMutablePointer<Int>.allocate(capacity: 8)
    defer { sum.deallocate() }
    sum.initialize(repeating: 0, count: 8)
    team.run(8, sum) { context, chunk, _ in
      UnsafeMutableRawPointer(mutating: context).assumingMemoryBound(to: Int.self)[chunk] = chunk * chunk
    }
    #expect((0..<8).allSatisfy { sum[$0] == $0 * $0 })
  }

  @Test(arguments: [-1, 0, 1]) func aTeamOfOneIsTheCaller(size: Int) {
    let team = Team(size: size)
    var threads: [Int] = []
    team.run(3) { _, thread in threads.append(thread) }
    #expect(team.size == 1)
    #expect(threads == [0, 0, 0])
  }

  @Test func endsItsThreads() {
    let before = threadCount()
    for _ in 0..<200 { Team(size: 4).run(8) { _, _ in } }
    #expect(threadCount() < before + 100)
  }

  /// Returns how many threads this process has.
  private func threadCount() -> Int {
    guard let folder = opendir("/proc/self/task") else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count - 2
  }
}
