import Dispatch
import Glibc
import Posix
import Testing

@Suite struct InterruptTests {
  /// A pipe whose ends close with it.
  struct Pipe: ~Copyable {
    let reading: Descriptor
    let writing: Descriptor

    init() throws {
      var ends: [Int32] = [-1, -1]
      try #require(pipe(&ends) == 0)
      reading = Descriptor(owning: ends[0])
      writing = Descriptor(owning: ends[1])
    }

    func write(_ byte: UInt8) {
      var byte = byte
      #expect(Glibc.write(writing.number, &byte, 1) == 1)
    }
  }

  @Test func whatIsReadableIsReadable() throws {
    let interrupt = Interrupt()
    let pipe = try Pipe()
    pipe.write(1)
    #expect(interrupt.wait(pipe.reading.number) == .readable)
    #expect(interrupt.waitUntilReadable(pipe.reading.number))
  }

  @Test func aRequestGoesBeforeWhatIsReadable() throws {
    let interrupt = Interrupt()
    let pipe = try Pipe()
    pipe.write(1)
    interrupt.request()
    #expect(interrupt.isRequested)
    #expect(interrupt.wait(pipe.reading.number) == .interrupted)
    #expect(interrupt.wait(pipe.reading.number) == .interrupted, "a request stands")
  }

  @Test func aRequestEndsAWaitWithoutDeadline() throws {
    let interrupt = Interrupt()
    let pipe = try Pipe()
    let begun = monotonicNow()
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(50)) { interrupt.request() }
    #expect(interrupt.wait(pipe.reading.number) == .interrupted)
    #expect(monotonicNow() - begun >= .milliseconds(40))
  }

  @Test func aDeadlineEndsAWait() throws {
    let interrupt = Interrupt()
    let pipe = try Pipe()
    let deadline = monotonicNow() + .milliseconds(20)
    #expect(interrupt.wait(pipe.reading.number, until: deadline) == .timedOut)
    #expect(monotonicNow() >= deadline)
    #expect(interrupt.wait(pipe.reading.number, until: deadline) == .timedOut, "a deadline that has passed")
    #expect(!interrupt.waitUntilReadable(pipe.reading.number, timeout: 1))
  }

  @Test func aDistantDeadlineDoesNotOverflow() throws {
    let interrupt = Interrupt()
    let pipe = try Pipe()
    pipe.write(1)
    #expect(interrupt.wait(pipe.reading.number, until: .seconds(Int64.max / 2)) == .readable)
  }

  @Test func aDescriptorThatHungUpOrIsClosedIsReadable() throws {
    let interrupt = Interrupt()
    #expect(interrupt.wait(1_000_000) == .readable)
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let reading = Descriptor(owning: ends[0])
    close(ends[1])
    #expect(interrupt.wait(reading.number) == .readable)
  }

  @Test func copiesAreTheSameRequestAndTheCallbackAnswersIt() {
    let interrupt = Interrupt()
    let copy = interrupt
    let (function, argument) = interrupt.callback
    #expect(function(argument) == 0)
    copy.request()
    #expect(function(argument) == 1)
    #expect(function(nil) == 0)
  }
}
