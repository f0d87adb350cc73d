import Pixels
import TestData
import Testing

@Suite struct MotionGateTests {
  /// A grey picture to move things in, with noise like a sensor's.
  private struct Scene {
    let width = 320
    let height = 240
    var pixels: [UInt8]
    private var numbers = SeededGenerator(seed: 7)

    init(level: UInt8 = 120) { pixels = Array(repeating: level, count: 320 * 240) }

    /// Makes the pixels of a rectangle brighter.
    mutating func light(_ x: Int, _ y: Int, _ width: Int, _ height: Int, by levels: UInt8) {
      for row in y..<y + height { for column in x..<x + width { pixels[row * self.width + column] += levels } }
    }

    /// The picture with noise of up to `strength` levels to either side.
    mutating func frame(strength: Int = 6, format: PixelFormat = .gray8) -> Frame {
      let noisy = pixels.map { UInt8(clamping: Int($0) + Int.random(in: -strength...strength, using: &numbers)) }
      switch format {
      case .yuyv: return TestHome(noisy.flatMap { [$0, 128] }).frame(width, height, format)
      case .rgb24: return TestHome(noisy.flatMap { [0, $0, 0] }).frame(width, height, format)
      case .yuv420p: return TestHome(noisy + Array(repeating: 128, count: noisy.count / 2)).frame(width, height, format)
      default: return TestHome(noisy).frame(width, height, format)
      }
    }
  }

  @Test func theFirstPictureDiffersAndSoDoesOneOfAnotherSize() throws {
    var gate = MotionGate(threshold: 4)
    let (small, large) = (TestHome(Array(repeating: 9, count: 12)), TestHome(Array(repeating: 9, count: 20)))
    #expect(try gate.differs(small.frame(4, 3, .gray8)))
    #expect(try gate.differs(small.frame(4, 3, .gray8)))
    gate.keep()
    #expect(try !gate.differs(small.frame(4, 3, .gray8)))
    #expect(try gate.differs(large.frame(5, 4, .gray8)))
    gate.keep()
    #expect(try !gate.differs(large.frame(5, 4, .gray8)))
  }

  @Test(arguments: [PixelFormat.gray8, .yuv420p, .yuyv, .rgb24])
  func noiseIsNoMotionAndASmallPersonIs(format: PixelFormat) throws {
    var (gate, scene) = (MotionGate(threshold: 4), Scene())
    #expect(try gate.differs(scene.frame(format: format)))
    gate.keep()
    for turn in 0..<20 / TestData.portion { #expect(try !gate.differs(scene.frame(format: format)), "turn \(turn)") }
    // Comes in from the left, two columns of it seen, then six.
    scene.light(0, 100, 6, 17, by: 40)
    #expect(try gate.differs(scene.frame(format: format)))
    gate.keep()
    #expect(try !gate.differs(scene.frame(format: format)))
  }

  /// What no step shows shows in the end, because the picture that was kept is the one to compare with.
  @Test func slowMotionAddsUp() throws {
    var (gate, scene) = (MotionGate(threshold: 4), Scene())
    _ = try gate.differs(scene.frame(strength: 1))
    gate.keep()
    var steps = 0
    while steps < 40, try !gate.differs(scene.frame(strength: 1)) {
      scene.light(100, 100, 16, 24, by: 1)
      steps += 1
    }
    #expect((3...8).contains(steps), "\(steps) levels")
  }

  /// Strong noise hides nothing that changes by more than it.
  @Test func strongNoiseIsNoMotion() throws {
    var (gate, scene) = (MotionGate(threshold: 1), Scene())
    _ = try gate.differs(scene.frame(strength: 15))
    gate.keep()
    #expect(try (0..<20).count { _ in try gate.differs(scene.frame(strength: 15)) } <= 1)
    scene.light(160, 100, 24, 48, by: 60)
    #expect(try gate.differs(scene.frame(strength: 15)))
  }

  @Test func aChangeOfTheWholePictureIsMotion() throws {
    var (gate, dark, light) = (MotionGate(threshold: 4), Scene(), Scene(level: 140))
    _ = try gate.differs(dark.frame())
    gate.keep()
    #expect(try gate.differs(light.frame()))
  }

  /// Pictures of any size are measured, down to the last pixel of their right and lower edges.
  @Test(arguments: [(1, 1), (7, 3), (8, 8), (9, 300), (333, 17), (61, 41)])
  func noEdgeIsLeftOut(width: Int, height: Int) throws {
    var gate = MotionGate(threshold: 0.5)
    let home = TestHome(Array(repeating: 100, count: width * height))
    _ = try gate.differs(home.frame(width, height, .gray8))
    gate.keep()
    #expect(try !gate.differs(home.frame(width, height, .gray8)))
    for row in max(height - 8, 0)..<height {
      for column in max(width - 8, 0)..<width { home.bytes[row * width + column] = 200 }
    }
    #expect(try gate.differs(home.frame(width, height, .gray8)))
  }

  @Test func aPictureWithoutPixelsIsRefused() {
    var gate = MotionGate(threshold: 4)
    #expect(throws: PictureError.self) { try gate.differs(TestHome([]).frame(0, 0, .gray8)) }
  }
}
