import Foundation
import TestData
import Testing

/// The built program under a service manager.
@Suite(.waiting) struct ServiceTests {
  private let name = "@stream-service-\(UUID().uuidString)"

  private func program(_ arguments: [String], slowness: String = "1ms") throws -> Program {
    try Program(
      arguments,
      environment: [
        "NOTIFY_SOCKET": name, "WATCHDOG_USEC": "400000", "STREAM_SLOW_DETECTOR": slowness,
      ])
  }

  @Test func itIsReadyThenAliveThenStopping() throws {
    let socket = try #require(NotifyListener(name))
    let program = try program(["--input", "testpattern:160x120@30:live"])
    #expect(socket.next(within: 60) == "READY=1\nSTATUS=begins")
    var (signs, status) = (0, "")
    while signs < 5 || !status.contains("frame"), let told = socket.next(within: 10) {
      if told == "WATCHDOG=1" { signs += 1 } else { status = told }
    }
    #expect(signs >= 5 && status.hasPrefix("STATUS=") && status.contains("frame"), "\(signs) \(status)")
    program.send(SIGTERM)
    #expect(try program.ending(within: 20).status == 0)
    var last: String?
    while let told = socket.next(within: 0) { last = told }
    #expect(last == "STOPPING=1")
  }

  /// A detector that hangs keeps the sign of life back, however well the camera goes.
  @Test func aStageThatHangsGivesNoSignOfLife() throws {
    let socket = try #require(NotifyListener(name))
    let program = try program(["--input", "testpattern:160x120@30:live"], slowness: "9000ms")
    #expect(socket.next(within: 60) == "READY=1\nSTATUS=begins")
    let silence = ContinuousClock.now + .seconds(2)
    while ContinuousClock.now < silence { _ = socket.next(within: 0.1) }
    // Every 200 ms one was due.
    let end = ContinuousClock.now + .seconds(1.5)
    while ContinuousClock.now < end { #expect(socket.next(within: 0.1) != "WATCHDOG=1") }
    #expect(program.processIdentifier != nil)
  }

  /// A camera that is away is no reason to be started anew.
  @Test func aCameraThatIsAwayIsWaitedForAlive() throws {
    let socket = try #require(NotifyListener(name))
    let camera = try PreloadCamera(formats: "YUYV:320x240:30", faults: "4:unplug=60000")
    let program = try Program(
      ["--camera", PreloadCamera.path],
      environment: camera.environment.merging(["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "400000"]) { $1 })
    #expect(program.wait { program.errorsSoFar.contains("waiting for it") }, "\(program.errorsSoFar)")
    while socket.next(within: 0) != nil {}
    var signs = 0
    while signs < 10, let told = socket.next(within: 10) { if told == "WATCHDOG=1" { signs += 1 } }
    #expect(signs == 10)
    program.send(SIGTERM)
    #expect(try program.ending(within: 20).status == 0)
  }
}
