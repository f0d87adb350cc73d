import Arguments
import Pixels
import Scene
import StreamApp
import Testing
import Tracking

/// Which frames are detected on.
@Suite struct PacerTests {
  /// Grey pictures with the numbers and times that a test wants.
  private final class Gray: FrameHome, @unchecked Sendable {
    private let bytes = UnsafeMutableRawPointer.allocate(byteCount: 64 * 48, alignment: 1)

    init(_ level: UInt8) { bytes.initializeMemory(as: UInt8.self, repeating: level, count: 64 * 48) }
    deinit { bytes.deallocate() }
    func takeBack(_ index: Int) {}

    func frame(_ number: Int, at time: Duration) -> Frame {
      Frame(
        width: 64, height: 48, format: .gray8,
        stamp: FrameStamp(number: number, time: FrameTime(sinceFirst: time)),
        planes: (Plane(start: bytes, stride: 64), nil, nil), home: self)
    }
  }

  private let dark = Gray(80)
  private let light = Gray(160)

  /// Returns the numbers of those that are detected on, of frames so many milliseconds apart.
  private func chosen(
    _ settings: PacingSettings, of numbers: some Sequence<Int>, interval: Double
  ) throws -> [Int] {
    var pacer = Pacer(settings)
    return try numbers.filter { number in
      try pacer.treatment(of: dark.frame(number, at: .milliseconds(Double(number) * interval))) == .detect
    }
  }

  @Test func withoutSettingsEachFrameIsDetectedOn() throws {
    #expect(try chosen(PacingSettings(), of: 0..<10, interval: 40) == Array(0..<10))
  }

  @Test func everyNthFrameIsCountedByItsNumber() throws {
    let third = PacingSettings(rhythm: .every(3))
    #expect(try chosen(third, of: 0..<10, interval: 40) == [0, 3, 6, 9])
    // Where frames were dropped, the one that is due is the first to come.
    #expect(try chosen(third, of: [2, 4, 6, 7, 8, 12, 13, 20], interval: 40) == [2, 6, 12, 20])
  }

  @Test(arguments: [(10.0, 100.0 / 3, 100), (5.0, 100.0 / 3, 50), (10.0, 40.0, 100), (1.0, 40.0, 10)])
  func aRateIsKeptInTheMean(rate: Double, interval: Double, count: Int) throws {
    let frames = Int(10_000 / interval)
    let chosen = try chosen(PacingSettings(rhythm: .rate(rate)), of: 0..<frames, interval: interval)
    #expect((count - 1...count + 1).contains(chosen.count))
  }

  @Test func aRateAboveThatOfTheFramesLeavesNoneOut() throws {
    #expect(try chosen(PacingSettings(rhythm: .rate(30)), of: 0..<100, interval: 40).count == 100)
    #expect(try chosen(PacingSettings(rhythm: .rate(25)), of: 0..<100, interval: 40).count == 100)
  }

  @Test func afterAGapNothingIsCaughtUp() throws {
    let numbers = Array(0..<10) + Array(1000..<1020)
    let chosen = try chosen(PacingSettings(rhythm: .rate(5)), of: numbers, interval: 40)
    #expect(chosen == [0, 5, 1000, 1005, 1010, 1015])
  }

  @Test func aStillSceneIsHeldAndLookedAtNowAndThen() throws {
    var pacer = Pacer(PacingSettings(motionThreshold: 4, settling: 3))
    var treatments: [Treatment] = []
    for number in 0..<60 {
      let picture = number < 20 ? dark : light
      treatments.append(try pacer.treatment(of: picture.frame(number, at: .milliseconds(200 * number))))
    }
    // Three at first, three where the picture changed, and three 5 s after the last of them.
    let detected = treatments.indices.filter { treatments[$0] == .detect }
    #expect(detected == [0, 1, 2, 20, 21, 22, 47, 48, 49])
    #expect(!treatments.contains(.coast))
  }

  @Test func whatMovesBetweenPacedDetectionsCoasts() throws {
    var pacer = Pacer(PacingSettings(rhythm: .every(3), motionThreshold: 4, settling: 1))
    var treatments: [Treatment] = []
    for (number, picture) in [dark, light, light, light, light, light, dark].enumerated() {
      treatments.append(try pacer.treatment(of: picture.frame(number, at: .milliseconds(40 * number))))
    }
    #expect(treatments == [.detect, .coast, .coast, .detect, .hold, .hold, .detect])
  }

  /// Returns how a run with `words` is paced.
  private func pacing(_ words: String...) throws -> PacingSettings {
    guard case .run(let values) = try Options.program.parse(["--input", "a.mp4"] + words) else {
      throw UsageError.rule("no run")
    }
    return try Settings(values).pacing
  }

  @Test func theCommandLineSaysHow() throws {
    #expect(try pacing() == PacingSettings())
    #expect(try pacing("--every", "4", "--track-min-hits", "5") == PacingSettings(rhythm: .every(4), settling: 6))
    #expect(try pacing("--max-rate", "2.5", "--motion").rhythm == .rate(2.5))
    #expect(try pacing("--motion").motionThreshold == 4)
    #expect(try pacing("--motion", "--motion-threshold", "8").motionThreshold == 8)
    #expect(throws: UsageError.self) { try pacing("--every", "2", "--max-rate", "5") }
    #expect(throws: UsageError.self) { try pacing("--motion-threshold", "8") }
    #expect(throws: UsageError.self) { try pacing("--every", "0") }
    #expect(throws: UsageError.self) { try pacing("--max-rate", "0") }
  }
}

/// What is reported of frames that are detected on and of those that are not.
@Suite struct FollowerTests {
  private let person = Detection(
    rect: PixelRect(left: 10, top: 10, right: 50, bottom: 110), score: 0.9, classID: 1)
  private let time = FrameTime(sinceFirst: .zero)

  @Test func betweenDetectionsObjectsArePredicted() throws {
    var follower = Follower(SortSettings(), labels: Labels([1: "person"]))
    let seen = follower.objects(of: [person], .detect, at: time)
    #expect(seen.map(\.isPredicted) == [false])
    for treatment in [Treatment.coast, .hold] {
      let expected = follower.objects(of: [], treatment, at: time)
      #expect(expected.map(\.isPredicted) == [true])
      #expect(expected.map(\.id) == [1] && expected.map(\.score) == [0.9] && expected.map(\.label) == ["person"])
      #expect(expected.map(\.rect) == seen.map(\.rect))
    }
  }

  @Test func withoutATrackerNothingIsKnownBetween() {
    var follower = Follower(nil, labels: Labels())
    #expect(follower.objects(of: [person], .detect, at: time).count == 1)
    #expect(follower.objects(of: [], .coast, at: time).isEmpty)
    #expect(follower.objects(of: [], .hold, at: time).isEmpty)
  }
}
