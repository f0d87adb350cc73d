import Foundation
import TestData
import Testing

/// Outputs that fail: told in one line, exit 1, and what was written before is whole.
@Suite(.serialized, .waiting) struct OutputFaultTests {
  private let folder: TemporaryFolder
  /// 200 pictures, of which few are detected on: what is looked at is how they are written.
  private let pictures = ["--input", "testpattern:320x240@25:200:file", "--every", "20"]

  init() throws { folder = try TemporaryFolder() }

  /// Expects exit 1 and one line on standard error that contains `reason`.
  private func expectFailure(_ ending: Program.Ending, _ reason: String) {
    #expect(ending.status == 1 && ending.signal == nil, "\(ending.errors)")
    #expect(ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
    #expect(ending.errors.hasPrefix("stream: ") && ending.errors.contains(reason), "\(ending.errors)")
  }

  /// A path that leads to a device which is always full.
  private func full(_ name: String) throws -> String {
    let path = folder.path(name)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
    return path
  }

  /// Returns how many pictures of the video at `path` can be read.
  private func pictureCount(_ path: String) throws -> Int {
    let again = try Program.run(["--input", path, "--every", "1000", "--quiet", "--track", "none"])
    #expect(again.status == 0, "\(again.errors)")
    return again.lines.count
  }

  /// What a command prints is data too.
  @Test(arguments: [["--help"], ["models"], ["cameras", "--help"], ["completions", "bash"], ["manual"]])
  func whatCannotBePrintedIsAnError(arguments: [String]) throws {
    let program = try Program(arguments, redirection: ">/dev/full")
    expectFailure(try program.ending(), "standard output: no space left on device")
  }

  @Test func whoHasReadEnoughIsNoError() throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let ending = try Program(["manual"], output: pipe.fileHandleForWriting).ending()
    #expect(ending.status == 0 && ending.signal == nil && ending.errors.isEmpty, "\(ending.errors)")
  }

  @Test func aLogThatOutgrowsItsDiskEndsWithAWholeLine() throws {
    let log = folder.url("log.jsonl")
    let program = try Program(pictures + ["--events", log.path, "--quiet"], fileLimit: 16)
    expectFailure(try program.ending(), "log.jsonl: file too large")
    let text = try String(contentsOf: log, encoding: .utf8)
    #expect(text.hasSuffix("\n"))
    let lines = try EventLine.all(in: text)
    #expect(lines.count > 20 && lines.map(\.frame) == Array(0..<lines.count))
  }

  /// The summary and the table come before the reason, which stands last.
  @Test func aRunThatFailsTellsHowItWent() throws {
    let log = folder.url("log.jsonl")
    let ending = try Program(pictures + ["--events", log.path, "--stats"], fileLimit: 16).ending()
    let lines = ending.errors.split(separator: "\n")
    #expect(ending.status == 1 && lines.last == "stream: \(log.path): file too large", "\(ending.errors)")
    #expect(lines.first?.contains(/^\d+ frames in .* fps/) == true && lines.contains { $0.contains("peak memory") })
    #expect(lines.count { $0.hasPrefix("detect ") } == 1)
  }

  @Test func aFullLogLeavesTheVideoWhole() throws {
    let (log, video) = (try full("log.jsonl"), folder.path("out.mp4"))
    expectFailure(
      try Program.run(pictures + ["--events", log, "--video", video, "--quiet"]),
      "log.jsonl: no space left on device")
    #expect(try pictureCount(video) == 200)
  }

  /// Nothing is begun that cannot be done: a log of an earlier run stays as it was.
  @Test func aVideoWithoutRoomForItsHeadIsToldBeforeTheRun() throws {
    let log = folder.url("log.jsonl")
    try "before\n".write(to: log, atomically: true, encoding: .utf8)
    let ending = try Program.run(
      pictures + ["--events", log.path, "--video", full("out.mkv"), "--quiet"])
    expectFailure(ending, "out.mkv: no space left on device")
    #expect(try String(contentsOf: log, encoding: .utf8) == "before\n")
  }

  @Test func anOutputThatFailsIsToldWhileTheOtherGoesOn() throws {
    let program = try Program(pictures + ["--video", folder.path("out.mkv")], fileLimit: 96)
    let ending = try program.ending()
    #expect(ending.errors.contains("out.mkv: file too large; the event log goes on\n"), "\(ending.errors)")
    #expect(ending.status == 1)
  }

  @Test(arguments: ["out.mp4", "out.mkv", "out.webm"])
  func aVideoThatOutgrowsItsDiskPlaysUpToThere(name: String) throws {
    let video = folder.path(name)
    let program = try Program(pictures + ["--video", video, "--quiet"], fileLimit: 96)
    let ending = try program.ending()
    expectFailure(ending, "\(name): file too large")
    #expect(try EventLine.all(in: ending.output).count == 200)
    let count = try pictureCount(video)
    #expect(count > 20 && count < 200)
  }

  @Test func aFolderThatIsNotThereIsToldBeforeTheRun() throws {
    let ending = try Program.run(pictures + ["--video", "/nosuchfolder/out.mp4", "--quiet"])
    expectFailure(ending, "/nosuchfolder/out.mp4: no such file or directory")
  }

  @Test func standardOutputThatIsClosedIsTold() throws {
    expectFailure(
      try Program(pictures + ["--quiet"], redirection: ">&-").ending(),
      "standard output: bad file descriptor")
  }

  @Test(arguments: ["1x1", "3x5", "33x17", "2x16384"], ["mp4", "webm"])
  func videoOfAnySizeIsWritten(size: String, container: String) throws {
    let video = folder.path("out.\(container)")
    let ending = try Program.run(["--input", "testpattern:\(size)@25:3:file", "--video", video, "--quiet"])
    #expect(ending.status == 0 && ending.errors == "")
    #expect(try pictureCount(video) == 3)
  }

  @Test func aReaderWhoClosesTheVideoLeavesTheLogWhole() throws {
    let fifo = folder.path("out.mkv")
    try #require(mkfifo(fifo, 0o600) == 0)
    let reader = open(fifo, O_RDONLY | O_NONBLOCK)
    let program = try Program(pictures + ["--video", fifo, "--quiet"])
    #expect(program.wait { waiting(in: reader) > 0 })
    close(reader)
    let ending = try program.ending()
    #expect(ending.status == 0 && ending.errors == "")
    #expect(try EventLine.all(in: ending.output).count == 200)
  }

  @Test func aVideoReaderWhoStallsHoldsTheEndUpForAWhileOnly() throws {
    let fifo = folder.path("out.mkv")
    try #require(mkfifo(fifo, 0o600) == 0)
    let reader = open(fifo, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    // F_SETPIPE_SZ: a small pipe is soon full.
    try #require(fcntl(reader, 1031, 8192) >= 0)
    let program = try Program(["--input", "testpattern:640x480@25:file", "--video", fifo, "--quiet"])
    try waitForStall(program, reader, above: 3000)
    program.send(SIGINT)
    let ending = try program.ending(within: 60)
    expectFailure(ending, "out.mkv: its reader takes no more")
    #expect(try !EventLine.all(in: ending.output).isEmpty)
  }

  /// A socket as standard output cannot be opened anew without blocking, and its mode is not ours to change.
  @Test func aSocketWhoseReaderStallsHoldsTheEndUpForAWhileOnly() throws {
    var ends: [Int32] = [0, 0]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    defer { for end in ends { close(end) } }
    let program = try Program(
      ["--input", "testpattern:32x32@1000:file", "--track", "none", "--quiet"],
      output: FileHandle(fileDescriptor: ends[1]))
    try waitForStall(program, ends[0], above: 10_000)
    program.send(SIGINT)
    let ending = try program.ending(within: 60)
    expectFailure(ending, "standard output: its reader takes no more")
    #expect(fcntl(ends[1], F_GETFL) & O_NONBLOCK == 0)
    // Whole lines, but for the last.
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = recv(ends[0], &bytes, bytes.count, Int32(MSG_DONTWAIT))
    let lines = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).split(separator: "\n").dropLast()
    #expect(try EventLine.all(in: lines.joined(separator: "\n")).map(\.frame) == Array(0..<lines.count))
  }

  /// Returns how many bytes can be read from `descriptor`.
  private func waiting(in descriptor: Int32) -> Int32 {
    var count: Int32 = 0
    return ioctl(descriptor, UInt(FIONREAD), &count) == 0 ? count : 0
  }

  /// Waits until more than `least` bytes can be read from `descriptor` and they grow no more.
  private func waitForStall(_ program: Program, _ descriptor: Int32, above least: Int32) throws {
    var (last, since) = (Int32(0), ContinuousClock.now)
    let isStalled = program.wait {
      let count = waiting(in: descriptor)
      if count != last { (last, since) = (count, ContinuousClock.now) }
      return count > least && ContinuousClock.now - since > .seconds(1)
    }
    try #require(isStalled, "\(last) bytes wait")
  }
}
