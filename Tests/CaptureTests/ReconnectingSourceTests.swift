import Capture
import Pixels
import Posix
import Scene
import Testing

/// A live source that goes away and comes back, from scripts instead of devices.
@Suite struct ReconnectingSourceTests {
  /// What one try to open the source gives.
  private enum Try: Sendable {
    /// So many pictures, of which the numbers in `lost` are missing, then a failure.
    case pictures(Int, lost: Set<Int> = [], sized: Int = 16)
    case refusal(String, isFinal: Bool = false)
    /// No picture, and an end without failure.
    case end
  }

  /// The tries, and what became of them.
  private final class Script: Sendable {
    private let state: Guarded<(tries: [Try], open: Int, said: [String])>
    let interrupt = Interrupt()

    init(_ tries: [Try]) { state = Guarded((tries, 0, [])) }

    var said: [String] { state.withLock { $0.said } }
    var open: Int { state.withLock { $0.open } }

    func close() { state.withLock { $0.open -= 1 } }

    /// Takes the next try; the last one interrupts who would go on.
    func next() throws(CaptureError) -> sending any FrameSource & ~Copyable {
      let step = state.withLock { $0.tries.isEmpty ? nil : $0.tries.removeFirst() }
      switch step {
      case .refusal(let reason, let isFinal): throw CaptureError(source: "cam", reason: reason, isFinal: isFinal)
      case .pictures(let count, let lost, let size):
        let openNow = state.withLock {
          $0.open += 1
          return $0.open
        }
        #expect(openNow == 1, "the one before is closed first")
        return Scripted(self, count, lost, size)
      case .end: return Scripted(self, nil, [], 16)
      case nil:
        interrupt.request()
        throw CaptureError(source: "cam", reason: "has no more tries")
      }
    }

    var door: ReconnectingSource.Door {
      ReconnectingSource.Door(
        name: "cam", say: { [self] line in state.withLock { $0.said.append(line) } },
        open: { [self] () throws(CaptureError) in try next() })
    }
  }

  /// One connection: numbers from 0, times 40 ms apart, no times of capture.
  private final class Held: FrameHome, @unchecked Sendable {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 32 * 32, alignment: 1)
    init() { bytes.initializeMemory(as: UInt8.self, repeating: 0, count: 32 * 32) }
    deinit { bytes.deallocate() }
    func takeBack(_ index: Int) {}
  }

  private struct Scripted: FrameSource, ~Copyable {
    let info: SourceInfo
    let trouble = SourceTrouble()
    private let script: Script
    /// Nil ends without a failure.
    private let count: Int?
    private let missing: Set<Int>
    private var number = 0
    private var lost = 0
    private let home = Held()

    init(_ script: Script, _ count: Int?, _ missing: Set<Int>, _ size: Int) {
      (self.script, self.count, self.missing) = (script, count, missing)
      info = SourceInfo(name: "cam", isLive: true, width: size, height: size)
    }

    deinit { if count != nil { script.close() } }

    mutating func next() throws(CaptureError) -> Frame? {
      guard let count else { return nil }
      while missing.contains(number) {
        number += 1
        lost += 1
        trouble.count(.missing)
      }
      guard number < count else { throw CaptureError(source: "cam", reason: "was unplugged") }
      defer { number += 1 }
      return Frame(
        width: info.width ?? 0, height: info.height ?? 0, format: .gray8,
        stamp: FrameStamp(
          number: number, lostSoFar: lost, time: FrameTime(sinceFirst: .milliseconds(40 * number))),
        planes: (Plane(start: home.bytes, stride: 32), nil, nil), home: home)
    }
  }

  /// Returns the stamps of all pictures of `source`.
  private func stamps(_ source: consuming ReconnectingSource) throws -> [FrameStamp] { try all(source).stamps }

  /// Returns the stamps of all pictures of `source`, and what went wrong.
  private func all(_ source: consuming ReconnectingSource) throws -> (
    stamps: [FrameStamp], account: SourceTrouble.Account
  ) {
    var stamps: [FrameStamp] = []
    while let frame = try source.next() { stamps.append(frame.stamp) }
    return (stamps, source.trouble.account)
  }

  private let soon = ReconnectPolicy.every(.milliseconds(1))

  @Test func numbersTimesAndLossesGoOn() throws {
    let script = Script([.pictures(3), .refusal("no such camera"), .pictures(4, lost: [1, 2]), .pictures(2), .end])
    let source = try ReconnectingSource(opening: script.door, policy: soon, interrupt: script.interrupt)
    let (stamps, account) = try all(source)
    #expect(stamps.map(\.number) == [0, 1, 2, 3, 6, 7, 8])
    #expect(stamps.map(\.lostSoFar) == [0, 0, 0, 0, 2, 2, 2])
    let times = stamps.map(\.time.sinceFirst)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
    #expect(times[2] == .milliseconds(80) && times[6] - times[5] == .milliseconds(40))
    #expect(account[.disconnected] == 3 && account[.missing] == 2)
    #expect(script.open == 0)
  }

  @Test func itIsToldOnceThatItIsAwayAndThatItIsBack() throws {
    let script = Script([
      .pictures(1), .refusal("no such camera"), .refusal("no such camera"), .refusal("permission denied"),
      .pictures(1, sized: 32), .pictures(1), .end,
    ])
    _ = try stamps(ReconnectingSource(opening: script.door, policy: soon, interrupt: script.interrupt))
    #expect(
      script.said == [
        "cam: was unplugged; waiting for it", "cam: no such camera; waiting for it",
        "cam: permission denied; waiting for it", "cam: is back after 0.0 s, now 32x32",
        "cam: was unplugged; waiting for it", "cam: is back after 0.0 s, now 16x16",
        "cam: was unplugged; waiting for it",
      ])
  }

  /// A connection that gives no picture is none: what was told of the source stays true.
  @Test func itIsBackWithItsFirstPicture() throws {
    let script = Script([.pictures(1), .pictures(0), .refusal("no such camera"), .pictures(0), .pictures(1), .end])
    let (_, account) = try all(
      ReconnectingSource(opening: script.door, policy: soon, interrupt: script.interrupt))
    #expect(
      script.said == [
        "cam: was unplugged; waiting for it", "cam: no such camera; waiting for it",
        "cam: was unplugged; waiting for it", "cam: is back after 0.0 s", "cam: was unplugged; waiting for it",
      ])
    #expect(account[.disconnected] == 4)
  }

  @Test func neverMeansThatTheFailureEndsIt() throws {
    let script = Script([.pictures(2), .pictures(2)])
    var source = try ReconnectingSource(opening: script.door, policy: .never, interrupt: script.interrupt)
    for _ in 0..<2 { _ = try source.next() }
    let error = #expect(throws: CaptureError.self) { _ = try source.next() }
    #expect(error?.reason == "was unplugged" && script.said.isEmpty)
  }

  @Test func whatCannotBeOpenedAtFirstIsAnError() {
    let script = Script([.refusal("no such camera"), .pictures(1)])
    #expect(throws: CaptureError.self) {
      _ = try ReconnectingSource(opening: script.door, policy: soon, interrupt: script.interrupt)
    }
  }

  @Test func beforeItWasEverThereAFinalErrorEndsIt() throws {
    let away = Script([.refusal("no such camera"), .pictures(2), .refusal("cannot be", isFinal: true), .end])
    let late = ReconnectingSource(later: away.door, policy: soon, interrupt: away.interrupt)
    #expect(late.info.width == nil)
    #expect(try stamps(late).count == 2)
    let impossible = Script([.refusal("has no such format", isFinal: true), .pictures(2)])
    var source = ReconnectingSource(later: impossible.door, policy: soon, interrupt: impossible.interrupt)
    #expect(throws: CaptureError.self) { _ = try source.next() }
  }

  @Test func anInterruptEndsTheWaiting() throws {
    let script = Script([.pictures(1), .refusal("no such camera")])
    var source = try ReconnectingSource(
      opening: script.door, policy: .every(.seconds(3600)), interrupt: script.interrupt)
    _ = try source.next()
    let waker = try Thread { [script] in
      while script.said.isEmpty {}
      script.interrupt.request()
    }
    let isThere = try source.next() != nil
    #expect(!isThere)
    waker.join()
  }

  @Test func whatReturnsIsTriedAtOnce() throws {
    let script = Script([.pictures(1), .pictures(1), .end])
    let looks = Guarded(0)
    let door = ReconnectingSource.Door(
      name: "cam",
      isThere: {
        looks.withLock {
          $0 += 1
          return $0.isMultiple(of: 2)
        }
      }, say: { _ in }, open: { () throws(CaptureError) in try script.next() })
    // Else the test would take two hours.
    let source = try ReconnectingSource(opening: door, policy: .every(.seconds(3600)), interrupt: script.interrupt)
    #expect(try stamps(source).map(\.number) == [0, 1])
  }

  @Test func waitsDoubleUpToHalfAMinuteAndTremble() {
    let waits = (0..<8).map { ReconnectPolicy.backingOff.wait(beforeTry: $0, chance: 0.5) }
    #expect(waits == [1, 2, 4, 8, 16, 30, 30, 30].map { .seconds($0) })
    for number in [0, 3, 100, Int.max] {
      let middle = ReconnectPolicy.backingOff.wait(beforeTry: number, chance: 0.5) ?? .zero
      #expect(ReconnectPolicy.backingOff.wait(beforeTry: number, chance: 0) == middle * 0.75)
      #expect(ReconnectPolicy.backingOff.wait(beforeTry: number, chance: 1) == middle * 1.25)
    }
    #expect(ReconnectPolicy.never.wait(beforeTry: 0, chance: 0.5) == nil)
    #expect(ReconnectPolicy.every(.seconds(3)).wait(beforeTry: 9, chance: 0) == .seconds(3))
  }
}
