import Foundation
import TestData
import Testing

/// The first signal ends each wait that no other suite brings the program into; docs/BLOCKING.md lists them all.
@Suite(.serialized, .waiting)
struct InterruptedWaitTests {
  /// What the program waits for.
  enum Wait: String, CaseIterable, Sendable {
    case listedFIFO, nestedFIFO, pipeURL, numberedFIFO, nameLookUp, nameLookUpOfPicture
    case pictureOfStandardInput, pictureOfFIFO, pictureOfSilentServer, drawingReader
    case logOpening, logReader, standardOutputReader, pictureLogReader, messageReader, benchInput, benchReader

    /// Whether an output is incomplete after it: a log, a table or a picture without its reader.
    var isFailure: Bool {
      switch self {
      case .drawingReader, .logOpening, .logReader, .standardOutputReader, .pictureLogReader, .benchReader: true
      default: false
      }
    }
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: Wait.allCases) func theFirstSignalEndsTheWait(_ wait: Wait) throws {
    // Descriptors and servers at the other end, which stay as they are.
    let others = Others()
    let program = try started(wait, others)
    try #require(program.wait(atMost: 120) { rests(program) }, "\(program.errorsSoFar)")
    try #require(program.processIdentifier != nil, "ended by itself: \(program.errorsSoFar)")
    let start = ContinuousClock.now
    program.send(SIGINT)
    let ending = try program.ending(within: 30)
    #expect(ContinuousClock.now - start < .seconds(10))
    #expect(ending.status == (wait.isFailure ? 1 : 0) && ending.signal == nil, "\(ending.errors)")
    withExtendedLifetime(others) {}
  }

  /// Nobody has to interrupt what is refused at once.
  @Test(arguments: ["model", "labels", "folder", "beside", "detect", "inspect", "bench"])
  func aModelThatIsAFIFOIsRefused(place: String) throws {
    let pattern = "testpattern:32x32@100:3:file"
    let (path, arguments): (String, [String])
    switch place {
    case "folder":
      (path, arguments) = ("m/frozen_inference_graph.pb", ["--input", pattern, "--model", folder.path("m")])
    case "beside":
      (path, arguments) = ("m/labels.txt", ["--input", pattern, "--model", folder.path("m")])
      try FileManager.default.createDirectory(at: folder.url("m"), withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        at: folder.url("m/frozen_inference_graph.pb"), withDestinationURL: TestData.smallModel)
    case "labels": (path, arguments) = ("fifo", ["--input", pattern, "--labels", folder.path("fifo")])
    case "detect": (path, arguments) = ("fifo", ["detect", "a.png", "--model", folder.path("fifo")])
    case "inspect": (path, arguments) = ("fifo", ["inspect", folder.path("fifo")])
    case "bench": (path, arguments) = ("fifo", ["bench", "--model", folder.path("fifo")])
    default: (path, arguments) = ("fifo", ["--input", pattern, "--model", folder.path("fifo")])
    }
    let fifo = try fifo(path)
    let ending = try Program(arguments).ending(within: 60)
    #expect(ending.status == 1 && ending.errors == "stream: \(fifo): is not a regular file\n", "\(ending.errors)")
  }

  @Test(arguments: ["--video", "--draw"]) func aPictureOutputThatNobodyReadsIsRefused(option: String) throws {
    let (name, arguments) =
      option == "--video"
      ? ("seen.mkv", ["--input", "testpattern:32x32@100:3:file"]) : ("seen.png", ["detect", try picture()])
    let fifo = try fifo(name)
    let ending = try Program(arguments + [option, fifo, "--quiet"]).ending(within: 60)
    #expect(ending.status == 1 && ending.errors.contains("\(fifo): nobody reads this pipe"), "\(ending.errors)")
  }

  @Test func aCameraThatIsAFIFOIsRefused() throws {
    let ending = try Program(["--camera", fifo("video0"), "--reconnect", "never"]).ending(within: 60)
    #expect(ending.status == 1 && ending.errors.contains("video0"), "\(ending.errors)")
  }

  @Test func aFIFOAmongPicturesIsPassedOver() throws {
    _ = try fifo("pictures/a.png")
    try FileManager.default.copyItem(atPath: picture(), toPath: folder.path("pictures/b.ppm"))
    let ending = try Program(["--input", folder.path("pictures"), "--track", "none"]).ending(within: 60)
    #expect(ending.status == 0 && ending.output.count { $0 == "\n" } == 1, "\(ending.errors)")
  }

  @Test func aLogThatIsAFIFOWhenItIsOpenedAnewIsRefused() throws {
    let log = folder.url("log")
    let program = try Program(["--input", "testpattern:32x32@100:live", "--track", "none", "--events", log.path])
    func lines(_ name: String) -> Int { ((try? Data(contentsOf: folder.url(name))) ?? Data()).count { $0 == 10 } }
    #expect(program.wait { lines("log") >= 5 }, "\(program.errorsSoFar)")
    try FileManager.default.moveItem(at: log, to: folder.url("moved"))
    _ = try fifo("log")
    program.send(SIGHUP)
    #expect(program.wait { program.errorsSoFar.contains("nobody reads this pipe") }, "\(program.errorsSoFar)")
    let before = lines("moved")
    #expect(program.wait { lines("moved") > before + 5 })
    program.send(SIGINT)
    _ = try program.ending(within: 20)
  }

  /// Returns the program on its way into `wait`.
  private func started(_ wait: Wait, _ others: Others) throws -> Program {
    let endless = ["--input", "testpattern:32x32@1000:file", "--track", "none", "--quiet"]
    switch wait {
    case .listedFIFO:
      _ = try fifo("a.mkv")
      let list = folder.url("list.ffconcat")
      try "ffconcat version 1.0\nfile a.mkv\n".write(to: list, atomically: true, encoding: .utf8)
      return try Program(["--input", list.path])
    case .nestedFIFO: return try Program(["--input", "concat:\(try fifo("a.mpg"))"])
    case .pipeURL: return try Program(["--input", "pipe:0"], input: others.pipe)
    case .numberedFIFO:
      _ = try fifo("f_1.png")
      return try Program(["--input", folder.path("f_%d.png")])
    case .nameLookUp: return try Program(["--input", "ftp://camera.invalid/a.mp4"], environment: deafResolver())
    case .nameLookUpOfPicture:
      return try Program(["detect", "http://camera.invalid/a.png"], environment: deafResolver())
    case .pictureOfStandardInput: return try Program(["detect", "-"], input: others.pipe)
    case .pictureOfFIFO: return try Program(["detect", fifo("a.png")])
    case .pictureOfSilentServer:
      let server = try StreamServer("http")
      others.server = server
      return try Program(["detect", "http://127.0.0.1:\(server.port)/silent"])
    case .drawingReader: return try Program(["detect", picture(), "--draw", stalled("drawn.png", others)])
    case .logOpening: return try Program(endless + ["--events", fifo("log")])
    case .logReader: return try Program(endless + ["--events", stalled("log", others)])
    case .standardOutputReader: return try Program(endless, redirection: ">'\(stalled("log", others))'")
    case .pictureLogReader:
      return try Program(["detect", picture()], redirection: ">'\(stalled("log", others, isFull: true))'")
    case .messageReader:
      return try Program(
        ["--input", "testpattern:32x32@1000:5:file"],
        redirection: "2>'\(stalled("messages", others, isFull: true))'")
    case .benchInput: return try Program(["bench", "--input", fifo("a.mkv")])
    case .benchReader:
      return try Program(
        ["bench", "--input", "testpattern:32x32@1000:5:file"],
        redirection: ">'\(stalled("table", others, isFull: true))'")
    }
  }

  /// Whether `program` listens to signals, and has done nothing for a while.
  private func rests(_ program: Program) -> Bool {
    guard let before = Activity(of: program), before.isListening, before.isAsleep else { return false }
    usleep(500_000)
    guard let after = Activity(of: program) else { return false }
    return after.isAsleep && after.ticks == before.ticks
  }

  private func fifo(_ name: String) throws -> String {
    let url = folder.url(name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try #require(mkfifo(url.path, 0o600) == 0)
    return url.path
  }

  /// Makes a small FIFO whose reader takes nothing.
  private func stalled(_ name: String, _ others: Others, isFull: Bool = false) throws -> String {
    let path = try fifo(name)
    others.descriptors.append(open(path, O_RDONLY | O_NONBLOCK))
    // F_SETPIPE_SZ
    try #require(fcntl(others.descriptors[0], 1031, 4096) >= 0)
    guard isFull else { return path }
    others.descriptors.append(open(path, O_WRONLY | O_NONBLOCK))
    while write(others.descriptors[1], [0], 1) == 1 {}
    return path
  }

  /// Writes a picture whose drawing is larger than a small pipe.
  private func picture() throws -> String {
    let url = folder.url("noise.ppm")
    var numbers = SystemRandomNumberGenerator()
    let noise = (0..<320 * 240 * 3).map { _ in UInt8.random(in: 0...255, using: &numbers) }
    try Data(Array("P6\n320 240\n255\n".utf8) + noise).write(to: url)
    return url.path
  }

  /// Returns the environment of a program for which no name is ever found, nor not found.
  private func deafResolver() throws -> [String: String] {
    let (source, library) = (folder.url("deaf.c"), folder.url("deaf.so"))
    try "unsigned sleep(unsigned);\nint getaddrinfo(void) { for (;;) sleep(3600); }\n".write(
      to: source, atomically: true, encoding: .utf8)
    let compiled = try Ended(
      URL(filePath: "/usr/bin/env"),
      ["cc", "-shared", "-fPIC", "-fno-builtin", "-o", library.path, source.path])
    try #require(compiled.status == 0, "\(compiled.errors)")
    return ["LD_PRELOAD": library.path]
  }
}

/// What is at the other end of a program's wait, held until the test is over.
private final class Others {
  let pipe = Pipe()
  var descriptors: [Int32] = []
  var server: StreamServer?

  deinit {
    for descriptor in descriptors { close(descriptor) }
    server?.kill()
  }
}

/// What a process does, as `/proc` tells.
private struct Activity {
  /// Processor time that it has used.
  let ticks: Int
  /// Whether none of its threads runs.
  let isAsleep: Bool
  /// Whether SIGINT does not end it.
  let isListening: Bool

  /// Nil where it has ended.
  init?(of program: Program) {
    guard let number = program.processIdentifier,
      let status = try? String(contentsOfFile: "/proc/\(number)/status", encoding: .utf8),
      let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(number)/task")
    else { return nil }
    // The third field, after the name in brackets, is the state; 14 and 15 are the ticks.
    let fields = threads.compactMap {
      (try? String(contentsOfFile: "/proc/\(number)/task/\($0)/stat", encoding: .utf8))?
        .split(separator: ")").last?.split(separator: " ")
    }
    isAsleep = fields.allSatisfy { $0[0] == "S" }
    ticks = fields.reduce(0) { $0 + (Int($1[11]) ?? 0) + (Int($1[12]) ?? 0) }
    // Ignored, handled, or kept for a thread that waits for it.
    let masks = status.split(separator: "\n")
      .filter { line in ["SigIgn:", "SigCgt:", "SigBlk:"].contains { line.hasPrefix($0) } }
      .compactMap { $0.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } }
    isListening = masks.contains { $0 & (1 << UInt64(SIGINT - 1)) != 0 }
  }
}
