import Foundation
import TestData
import Testing

/// The event log of a run that lasts: files moved away, disks that are full for a while, terminals that close.
@Suite(.serialized, .waiting) struct LogRotationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func program(
    _ log: String, fileLimit: Int? = nil, preparation: String? = nil
  ) throws -> Program {
    try Program(
      ["--input", "testpattern:160x120@100:live", "--events", log, "--threshold", "1"],
      environment: ["STREAM_SLOW_DETECTOR": "1ms"], fileLimit: fileLimit, preparation: preparation)
  }

  private func text(_ name: String) -> String {
    (try? String(contentsOf: folder.url(name), encoding: .utf8)) ?? ""
  }

  private func count(_ name: String) -> Int { text(name).count { $0 == "\n" } }

  private func move(_ name: String, to other: String) throws {
    try FileManager.default.moveItem(at: folder.url(name), to: folder.url(other))
  }

  /// Expects that every frame is in a line or in the next one's count.
  private func expectWhole(_ text: String) throws {
    #expect(text.hasSuffix("\n"))
    var expected = 0
    for line in try EventLine.all(in: text) {
      #expect(line.frame == expected + (line.dropped ?? 0) + (line.lost ?? 0))
      expected = line.frame + 1
    }
  }

  @Test func noLineIsLostOrTornWhenTheLogIsMovedAway() throws {
    let program = try program(folder.path("log"))
    for round in 0..<10 {
      #expect(program.wait { count("log") >= 5 }, "\(program.errorsSoFar)")
      try move("log", to: "log.\(round)")
      program.send(SIGHUP)
    }
    #expect(program.wait { count("log") >= 5 }, "\(program.errorsSoFar)")
    program.send(SIGTERM)
    #expect(try program.ending(within: 20).status == 0)
    let files = (0..<10).map { text("log.\($0)") } + [text("log")]
    #expect(files.allSatisfy { $0.hasSuffix("\n") })
    try expectWhole(files.joined())
  }

  /// A run that is started anew goes on behind the one before, whose last line its death may have cut short; lines say
  /// which is whose.
  @Test func aLogIsAddedTo() throws {
    let log = folder.path("log")
    let arguments = [
      "--input", "testpattern:160x120@100:20:file", "--events", log, "--append",
    ]
    #expect(try Program.run(arguments).status == 0)
    let first = text("log")
    #expect(try EventLine.all(in: first).map(\.frame) == Array(0..<20))
    #expect(try Program.run(arguments).status == 0)
    #expect(text("log").hasPrefix(first))
    let second = try EventLine.all(in: text("log").dropFirst(first.count))
    #expect(second.map(\.frame) == Array(0..<20))
    let runs = try EventLine.all(in: text("log")).map { try #require($0.run) }
    #expect(Set(runs.prefix(20)).count == 1 && Set(runs).count == 2 && runs[0] < runs[20])
    truncate(log, first.utf8.count - 9)
    let third = try Program.run(arguments)
    #expect(third.status == 0 && third.errors.contains("its last line was cut short when an earlier run died"))
    #expect(text("log").hasPrefix(first.prefix { $0 != "\n" }))
    #expect(try EventLine.all(in: text("log")).map(\.frame) == Array(0..<19) + Array(0..<20))
    // Without the option it begins anew.
    #expect(try Program.run(arguments.filter { $0 != "--append" }).status == 0)
    #expect(try EventLine.all(in: text("log")).allSatisfy { $0.run == nil })
    #expect(text("log") == first.replacing(#/"run":"[^"]*",/#, with: ""))
  }

  /// A service that dies and is started anew leaves the video of each run.
  @Test func aVideoThatIsThereStaysBesideALogThatIsAddedTo() throws {
    let video = folder.url("out.mp4")
    let arguments = [
      "--input", "testpattern:160x120@100:5:file", "--events", folder.path("log"), "--append",
      "--video", video.path,
    ]
    #expect(try Program.run(arguments).status == 0)
    let first = try Data(contentsOf: video)
    let second = try Program.run(arguments)
    #expect(second.status == 0 && second.errors.contains("out.mp4: is there, and with --append it stays"))
    #expect(try Data(contentsOf: video) == first)
    let names = try FileManager.default.contentsOfDirectory(atPath: video.deletingLastPathComponent().path)
    let other = try #require(names.first { $0.hasPrefix("out-20") && $0.hasSuffix("Z.mp4") })
    #expect(second.errors.contains(other))
    #expect(try Data(contentsOf: folder.url(other)).count > 1000)
  }

  /// What rotates by copying cuts the file under the writer: it goes on at the new end.
  @Test func aLogThatIsCutGoesOnAtItsNewEnd() throws {
    let program = try program(folder.path("log"))
    #expect(program.wait { count("log") >= 20 }, "\(program.errorsSoFar)")
    truncate(folder.path("log"), 0)
    program.send(SIGHUP)
    #expect(program.wait { count("log") >= 5 }, "\(program.errorsSoFar)")
    program.send(SIGTERM)
    #expect(try program.ending(within: 20).status == 0)
    let lines = try EventLine.all(in: text("log"))
    #expect(lines.count >= 5 && zip(lines, lines.dropFirst()).allSatisfy { $0.frame < $1.frame })
  }

  @Test func whereNoNewFileCanBeMadeTheOldOneGoesOn() throws {
    try FileManager.default.createDirectory(at: folder.url("there"), withIntermediateDirectories: true)
    let program = try program(folder.path("there/log"))
    #expect(program.wait { count("there/log") >= 5 }, "\(program.errorsSoFar)")
    try move("there", to: "away")
    program.send(SIGHUP)
    #expect(
      program.wait { program.errorsSoFar.contains("no such file or directory; the event log goes on in the old file") })
    let before = count("away/log")
    #expect(program.wait { count("away/log") >= before + 5 }, "\(program.errorsSoFar)")
    program.send(SIGTERM)
    #expect(try program.ending(within: 20).status == 0)
    try expectWhole(text("away/log"))
  }

  @Test func aLogWithoutRoomGoesOnWhenThereIsSome() throws {
    let program = try program(folder.path("log"), fileLimit: 16)
    #expect(
      program.wait { program.errorsSoFar.contains("file too large; the event log goes on when there is room") },
      "\(program.errorsSoFar)")
    try move("log", to: "log.1")
    program.send(SIGHUP)
    #expect(program.wait { count("log") >= 5 }, "\(program.errorsSoFar)")
    program.send(SIGTERM)
    let ending = try program.ending(within: 20)
    #expect(ending.status == 1)
    for said in [": written again, ", " missing: file too large\n"] {
      #expect(ending.errors.contains(said), "\(ending.errors)")
    }
    let (old, new) = (text("log.1"), text("log"))
    #expect(old.hasSuffix("\n") && new.hasSuffix("\n"))
    let (before, after) = (try EventLine.all(in: old), try EventLine.all(in: new))
    #expect(before.count > 20)
    #expect(try #require(after.first).frame > #require(before.last).frame)
  }

  @Test func withoutALogFileAHangUpEndsTheRunInOrder() throws {
    let program = try program("-")
    #expect(program.wait { program.outputSoFar.contains("\n") }, "\(program.errorsSoFar)")
    program.send(SIGHUP)
    let ending = try program.ending(within: 20)
    #expect(ending.status == 0 && ending.signal == nil)
    try expectWhole(ending.output)
  }

  @Test func whoIsToIgnoreHangUpsDoes() throws {
    let program = try program("-", preparation: "trap '' HUP")
    #expect(program.wait { program.outputSoFar.contains("\n") }, "\(program.errorsSoFar)")
    program.send(SIGHUP)
    let before = program.outputSoFar.count { $0 == "\n" }
    #expect(program.wait { program.outputSoFar.count { $0 == "\n" } >= before + 50 })
    program.send(SIGTERM)
    #expect(try program.ending(within: 20).status == 0)
  }

  /// A log file does not keep a run alive whose terminal was closed.
  @Test func aRunEndsWithItsTerminal() throws {
    let (log, number) = (folder.path("log"), folder.path("number"))
    let terminal = Process()
    terminal.executableURL = URL(filePath: "/usr/bin/script")
    terminal.arguments = [
      "-qec",
      """
      echo $$ > '\(number)'; exec '\(TestData.built("stream").path)' --input testpattern:160x120@100:live \
      --events '\(log)'
      """, "/dev/null",
    ]
    terminal.standardInput = FileHandle.nullDevice
    terminal.standardOutput = FileHandle.nullDevice
    try terminal.run()
    let end = ContinuousClock.now + .seconds(60)
    while count("log") < 5, ContinuousClock.now < end { usleep(10_000) }
    let process = try #require(Int32(text("number").dropLast()))
    #expect(kill(process, 0) == 0)
    kill(terminal.processIdentifier, SIGKILL)
    terminal.waitUntilExit()
    while kill(process, 0) == 0, ContinuousClock.now < end { usleep(10_000) }
    #expect(kill(process, 0) != 0)
    kill(process, SIGKILL)
    try expectWhole(text("log"))
  }
}
