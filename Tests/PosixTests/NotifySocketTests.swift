import Foundation
import Posix
import TestData
import Testing

@Suite struct NotifySocketTests {
  @Test(arguments: ["/tmp/stream-notify-\(UUID().uuidString)", "@stream-notify-\(UUID().uuidString)"])
  func whatIsToldArrives(name: String) throws {
    defer { if name.hasPrefix("/") { try? FileManager.default.removeItem(atPath: name) } }
    let socket = try #require(NotifyListener(name))
    let manager = NotifySocket(name)
    manager?.tell("READY=1\nSTATUS=begins")
    manager?.tell("WATCHDOG=1")
    #expect(socket.next(within: 5) == "READY=1\nSTATUS=begins")
    #expect(socket.next(within: 5) == "WATCHDOG=1")
  }

  @Test(arguments: ["", "/", "@", "relative/socket", "vsock:2:1234", "/" + String(repeating: "x", count: 108)])
  func whatNamesNoSocketIsNone(name: String) {
    if NotifySocket(name) != nil { Issue.record("\(name) is taken for a socket's name") }
  }

  /// A manager that went away, or takes nothing, costs neither time nor the run.
  @Test func whoDoesNotListenIsNotWaitedFor() throws {
    let name = "@stream-notify-\(UUID().uuidString)"
    let manager = NotifySocket(name)
    manager?.tell("READY=1")
    let socket = try #require(NotifyListener(name))
    let start = ContinuousClock.now
    for _ in 0..<10_000 { manager?.tell("WATCHDOG=1") }
    #expect(ContinuousClock.now - start < .seconds(30))
    #expect(socket.next(within: 5) == "WATCHDOG=1")
  }
}
