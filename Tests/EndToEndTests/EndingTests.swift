import Foundation
import TestData
import Testing

/// However a run ends, what was written is whole.
@Suite(.serialized, .waiting) struct EndingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Whether `ending` came soon after the signal, which without it would not come at all: exit 0, last line whole.
  private func expectQuietEnd(_ program: Program, signal: Int32 = SIGINT) throws -> Program.Ending {
    let start = ContinuousClock.now
    program.send(signal)
    let ending = try program.ending(within: 5)
    #expect(ContinuousClock.now - start < .seconds(3))
    #expect(ending.status == 0 && ending.signal == nil, "\(ending.errors)")
    #expect(ending.output.isEmpty || ending.output.hasSuffix("\n"))
    return ending
  }

  @Test(arguments: [SIGINT, SIGTERM]) func aTestPatternEndsAtTheFirstSignal(signal: Int32) throws {
    let video = folder.url("out.mp4")
    let program = try Program(["--input", "testpattern:320x240@30", "--video", video.path, "--quiet"])
    #expect(program.wait { program.outputSoFar.split(separator: "\n").count > 20 })
    let ending = try expectQuietEnd(program, signal: signal)
    let lines = try EventLine.all(in: ending.output)
    #expect(lines.count > 20)
    // The video plays: it holds as many pictures as the log has lines.
    let again = try Program.run(["--input", video.path, "--every", "1000", "--quiet"])
    #expect(again.status == 0 && again.lines.count == lines.count, "\(again.errors)")
  }

  /// As timeout(1) sends them: to the process, and then to its group.
  @Test func signalsOfOneMomentAreOne() throws {
    let video = folder.url("out.mp4")
    let program = try Program(["--input", "testpattern:320x240@30", "--video", video.path, "--quiet"])
    #expect(program.wait { program.outputSoFar.split(separator: "\n").count > 20 })
    program.send(SIGTERM)
    usleep(2_000)
    program.send(SIGTERM)
    let ending = try expectQuietEnd(program)
    let again = try Program.run(["--input", video.path, "--every", "1000", "--quiet"])
    #expect(again.status == 0 && again.lines.count == ending.lines.count, "\(again.errors)")
  }

  @Test func aFIFOWithoutAWriterEndsAtTheFirstSignal() throws {
    let fifo = folder.path("fifo")
    try #require(mkfifo(fifo, 0o600) == 0)
    let program = try Program(["--input", fifo, "--quiet"])
    usleep(300_000)
    #expect(try expectQuietEnd(program).output == "")
  }

  @Test func standardInputWithoutDataEndsAtTheFirstSignal() throws {
    let program = try Program(["--input", "-", "--quiet"], input: Pipe())
    usleep(300_000)
    #expect(try expectQuietEnd(program).output == "")
  }

  @Test func footageEndsWithWhatWasUnderWay() throws {
    let program = try Program(["--input", TestData.footage.path, "--quiet"])
    #expect(program.wait { program.outputSoFar.split(separator: "\n").count > 10 })
    let lines = try EventLine.all(in: try expectQuietEnd(program).output)
    #expect(lines.map(\.frame) == Array(0..<lines.count))
  }

  @Test func aSecondSignalEndsAtOnce() throws {
    let fifo = folder.path("stalled")
    try #require(mkfifo(fifo, 0o600) == 0)
    // A reader that never reads: the log blocks, so the first signal cannot finish the run.
    let reader = open(fifo, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    let program = try Program(["--input", TestData.footage.path, "--events", fifo, "--threshold", "0.01", "--quiet"])
    usleep(4_000_000)
    program.send(SIGINT)
    usleep(800_000)
    program.send(SIGINT)
    let ending = try program.ending(within: 5)
    #expect(ending.status == 128 + SIGINT || ending.status == 0)
  }

  /// In an address space that has room for some stacks only the system starts few threads: a run takes fewer, or says
  /// so; it does not wait for them.
  @Test func whereThreadsAreFewARunTakesFewerOrSaysSo() throws {
    let scarce = "ulimit -s 131072; ulimit -v 4000000"
    // Else each thread's first allocation takes half a stack.
    let environment = ["MALLOC_ARENA_MAX": "1"]
    let live = try Program(
      ["--input", "testpattern:64x48@30:5:live", "--threads", "64", "--quiet"], environment: environment,
      preparation: scarce
    ).ending(within: 30)
    #expect(live.status == 0 && live.signal == nil && !live.lines.isEmpty, "\(live.errors)")
    let footage = try Program(
      ["--input", "testpattern:64x48@30:5:file", "--threads", "64", "--quiet"], environment: environment,
      preparation: scarce
    ).ending(within: 30)
    let line = #/stream: \d+ threads are needed, and the system starts \d+; a smaller --threads needs fewer\n/#
    #expect(footage.status == 1 && footage.errors.wholeMatch(of: line) != nil, "\(footage.errors)")
  }

  @Test func whereThereIsNoThreadForSignalsThatIsSaid() throws {
    let ending = try Program(
      ["--input", "testpattern:64x48@30:5:file"], preparation: "ulimit -s 1000000; ulimit -v 800000"
    ).ending(within: 30)
    #expect(ending.status == 1 && ending.lines.isEmpty)
    #expect(ending.errors == "stream: the system starts no thread: resource temporarily unavailable\n")
  }

  @Test func aClosedPipeEndsQuietly() throws {
    let pipe = Pipe()
    let program = try Program(["--input", TestData.footage.path, "--quiet"], output: pipe)
    try pipe.fileHandleForWriting.close()
    _ = try pipe.fileHandleForReading.read(upToCount: 100)
    try pipe.fileHandleForReading.close()
    let ending = try program.ending(within: 60)
    #expect(ending.status == 0 && ending.signal == nil && ending.errors == "")
  }

  @Test func aClosedPipeLeavesTheVideoWhole() throws {
    let (pipe, video) = (Pipe(), folder.url("out.mkv"))
    let clip = try Clip.ofFirst(100, in: folder)
    let program = try Program(["--input", clip, "--video", video.path, "--quiet"], output: pipe)
    try pipe.fileHandleForWriting.close()
    try pipe.fileHandleForReading.close()
    #expect(try program.ending(within: 120).status == 0)
    let again = try Program.run(["--input", video.path, "--every", "1000", "--quiet"])
    #expect(again.lines.count == 100)
  }
}
