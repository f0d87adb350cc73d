import Foundation
import TestData
import Testing

/// Streams of the network, good and bad, from servers on the loopback.
@Suite(.serialized, .waiting)
struct StreamTests {
  /// What one line says, as far as these tests ask.
  private struct Line: Decodable {
    let frame: Int
    let time: Double
    let age: Double?
    let lost: Int?
  }

  private func lines(_ text: String) throws -> [Line] {
    // The last line of a program that still runs may be in the middle.
    try text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
  }

  /// Starts on `url`. What is looked at is which pictures come, so few of them are detected on.
  private func program(_ url: String, _ more: [String] = []) throws -> Program {
    try Program(["--input", url, "--every", "10", "--reconnect", "0.3"] + more)
  }

  /// Interrupts, and checks that the end comes soon, without a word of the password.
  private func stop(_ program: Program, within seconds: Double = 20) throws -> Program.Ending {
    program.send(SIGINT)
    let ending = try program.ending(within: seconds)
    #expect(ending.status == 0, "\(ending.errors)")
    #expect(!ending.errors.contains("secret") && !ending.output.contains("secret"))
    return ending
  }

  private func checkOrder(_ lines: [Line]) {
    #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.frame < $1.frame && $0.time <= $1.time })
  }

  @Test(.enabled(if: StreamServer.hasRTSP), arguments: ["tcp", "udp"])
  func anRTSPServerThatIsKilledAndComesBackIsReadOn(transport: String) throws {
    let server = try StreamServer("rtsp")
    defer { server.kill() }
    let program = try program(
      "rtsp://me:secret@127.0.0.1:\(server.port)/live", ["--rtsp-transport", transport, "--stream-timeout", "3"])
    #expect(program.wait { program.outputSoFar.count { $0 == "\n" } > 30 }, "\(program.errorsSoFar)")
    server.kill()
    #expect(program.wait { program.errorsSoFar.contains("waiting for it") })
    let before = program.outputSoFar.count { $0 == "\n" }
    let again = try StreamServer("rtsp", port: server.port)
    #expect(program.wait { program.outputSoFar.count { $0 == "\n" } > before + 30 }, "\(program.errorsSoFar)")
    let ending = try stop(program)
    again.kill()
    #expect(ending.errors.contains("is back after") && ending.errors.contains("rtsp://me@127.0.0.1"))
    checkOrder(try lines(ending.output))
  }

  @Test(.enabled(if: StreamServer.hasRTSP), arguments: [false, true])
  func picturesMadeOfLostOnesAreLeftOut(areKept: Bool) throws {
    let server = try StreamServer("rtsp", ["loss", "5"])
    defer { server.kill() }
    let program = try program("rtsp://127.0.0.1:\(server.port)/live", areKept ? ["--keep-corrupt"] : [])
    #expect(program.wait { program.outputSoFar.count { $0 == "\n" } > (areKept ? 75 : 10) }, "\(program.errorsSoFar)")
    let ending = try stop(program)
    #expect(ending.errors.contains("refer to lost ones"))
    #expect(ending.output.contains(#""lost":"#) == !areKept)
  }

  /// To look what it is takes no connection of its own: `ts-once` has one.
  @Test(arguments: ["mjpeg", "private", "ts", "ts-once"]) func streamsOfAWebServerAreLive(path: String) throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let program = try program("http://me:secret@127.0.0.1:\(server.port)/\(path)?key=secret")
    #expect(program.wait { program.outputSoFar.count { $0 == "\n" } > 30 }, "\(program.errorsSoFar)")
    let lines = try lines(try stop(program).output)
    checkOrder(lines)
    #expect(lines.allSatisfy { $0.age != nil })
  }

  /// Its first picture is told when it comes, not when others have come, and it is not given up between two pictures. The
  /// server's third picture comes later than the shorter of these times.
  @Test(arguments: [2, 60]) func aCameraOfAPictureEveryFewSecondsIsRead(timeout: Int) throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let program = try program("http://127.0.0.1:\(server.port)/mjpeg-slow", ["--stream-timeout", String(timeout)])
    #expect(program.wait { program.outputSoFar.count { $0 == "\n" } >= 3 }, "\(program.errorsSoFar)")
    let ending = try stop(program)
    let lines = try lines(ending.output)
    #expect(lines.prefix(3).map(\.frame) == [0, 1, 2] && lines.allSatisfy { $0.age ?? 99 < 1 }, "\(ending.output)")
    #expect(!ending.errors.contains("waiting for it"), "\(ending.errors)")
    let steps = zip(lines, lines.dropFirst()).map { $1.time - $0.time }
    #expect(zip(steps, [1.5, 3.2]).allSatisfy { abs($0 - $1) < 0.5 }, "\(steps)")
  }

  /// A picture whose length the camera does not tell is told when it is there, not when the next one comes.
  @Test func aPictureOfUntoldLengthIsToldAtItsEnd() throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let program = try program("http://127.0.0.1:\(server.port)/mjpeg-bare", ["--stream-timeout", "600"])
    #expect(
      program.wait(atMost: 30) { program.outputSoFar.count { $0 == "\n" } == 3 },
      "\(program.outputSoFar) \(program.errorsSoFar)")
    checkOrder(try lines(try stop(program).output))
  }

  /// It is told once what the place gives, and not again with each picture.
  @Test(arguments: ["snap.jpg", "snap-of-known-length.jpg"])
  func aPlaceThatGivesOnePictureIsAskedAgain(path: String) throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let program = try program("http://127.0.0.1:\(server.port)/\(path)")
    #expect(program.wait { program.outputSoFar.count { $0 == "\n" } > 3 }, "\(program.errorsSoFar)")
    let ending = try stop(program)
    let lines = try lines(ending.output)
    #expect(lines.prefix(3).map(\.frame) == [0, 1, 2])
    let told = ending.errors.split(separator: "\n")
    #expect(told.count == 2 && told[0].contains("gives one picture at a time"), "\(ending.errors)")
  }

  /// Whoever did not ask for that is told what does.
  @Test func whatAsksForTheNextPictureIsTold() throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let program = try Program(
      ["--input", "http://127.0.0.1:\(server.port)/snap.jpg"])
    #expect(program.wait { program.outputSoFar.count { $0 == "\n" } > 1 }, "\(program.errorsSoFar)")
    let ending = try stop(program)
    let told = ending.errors.split(separator: "\n")
    #expect(told.count == 2, "\(ending.errors)")
    #expect(told[0].hasSuffix("gave one picture, and no stream; --reconnect SECONDS asks for the next one so often"))
  }

  /// A segment comes at once; its pictures are told one after the other, and none is skipped.
  @Test func liveHLSIsReadAtItsPace() throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let program = try program("http://127.0.0.1:\(server.port)/hls/live.m3u8")
    #expect(program.wait { program.outputSoFar.count { $0 == "\n" } > 75 }, "\(program.errorsSoFar)")
    let lines = try lines(try stop(program).output)
    checkOrder(lines)
    // A picture in a segment of a second waits for the segment's end.
    #expect(lines.contains { $0.age ?? 0 > 0.2 })
    // Dropped are at most those for which a slow detector has no time, not all but the last of a segment of 25.
    #expect(lines.count * 4 > lines.last?.frame ?? 0)
  }

  /// It is asked for once: `clip-once.mp4` is there for one connection.
  @Test(arguments: [("clip.mp4", 50), ("clip-once.mp4", 50), ("snap-of-known-length.jpg", 1)])
  func aFileOfAWebServerIsFootage(path: String, count: Int) throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let ending = try Program.run([
      "--input", "http://127.0.0.1:\(server.port)/\(path)", "--every", "10",
    ])
    #expect(ending.status == 0 && ending.lines.count == count, "\(ending.errors)")
    #expect(try lines(ending.output).allSatisfy { $0.age == nil })
  }

  @Test(arguments: [
    ("mjpeg-ends", "the server closed the connection; waiting for it"),
    ("mjpeg-stops", "gives no picture any more; waiting for it"),
    ("mjpeg-junk", "gives no picture any more; waiting for it"),
  ])
  func aStreamThatEndsOrStopsIsOpenedAgain(path: String, word: String) throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let program = try program("http://127.0.0.1:\(server.port)/\(path)", ["--stream-timeout", "2"])
    #expect(program.wait { program.errorsSoFar.contains("is back after") }, "\(program.errorsSoFar)")
    let ending = try stop(program)
    #expect(ending.errors.contains(word))
    checkOrder(try lines(ending.output))
  }

  /// What comes at once, and then the end, is told to its last picture, each time anew.
  @Test func aStreamThatEndsWithinItsOpeningBurstIsToldToItsEnd() throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let program = try program("http://127.0.0.1:\(server.port)/ts-short")
    #expect(
      program.wait { program.errorsSoFar.matches(of: /is back after/).count >= 3 }, "\(program.errorsSoFar)")
    let ending = try stop(program)
    let lines = try lines(ending.output)
    checkOrder(lines)
    #expect(ending.errors.contains("waiting for it"))
    let numbers = Set(lines.map(\.frame))
    #expect(numbers.isSuperset(of: [39, 79]), "\(numbers.sorted())")
    // The program can take as many as a second's worth of pictures while it starts.
    #expect(lines.allSatisfy { $0.age ?? 99 < 5 })
  }

  /// One that ends and is not waited for ends the run, which then says what became of its pictures.
  @Test func aStreamThatIsNotWaitedForIsSummedUp() throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let ending = try Program.run([
      "--input", "http://127.0.0.1:\(server.port)/ts-short", "--every", "10",
      "--reconnect", "never", "--stats",
    ])
    let lines = ending.errors.split(separator: "\n")
    #expect(ending.status == 1 && lines.last?.hasPrefix("stream: http:") == true, "\(ending.errors)")
    #expect(lines.contains { $0.contains(/40 captured, \d+ dropped, \d+ lost/) }, "\(ending.errors)")
    #expect(lines.contains { $0.contains("peak memory") })
  }

  /// Pictures of a server's store are passed over, and those that follow are no older than they are.
  @Test(arguments: ["ts-stored", "ts-catching-up"]) func anOpeningBurstIsPassedOverToThePresent(path: String) throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let program = try program("http://127.0.0.1:\(server.port)/\(path)")
    #expect(program.wait { program.outputSoFar.count { $0 == "\n" } > 50 }, "\(program.errorsSoFar)")
    let lines = try lines(try stop(program).output)
    checkOrder(lines)
    let stored = path == "ts-stored" ? 500 : 275
    // Decoding begins with the key frame before the present, 25 pictures earlier at most.
    #expect(lines.first?.frame ?? 0 >= stored - 25, "\(lines.first?.frame ?? 0)")
    #expect(lines.dropFirst(25).allSatisfy { $0.age ?? 99 < 1 }, "\(lines.map { $0.age ?? 99 }.max() ?? 0)")
    // What is told is as far apart as it was taken: 40 ms a picture.
    let (first, last) = (lines[0], lines[lines.count - 1])
    let pace = (last.time - first.time) / Double(last.frame - first.frame)
    #expect(abs(pace - 0.04) < 0.001, "\(pace)")
  }

  @Test(arguments: ["silent", "mute"]) func aServerThatSaysNothingIsGivenUp(path: String) throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let ending = try Program.run([
      "--input", "http://me:secret@127.0.0.1:\(server.port)/\(path)", "--stream-timeout", "0.5",
    ])
    #expect(ending.status == 1 && ending.output.isEmpty)
    let place = "http://me@127.0.0.1:\(server.port)/\(path)"
    #expect(ending.errors == "stream: \(place): did not open in time: no connection, or no picture over it\n")
  }

  /// Each wait ends with the interrupt: for the header, for the first picture, for the next one.
  @Test(arguments: ["silent", "mute", "mjpeg-stops"]) func anInterruptEndsEachWait(path: String) throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let program = try program("http://127.0.0.1:\(server.port)/\(path)", ["--stream-timeout", "600"])
    if path == "mjpeg-stops" {
      #expect(program.wait { program.outputSoFar.contains("\n") }, "\(program.errorsSoFar)")
    }
    usleep(1_500_000)
    _ = try stop(program)
  }

  /// What a server holds back makes ages grow: they are those of the pictures, not of their arrival.
  @Test func agesTellOfTheDelayOnTheWay() throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let program = try program("http://127.0.0.1:\(server.port)/late")
    #expect(program.wait { program.outputSoFar.count { $0 == "\n" } > 100 }, "\(program.errorsSoFar)")
    let lines = try lines(try stop(program).output)
    // A fifth of each second is missing.
    #expect(lines.last?.age ?? 0 > 0.5)
  }

  @Test func aHostThatIsNotKnownIsNamedWithoutThePassword() throws {
    let ending = try Program.run(["--input", "rtsp://me:secret@no.such.host.invalid/x"])
    #expect(ending.status == 1)
    #expect(ending.errors.hasPrefix("stream: rtsp://me@no.such.host.invalid/x: "))
  }

  @Test func aRefusalSaysWhatToDo() throws {
    let server = try StreamServer("http")
    defer { server.kill() }
    let place = "http://127.0.0.1:\(server.port)/private"
    let ending = try Program.run(["--input", place])
    #expect(ending.status == 1)
    #expect(ending.errors.hasPrefix("stream: \(place): server returned 401 "))
    #expect(ending.errors.hasSuffix("; write USER:PASSWORD@ before the host\n"))
  }
}
