import Capture
import Testing

@Suite struct CameraChoiceTests {
  /// What a usual USB camera offers.
  private static let usual: [CameraChoice] = [
    choice(.mjpg, 640, 480, 30), choice(.mjpg, 1280, 720, 30), choice(.mjpg, 1920, 1080, 30),
    choice(.yuyv, 320, 240, 30), choice(.yuyv, 640, 480, 30), choice(.yuyv, 1280, 720, 10),
    choice(.yuyv, 1920, 1080, 5), choice(.h264, 1280, 720, 30),
  ]

  private static func choice(
    _ format: CameraFormat, _ width: Int, _ height: Int, _ fastest: Double?, isMade: Bool = false
  ) -> CameraChoice {
    CameraChoice(format: format, isMade: isMade, width: width, height: height, fastest: fastest)
  }

  private func best(
    _ choices: [CameraChoice] = usual, _ width: Int? = nil, _ height: Int? = nil, rate: Double? = nil,
    format: CameraFormat? = nil
  ) -> CameraChoice? {
    .best(of: choices, for: CameraSettings(width: width, height: height, rate: rate, format: format))
  }

  @Test func rawComesBeforeCompressedWhereBothReachTheRate() {
    #expect(best() == Self.choice(.yuyv, 640, 480, 30))
    #expect(best(rate: 15)?.format == .yuyv)
  }

  @Test func compressedAtFullRateComesBeforeRawAtFive() {
    #expect(best(Self.usual, 1920, 1080) == Self.choice(.mjpg, 1920, 1080, 30))
    #expect(best(Self.usual, 1280, 720)?.format == .mjpg, "its decoder holds no picture back, before H.264's")
    #expect(best(Self.usual, 1280, 720, rate: 10)?.format == .yuyv)
  }

  @Test func whereNothingReachesTheRateTheFastestIsTaken() {
    let slow = [Self.choice(.yuyv, 640, 480, 10), Self.choice(.mjpg, 640, 480, 20)]
    #expect(best(slow)?.format == .mjpg)
    #expect(best(slow, rate: 10)?.format == .yuyv)
  }

  @Test func aSizeThatIsNotThereIsTheSmallestThatHoldsItElseTheLargest() {
    #expect(best(Self.usual, 800, 600)?.width == 1280)
    #expect(best(Self.usual, 3840, 2160)?.width == 1920)
    #expect(best(Self.usual, 10, 10)?.width == 320)
  }

  @Test func aRateAloneGoesBeforeTheUsualSize() {
    let fast = [Self.choice(.yuyv, 640, 480, 30), Self.choice(.yuyv, 320, 240, 120)]
    #expect(best(fast)?.width == 640)
    #expect(best(fast, rate: 100)?.width == 320)
    #expect(best(fast, 640, 480, rate: 100)?.width == 640)
    #expect(best(fast, rate: 1000)?.width == 640)
  }

  @Test func aFormatThatIsAskedForIsTaken() {
    #expect(best(Self.usual, format: .mjpg) == Self.choice(.mjpg, 640, 480, 30))
    #expect(best(Self.usual, format: .nv12) == nil)
    #expect(best([]) == nil)
  }

  @Test func grayAndWhatLibv4lMakesComeLast() {
    let both = [Self.choice(.grey, 640, 480, 30), Self.choice(.mjpg, 640, 480, 30)]
    #expect(best(both)?.format == .mjpg)
    #expect(best([Self.choice(.yu12, 640, 480, 30, isMade: true)] + both)?.isMade == false)
    #expect(best([Self.choice(.grey, 640, 480, 5), Self.choice(.yu12, 640, 480, 30, isMade: true)])?.isMade == true)
  }

  @Test func aDriverThatNamesNoRatesIsTrusted() {
    #expect(best([Self.choice(.yuyv, 640, 480, nil), Self.choice(.mjpg, 640, 480, 30)])?.format == .yuyv)
    #expect(best([Self.choice(.yuyv, 640, 480, 29.97), Self.choice(.mjpg, 640, 480, 30)])?.format == .yuyv)
  }
}
