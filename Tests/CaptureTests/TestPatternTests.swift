import Capture
import Glibc
import Pixels
import Posix
import Scene
import Testing

@Suite struct TestPatternTests {
  @Test func aNameIsReadWhole() throws {
    #expect(
      try TestPattern(parsing: "testpattern:640x480@30")
        == TestPattern(width: 640, height: 480, rate: 30, isLive: true))
    #expect(
      try TestPattern(parsing: "testpattern:7x5@29.97:100:file")
        == TestPattern(width: 7, height: 5, rate: 29.97, count: 100, isLive: false))
    #expect(try TestPattern(parsing: "testpattern:7x5@1:file")?.isLive == false)
    #expect(try TestPattern(parsing: "testpattern.mp4") == nil)
  }

  @Test(arguments: [
    "testpattern:", "testpattern:640x480", "testpattern:640@30", "testpattern:0x480@30", "testpattern:-1x1@30",
    "testpattern:640x16385@30", "testpattern:640x480@0", "testpattern:640x480@nan", "testpattern:640x480@inf",
    "testpattern:640x480@30:0", "testpattern:640x480@30:x", "testpattern:640x480@30:1:2",
    "testpattern:1x1@1:1:live:file",
    "testpattern:99999999999999999999x1@1", "testpattern:640x480@30:", "testpattern:@",
  ])
  func aWrongNameIsRefused(name: String) { #expect(throws: CaptureError.self) { try TestPattern(parsing: name) } }

  @Test(arguments: [(1, 1), (2, 1), (7, 5), (640, 480)])
  func footageGivesEveryPictureOnceAndTakesItsMemoryBack(width: Int, height: Int) throws {
    let pattern = TestPattern(width: width, height: height, rate: 10, count: 30, isLive: false)
    var source = TestPatternSource(pattern, interrupt: Interrupt())
    var count = 0
    while let frame = try source.next() {
      #expect(frame.stamp.number == count)
      #expect(frame.stamp.time == FrameTime(sinceFirst: .milliseconds(100 * count)))
      #expect((frame.width, frame.height) == (width, height))
      let heldCount = source.heldCount
      #expect(heldCount == 1)
      count += 1
    }
    #expect(count == 30)
    let heldCount = source.heldCount
    #expect(heldCount == 0)
  }

  @Test func liveKeepsItsPaceAndAccountsForLatePictures() throws {
    let pattern = TestPattern(width: 16, height: 16, rate: 100, count: 20, isLive: true)
    var source = TestPatternSource(pattern, interrupt: Interrupt())
    let start = monotonicNow()
    var (seen, lost, number) = (0, 0, -1)
    while let frame = try source.next() {
      #expect(frame.stamp.number == number + 1 + frame.stamp.lostSoFar - lost)
      let captured = try #require(frame.stamp.time.captured)
      #expect(captured.monotonic <= monotonicNow())
      (number, lost, seen) = (frame.stamp.number, frame.stamp.lostSoFar, seen + 1)
      if seen == 3 { usleep(55_000) }
    }
    #expect(monotonicNow() - start >= .milliseconds(150))
    #expect(lost >= 4)
    #expect(seen + lost <= 20)
  }

  @Test func aLivePatternWithoutMemoryLosesPictures() throws {
    let pattern = TestPattern(width: 16, height: 16, rate: 500, count: 10, isLive: true)
    var source = TestPatternSource(pattern, interrupt: Interrupt(), capacity: 1)
    let held = try source.next()
    let hasMore = try source.next() != nil
    #expect(!hasMore)
    let heldCount = source.heldCount
    #expect(heldCount == 1)
    let isHeld = held != nil
    #expect(isHeld)
  }

  @Test func anInterruptEndsTheWait() throws {
    let interrupt = Interrupt()
    var source = TestPatternSource(TestPattern(width: 16, height: 16, rate: 0.01, isLive: true), interrupt: interrupt)
    let hasFirst = try source.next() != nil
    #expect(hasFirst)
    let start = monotonicNow()
    let thread = try Thread {
      usleep(50_000)
      interrupt.request()
    }
    let hasMore = try source.next() != nil
    #expect(!hasMore)
    thread.join()
    #expect(monotonicNow() - start < .milliseconds(550))
  }
}
