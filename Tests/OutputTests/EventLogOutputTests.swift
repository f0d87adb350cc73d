import Dispatch
import Foundation
import Glibc
import Output
import Posix
import TestData
import Testing

/// Where lines go: files, pipes that are full, closed or without a reader, disks without room.
@Suite(.serialized, .timeLimit(.minutes(1))) struct EventLogOutputTests {
  private let folder: TemporaryFolder

  init() throws {
    signal(SIGPIPE, SIG_IGN)
    folder = try TemporaryFolder()
  }

  @Test func everyLineIsThereAsSoonAsItIsWritten() throws {
    try "old text".write(toFile: folder.path("log"), atomically: false, encoding: .utf8)
    var output = try LineOutput(path: folder.path("log"))
    try output.write(Array("one\n".utf8))
    #expect(try folder.text("log") == "one\n")
    try output.write(Array("two\n".utf8))
    #expect(try folder.text("log") == "one\ntwo\n")
    try output.close()
    try output.close()
  }

  @Test func whatAFileHeldStaysUntilTheFirstLine() throws {
    try "old text".write(toFile: folder.path("log"), atomically: false, encoding: .utf8)
    do { _ = try LineOutput(path: folder.path("log")) }
    #expect(try folder.text("log") == "old text")
    var output = try LineOutput(path: folder.path("log"))
    #expect(try folder.text("log") == "old text")
    try output.close()
    #expect(try folder.text("log") == "old text")
    output = try LineOutput(path: folder.path("log"))
    try output.write(Array("new\n".utf8))
    #expect(try folder.text("log") == "new\n")
  }

  /// What the death of a writer or of the machine leaves at the end of a log, and what is kept of it.
  @Test(arguments: [
    ("{}\n{\"frame\":1,\"tim", "{}\n", 15), ("{\"frame\":1,\"tim", "", 15), ("{}\n\0\0\0", "{}\n", 3),
    ("{}\n{\"frame\":1,\0\0", "{}\n", 13), ("{\"frame\":1}", "{\"frame\":1}\n", nil), ("notes", "notes\n", nil),
    ("{}\n", "{}\n", nil), ("", "", nil),
  ]) func halfALineOfAnEarlierRunIsTakenAway(held: String, kept: String, count: Int?) throws {
    let said = Guarded<[String]>([])
    try Data(held.utf8).write(to: folder.url.appending(path: "log"))
    var output = try LineOutput(path: folder.path("log"), appends: true) { line in said.withLock { $0.append(line) } }
    #expect(try folder.text("log") == held)
    for line in ["one\n", "two\n"] { try output.write(Array(line.utf8)) }
    #expect(try folder.text("log") == "\(kept)one\ntwo\n")
    let told = count.map {
      "\(folder.path("log")): its last line was cut short when an earlier run died; its \($0) bytes are taken away"
    }
    #expect(said.withLock { $0 } == (told.map { [$0] } ?? []))
  }

  @Test func twoRunsDoNotWriteOneFile() throws {
    let path = folder.path("log")
    var first = try LineOutput(path: path)
    try first.write(Array("one\n".utf8))
    for appends in [false, true] {
      #expect(error { try LineOutput(path: path, appends: appends) }?.description == "\(path): another run writes it")
    }
    #expect(try folder.text("log") == "one\n")
    try first.close()
    var second = try LineOutput(path: path, appends: true)
    try second.write(Array("two\n".utf8))
    #expect(try folder.text("log") == "one\ntwo\n")
  }

  @Test func aLogThatIsMovedAwayDoesNotGoOnInTheFileOfAnotherRun() throws {
    let (path, away) = (folder.path("log"), folder.path("away"))
    var first = try LineOutput(path: path)
    try FileManager.default.moveItem(atPath: path, toPath: away)
    var second = try LineOutput(path: path)
    #expect(error { try first.reopen() }?.description == "\(path): another run writes it")
    try first.write(Array("first\n".utf8))
    try second.write(Array("second\n".utf8))
    #expect(try folder.text("away") == "first\n")
    try second.close()
    try first.reopen()
    #expect(error { try LineOutput(path: path) }?.reason == "another run writes it")
    _ = try LineOutput(path: away)
  }

  @Test func whatCannotBeOpenedIsToldWithItsPath() throws {
    let missing = folder.path("no/log")
    #expect(error { try LineOutput(path: missing) }?.description == "\(missing): no such file or directory")
    let directory = folder.path("")
    #expect(error { try LineOutput(path: directory) }?.description == "\(directory): is a directory")
  }

  @Test func aFullDeviceIsAnError() throws {
    var output = try LineOutput(path: "/dev/full")
    #expect(error { try output.write(Array("line\n".utf8)) }?.description == "/dev/full: no space left on device")
  }

  /// A file that cannot grow takes the first bytes of a line only: near the largest size that its disk allows.
  @Test func halfALineIsTakenBack() throws {
    let descriptor = open(folder.path("log"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    var (fits, fails) = (0, Int.max)
    while fails - fits > 1 {
      let size = fits + (fails - fits) / 2
      if ftruncate(descriptor, size) == 0 { fits = size } else { fails = size }
    }
    let end = fits - 12
    try #require(end > 0 && ftruncate(descriptor, end) == 0 && lseek(descriptor, end, SEEK_SET) == end)
    var output = try LineOutput.sharing(descriptor, name: "log", interrupt: nil, patience: .zero)
    try output.write(Array("a line\n".utf8))
    #expect(lseek(descriptor, 0, SEEK_END) == end + 7)
    #expect(error { try output.write(Array("another line\n".utf8)) } != nil)
    #expect(lseek(descriptor, 0, SEEK_END) == end + 7)
  }

  @Test func aSharedFileGoesOnWhereItWas() throws {
    let descriptor = open(folder.path("log"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    try #require(write(descriptor, "before\n", 7) == 7)
    var output = try LineOutput.sharing(descriptor, name: "log", interrupt: nil, patience: .zero)
    try output.write(Array("line\n".utf8))
    try output.close()
    try #require(write(descriptor, "after\n", 6) == 6)
    #expect(try folder.text("log") == "before\nline\nafter\n")
  }

  @Test func aClosedPipeIsTold() throws {
    let pipe = Pipe()
    var output = try LineOutput.sharing(
      pipe.fileHandleForWriting.fileDescriptor, name: "pipe", interrupt: nil, patience: .zero)
    try output.write(Array("line\n".utf8))
    try pipe.fileHandleForReading.close()
    #expect(error { try output.write(Array("line\n".utf8)) }?.isClosedPipe == true)
  }

  @Test func aLongLineGoesThroughAPipeWhole() throws {
    let pipe = Pipe()
    let line = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * 31) }
    let group = DispatchGroup()
    let writing = pipe.fileHandleForWriting.fileDescriptor
    DispatchQueue(label: "writer").async(group: group) {
      var output = try? LineOutput.sharing(writing, name: "pipe", interrupt: nil, patience: .zero)
      try? output?.write(line)
    }
    #expect(try pipe.fileHandleForReading.read(upToCount: line.count).map { Array($0) } == line)
    group.wait()
    // The pipe that was handed to us still blocks: its mode is not ours to change.
    #expect(fcntl(writing, F_GETFL) & O_NONBLOCK == 0)
  }

  @Test func aReaderThatStallsHoldsTheEndUpForAWhileOnly() throws {
    let (pipe, interrupt, group) = (Pipe(), Interrupt(), DispatchGroup())
    let writing = pipe.fileHandleForWriting.fileDescriptor
    let failure = Guarded<OutputError?>(nil)
    DispatchQueue(label: "writer").async(group: group) {
      do throws(OutputError) {
        var output = try LineOutput.sharing(
          writing, name: "pipe", interrupt: interrupt, patience: .milliseconds(50))
        try output.write([UInt8](repeating: 10, count: 1 << 21))
      } catch { failure.withLock { $0 = error } }
    }
    #expect(group.wait(timeout: .now() + .milliseconds(100)) == .timedOut)
    interrupt.request()
    group.wait()
    #expect(failure.withLock { $0 } == OutputError(output: "pipe", reason: "its reader takes no more"))
    withExtendedLifetime(pipe) {}
  }

  @Test func aFIFOWithoutReaderIsWaitedForUntilTheEndIsAskedFor() throws {
    let path = folder.path("fifo")
    try #require(mkfifo(path, 0o600) == 0)
    let interrupt = Interrupt()
    DispatchQueue(label: "interrupter").asyncAfter(deadline: .now() + .milliseconds(50)) { interrupt.request() }
    #expect(error { try LineOutput(path: path, interrupt: interrupt) }?.isClosedPipe == true)
  }

  @Test func aFIFOGetsItsLinesWhenTheReaderComes() throws {
    let path = folder.path("fifo")
    try #require(mkfifo(path, 0o600) == 0)
    let group = DispatchGroup()
    let text = Guarded("")
    DispatchQueue(label: "reader").async(group: group) {
      let reading = open(path, O_RDONLY | O_CLOEXEC)
      var bytes = [UInt8](repeating: 0, count: 100)
      let count = read(reading, &bytes, bytes.count)
      close(reading)
      text.withLock { $0 = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) }
    }
    var output = try LineOutput(path: path, interrupt: Interrupt())
    try output.write(Array("line\n".utf8))
    try output.close()
    group.wait()
    #expect(text.withLock { $0 } == "line\n")
  }

  /// What `body` throws; nil where it succeeds.
  private func error<Result: ~Copyable>(_ body: () throws -> Result) -> OutputError? {
    do { _ = try body() } catch { return error as? OutputError }
    return nil
  }
}
