import Dispatch
import Posix
import Testing

@Suite struct ThreadTests {
  @Test func aThreadThatIsDroppedRunsOn() throws {
    let done = DispatchSemaphore(value: 0)
    _ = try Thread { done.signal() }
    #expect(done.wait(timeout: .now() + 30) == .success)
  }

  @Test func joinWaitsForTheEnd() throws {
    // Counted without a lock: the thread sanitizer would see who does not wait.
    let count = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    defer { count.deallocate() }
    count.initialize(to: 0)
    for number in 1...20 {
      nonisolated(unsafe) let place = count
      let thread = try Thread { place.pointee += 1 }
      thread.join()
      #expect(count.pointee == number)
    }
  }

  @Test func whatAThreadRunsIsReleasedAtItsEnd() throws {
    final class Held: Sendable {}
    weak var held: Held?
    do {
      let kept = Held()
      held = kept
      try Thread { [kept] in withExtendedLifetime(kept) {} }.join()
    }
    #expect(held == nil)
  }

  @Test func eachOfSeveralHasItsNumber() {
    let numbers = Guarded<[Int]>([])
    for thread in Thread.start(5, { number in numbers.withLock { $0.append(number) } }) { thread.join() }
    #expect(numbers.withLock { $0.sorted() } == [0, 1, 2, 3, 4])
    #expect(Thread.start(0) { _ in }.isEmpty)
  }

  @Test func theTimeOfAThreadIsItsOwn() throws {
    let (isSeen, isAwake) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let thread = try Thread {
      while Processor.threadTimeUsed < .milliseconds(5) {}
      isAwake.signal()
      isSeen.wait()
    }
    isAwake.wait()
    #expect(thread.timeUsed >= .milliseconds(5))
    isSeen.signal()
    thread.join()
  }

  @Test func startableThreadsAreGoneAgain() {
    #expect(Thread.startable(5) == 5 && Thread.startable(0) == 0)
  }
}
