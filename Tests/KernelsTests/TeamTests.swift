import Kernels
import Synchronization
import Testing

@Suite(.serialized) struct TeamTests {
  @Test(arguments: [1, 2, 3, 5]) func runsEachChunkOnce(size: Int) {
    let team = Team(size: size)
    let marks = UnsafeMutablePointer<Int>.allocate(capacity: 64)
    defer { marks.deallocate() }
    for job in 0..<20_000 {
      let count = job % 64 + 1
      marks.initialize(repeating: 0, count: 64)
      team.run(count) { chunk, _ in marks[chunk] += 1 }
      let isRight = (0..<64).allSatisfy { marks[$0] == ($0 < count ? 1 : 0) }
      #expect(isRight)
    }
  }

  @Test func aSleepingTeamWakes() {
    let team = Team(size: 2)
    for _ in 0..<20 {
      let sum = Atomic<Int>(0)
      team.run(100) { chunk, _ in sum.add(chunk, ordering: .relaxed) }
      #expect(sum.load(ordering: .relaxed) == 4950)
      let end = ContinuousClock.now + .milliseconds(3)
      while ContinuousClock.now < end {}
    }
  }

  @Test func endsItsThreads() {
    for _ in 0..<200 { Team(size: 4).run(8) { _, _ in } }
  }
}
