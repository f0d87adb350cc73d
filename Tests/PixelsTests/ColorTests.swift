import Foundation
import Kernels
import Pixels
import TestData
import Testing

@Suite struct ColorTests {
  let kernels = KernelSet.fastest

  /// One picture in every format: luma 81, chroma 90 and 240 is the classic red.
  @Test func redIsRedInEveryFormat() throws {
    let bytes: [(PixelFormat, [UInt8])] = [
      (.yuv420p, [81, 81, 81, 81, 90, 240]), (.nv12, [81, 81, 81, 81, 90, 240]),
      (.yuyv, [81, 90, 81, 240, 81, 90, 81, 240]), (.uyvy, [90, 81, 240, 81, 90, 81, 240, 81]),
      (.rgb24, [254, 0, 0, 254, 0, 0, 254, 0, 0, 254, 0, 0]), (.bgr24, [0, 0, 254, 0, 0, 254, 0, 0, 254, 0, 0, 254]),
    ]
    for (format, values) in bytes {
      let home = TestHome(values)
      #expect(
        try rgb24(of: home.frame(2, 2, format), kernels: kernels) == [254, 0, 0, 254, 0, 0, 254, 0, 0, 254, 0, 0],
        "\(format)")
      #expect(home.returns == 1)
    }
    #expect(try rgb24(of: TestHome([0, 77]).frame(2, 1, .gray8), kernels: kernels) == [0, 0, 0, 77, 77, 77])
  }

  /// nv12 and the planar form of the same samples, and 4:2:2 in both orders, are the same picture, odd sizes too.
  @Test func packedAndPlanarSamplesAreTheSamePicture() throws {
    for (width, height) in [(2, 2), (5, 3), (33, 7)] {
      let chroma = (width + 1) / 2 * ((height + 1) / 2)
      let planar = noise(width * height + 2 * chroma)
      let luma = planar.prefix(width * height)
      let pairs = (luma.count..<luma.count + chroma).flatMap { place in [planar[place], planar[place + chroma]] }
      #expect(
        try rgb24(of: TestHome(planar).frame(width, height, .yuv420p), kernels: kernels)
          == rgb24(of: TestHome(luma + pairs).frame(width, height, .nv12), kernels: kernels))
      let yuyv = noise((width + 1) / 2 * 4 * height)
      let uyvy = stride(from: 0, to: yuyv.count, by: 2).flatMap { [yuyv[$0 + 1], yuyv[$0]] }
      #expect(
        try rgb24(of: TestHome(yuyv).frame(width, height, .yuyv), kernels: kernels)
          == rgb24(of: TestHome(uyvy).frame(width, height, .uyvy), kernels: kernels))
    }
  }

  @Test func fullRangeKeepsGrays() throws {
    let coding = ColorCoding(matrix: .bt709, isFullRange: true)
    let frame = TestHome([0, 16, 235, 255, 128, 128]).frame(2, 2, .yuv420p, coding: coding)
    #expect(try rgb24(of: frame, kernels: kernels) == [0, 0, 0, 16, 16, 16, 235, 235, 235, 255, 255, 255])
  }

  @Test(arguments: [(0, 4), (4, 0), (16_385, 1), (-1, 2)]) func aSizeOutOfRangeIsAnError(width: Int, height: Int) {
    let frame = TestHome([]).frame(width, height, .gray8)
    let error = #expect(throws: PictureError.self) { try rgb24(of: frame, kernels: kernels) }
    #expect(error?.width == width && error?.description.contains("\(width)×\(height)") == true)
  }

  /// FFmpeg's scaler with the flags that the reference's detections were made with.
  @Test(.enabled(if: TestData.hasShared)) func aRealPictureIsWhatFFmpegMakesOfItToOneLevel() throws {
    let footage = TestData.shared("video/opencv/vtest.avi")
    let planar = try rawPicture(of: footage, "yuv420p")
    let scaled = try rawPicture(
      of: footage, "rgb24", options: ["-sws_flags", "bilinear+accurate_rnd+full_chroma_int"])
    let found = try rgb24(of: TestHome(planar).frame(768, 576, .yuv420p), kernels: kernels)
    try #require(found.count == scaled.count)
    let differences = zip(found, scaled).map { abs(Int($0) - Int($1)) }
    // In the very last row swscale weighs chroma by a rule of its own at the edge.
    let lastRow = 3 * 768
    #expect(differences.dropLast(lastRow).max()! <= 1)
    #expect(differences.suffix(lastRow).max()! <= 2)
    let share = Double(differences.count { $0 > 0 }) / Double(found.count)
    #expect(share < 0.006)
  }
}
