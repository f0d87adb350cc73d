import Kernels
import Model
import Pixels
import Testing

/// Pillow's resize of bytes with BILINEAR.
@Suite struct PillowTests {
  /// A size of picture, and the sum of all bytes of Pillow 13's 8×8 picture of it, each times its number from 1.
  struct Golden: Sendable {
    let width: Int
    let height: Int
    let sum: Int
  }

  @Test(arguments: [
    Golden(width: 31, height: 17, sum: 2_421_673), Golden(width: 8, height: 8, sum: 2_359_808),
    Golden(width: 1, height: 1, sum: 932_800), Golden(width: 64, height: 5, sum: 2_370_850),
    Golden(width: 16, height: 16, sum: 2_471_143), Golden(width: 300, height: 7, sum: 2_359_223),
  ])
  func everyByteIsPillows(golden: Golden) throws {
    var bytes: [UInt8] = []
    for y in 0..<golden.height {
      for x in 0..<golden.width {
        for channel in 0..<3 { bytes.append(UInt8((x * 37 + y * 91 + channel * 50 + x * y) % 256)) }
      }
    }
    for kernels in KernelSet.all where kernels.isSupported {
      for (mean, scale) in [(Float(0), Float(1)), (10, 0.5)] {
        let channel = ChannelNormalization(mean: mean, scale: scale, offset: 0)
        let contract = InputContract(
          width: 8, height: 8, channelOrder: .rgb, resize: .pillow,
          normalization: Normalization(channels: [channel, channel, channel]))
        var resampler = Resampler(contract, kernels: kernels)
        let values = UnsafeMutablePointer<Float>.allocate(capacity: 8 * 8 * 3)
        defer { values.deallocate() }
        let frame = TestHome(bytes).frame(golden.width, golden.height, .rgb24)
        try resampler.resample(frame, to: values, rowStride: 24)
        let sum = (0..<192).reduce(0) { $0 + ($1 + 1) * Int(values[$1] / scale + mean) }
        #expect(sum == golden.sum)
      }
    }
  }
}
