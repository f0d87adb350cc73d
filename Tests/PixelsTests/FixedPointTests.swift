import Kernels
import Model
import Pixels
import Testing

/// OpenCV's resize of bytes.
@Suite struct FixedPointTests {
  /// By the formula with whole numbers, for one channel of a picture whose rows are alike but for a slope.
  private func expected(
    _ pixel: (Int, Int) -> Int, _ source: (width: Int, height: Int), _ x: Int, _ y: Int, in size: Int
  )
    -> Int
  {
    func tap(_ index: Int, _ count: Int, _ isAcross: Bool) -> (Int, Int, Int, Int) {
      let place = Float((Double(index) + 0.5) * (1 / (Double(size) / Double(count))) - 0.5)
      var (low, share) = (Int(place.rounded(.down)), place - place.rounded(.down))
      if isAcross, low < 0 { (low, share) = (0, 0) }
      if isAcross, low >= count - 1 { (low, share) = (count - 1, 0) }
      func weight(_ value: Float) -> Int { Int((value * 2048).rounded(.toNearestOrEven)) }
      return (min(max(low, 0), count - 1), min(max(low + 1, 0), count - 1), weight(1 - share), weight(share))
    }
    let (left, right, a, b) = tap(x, source.width, true)
    let (top, bottom, c, d) = tap(y, source.height, false)
    let upper = pixel(left, top) * a + pixel(right, top) * b
    let lower = pixel(left, bottom) * a + pixel(right, bottom) * b
    return (((c * (upper >> 4)) >> 16) + ((d * (lower >> 4)) >> 16) + 2) >> 2
  }

  @Test(arguments: [(31, 17), (8, 8), (1, 1), (5, 64), (16, 16)])
  func everyByteIsTheFormulas(size: (width: Int, height: Int)) throws {
    func pixel(_ x: Int, _ y: Int, _ channel: Int) -> Int { (x * 37 + y * 91 + channel * 50 + x * y) % 256 }
    var bytes: [UInt8] = []
    for y in 0..<size.height {
      for x in 0..<size.width { for channel in 0..<3 { bytes.append(UInt8(pixel(x, y, channel))) } }
    }
    let means: [Float] = [10, 20, 30]
    let contract = InputContract(
      width: 8, height: 8, channelOrder: .bgr, resize: .openCV,
      normalization: Normalization(channels: means.map { ChannelNormalization(mean: $0, scale: 0.5, offset: 1) }))
    for kernels in KernelSet.all where kernels.isSupported {
      var resampler = Resampler(contract, kernels: kernels)
      let values = UnsafeMutablePointer<Float>.allocate(capacity: 8 * 8 * 3)
      defer { values.deallocate() }
      let frame = TestHome(bytes).frame(size.width, size.height, .rgb24)
      try resampler.resample(frame, to: values, rowStride: 24)
      for y in 0..<8 {
        for x in 0..<8 {
          for channel in 0..<3 {
            let byte = expected({ pixel($0, $1, 2 - channel) }, size, x, y, in: 8)
            #expect(values[(y * 8 + x) * 3 + channel] == (Float(byte) - means[channel]) * 0.5 + 1)
          }
        }
      }
    }
  }
}
