import Kernels
import Model
import Pixels
import TestData
import Testing

@Suite struct ResamplerTests {
  static let names = KernelSet.all.filter(\.isSupported).map(\.name)

  /// The golden tensors of TensorFlow: the resized picture, and what the network is given.
  @Test(
    .enabled(if: TestData.hasShared), arguments: ["pbc_t10.png", "pedsurv_t3.png"], names)
  func equalsTensorFlowBitForBit(name: String, instructions: String) throws {
    let golden = try GoldenArrays(npz: TestData.shared("golden/tf_pedestrian/raw_\(name).npz"))
    let expected = try golden.floats("Preprocessor__sub")
    let size = try pictureSize(ofPNG: TestData.shared("golden/frames/\(name)"))
    let home = TestHome(try rawPicture(of: TestData.shared("golden/frames/\(name)"), "rgb24"))
    var resampler = Resampler(contract(300, 300), kernels: try KernelSet.chosen(named: instructions))
    let found = try resampled(home.frame(size.width, size.height, .rgb24), by: &resampler, 300, 300)
    #expect(zip(found, expected).allSatisfy { $0.bitPattern == $1.bitPattern } && found.count == expected.count)
  }

  /// The formula of the contract written out, over both orders of normalisation and of channels.
  @Test(arguments: names) func equalsTheWrittenRule(instructions: String) throws {
    let kernels = try KernelSet.chosen(named: instructions)
    for (width, height, toWidth, toHeight) in [
      (1, 1, 3, 2), (5, 7, 5, 7), (17, 99, 6, 10), (40, 30, 97, 61), (64, 3, 4, 9), (3, 64, 9, 4),
    ] {
      let home = TestHome(noise(3 * width * height))
      for order in [Normalization.Order.beforeResize, .afterResize] {
        for channels in [ChannelOrder.rgb, .bgr] {
          var contract = contract(toWidth, toHeight)
          (contract.normalization.order, contract.channelOrder) = (order, channels)
          var resampler = Resampler(contract, kernels: kernels)
          let found = try resampled(home.frame(width, height, .rgb24), by: &resampler, toWidth, toHeight)
          let expected = plainly(home, width, height, contract)
          #expect(found == expected, "\(width)×\(height) → \(toWidth)×\(toHeight), \(order), \(channels)")
        }
      }
    }
  }

  /// torchvision's transform: the stored pixels of what its network is given, every eighth row and column.
  @Test(.enabled(if: TestData.hasShared), arguments: names) func equalsTorchvisionButForTheLastBit(
    instructions: String
  ) throws {
    let folder = "synth/torch/ssdlite320_mobilenet_v3_large/golden"
    let golden = try GoldenArrays(npz: TestData.shared("\(folder)/heads_vtest_t20.npz"), named: "torch_vtest_t20")
    let expected = try golden.floats("input_every_8th")
    let picture = TestData.shared("golden/frames/vtest_t20.png")
    let size = try pictureSize(ofPNG: picture)
    let home = TestHome(try rawPicture(of: picture, "rgb24"))
    var resampler = Resampler(centered(320, 320), kernels: try KernelSet.chosen(named: instructions))
    let found = try resampled(home.frame(size.width, size.height, .rgb24), by: &resampler, 320, 320)
    var worst: Float = 0
    for (index, value) in expected.enumerated() {
      let (channel, y, x) = (index / 1600, index / 40 % 40 * 8, index % 40 * 8)
      worst = max(worst, abs(found[3 * (320 * y + x) + channel] - value))
    }
    #expect(expected.count == 4800 && worst <= 5e-7)
  }

  /// Interpolation between centres in double, each of four pixels with its weight.
  @Test(arguments: names) func halfPixelCentersAreThoseOfTheFormula(instructions: String) throws {
    for (width, height, toWidth, toHeight) in [(1, 1, 3, 2), (5, 7, 5, 7), (17, 99, 6, 10), (40, 30, 97, 61)] {
      let home = TestHome(noise(3 * width * height))
      var resampler = Resampler(centered(toWidth, toHeight), kernels: try KernelSet.chosen(named: instructions))
      let found = try resampled(home.frame(width, height, .rgb24), by: &resampler, toWidth, toHeight)
      var worst = 0.0
      for (index, value) in found.enumerated() {
        func taps(_ place: Int, _ source: Int, _ target: Int) -> [(place: Int, weight: Double)] {
          let position = max((Double(place) + 0.5) * Double(source) / Double(target) - 0.5, 0)
          let low = min(Int(position), source - 1)
          return [(low, 1 - (position - Double(low))), (min(low + 1, source - 1), position - Double(low))]
        }
        var sum = 0.0
        for row in taps(index / 3 / toWidth, height, toHeight) {
          for column in taps(index / 3 % toWidth, width, toWidth) {
            let pixel = home.bytes[3 * (row.place * width + column.place) + index % 3]
            sum += row.weight * column.weight * (Double(pixel) / 127.5 - 1)
          }
        }
        worst = max(worst, abs(sum - Double(value)))
      }
      #expect(worst <= 2e-5, "\(width)×\(height) → \(toWidth)×\(toHeight)")
    }
  }

  @Test func framesMayChangeSizeAndFormat() throws {
    let kernels = KernelSet.fastest
    var used = Resampler(contract(9, 8), kernels: kernels)
    for (width, height, format) in [(40, 20, PixelFormat.yuv420p), (7, 5, .gray8), (64, 64, .uyvy), (40, 20, .nv12)] {
      let home = TestHome(noise(4 * width * height))
      var fresh = Resampler(contract(9, 8), kernels: kernels)
      #expect(
        try resampled(home.frame(width, height, format), by: &used, 9, 8)
          == resampled(home.frame(width, height, format), by: &fresh, 9, 8))
    }
  }

  @Test func whatLiesBetweenTheRowsIsLeftAlone() throws {
    var resampler = Resampler(contract(5, 4), kernels: KernelSet.fastest)
    var floats = [Float](repeating: 7, count: 4 * 21)
    try floats.withUnsafeMutableBufferPointer { buffer throws(PictureError) in
      try resampler.resample(
        TestHome(noise(300)).frame(10, 10, .rgb24), to: buffer.baseAddress! + 3, rowStride: 21)
    }
    for row in 0..<4 {
      let line = floats[row * 21..<row * 21 + 21]
      #expect(line.prefix(3).allSatisfy { $0 == 7 } && line.suffix(3).allSatisfy { $0 == 7 })
      #expect(line.dropFirst(3).prefix(15).allSatisfy { abs($0) <= 1 })
    }
  }

  @Test func aSizeOutOfRangeIsAnError() {
    var resampler = Resampler(contract(5, 4), kernels: KernelSet.fastest)
    var floats = [Float](repeating: 0, count: 60)
    #expect(throws: PictureError.self) {
      try floats.withUnsafeMutableBufferPointer { buffer throws(PictureError) in
        try resampler.resample(TestHome([]).frame(0, 10, .gray8), to: buffer.baseAddress!, rowStride: 15)
      }
    }
  }

  private func contract(_ width: Int, _ height: Int) -> InputContract {
    InputContract(
      width: width, height: height, channelOrder: .rgb, resize: .tensorFlowLegacy,
      normalization: Normalization(scale: Float(bitPattern: 0x3C00_8081), offset: -1, order: .afterResize))
  }

  private func centered(_ width: Int, _ height: Int) -> InputContract {
    InputContract(
      width: width, height: height, channelOrder: .rgb, resize: .halfPixelCenters,
      normalization: Normalization(scale: 2 / 255, offset: -1, order: .beforeResize))
  }

  private func resampled(
    _ frame: borrowing Frame, by resampler: inout Resampler, _ width: Int, _ height: Int
  ) throws -> [Float] {
    let floats = UnsafeMutableBufferPointer<Float>.allocate(capacity: 3 * width * height)
    defer { floats.deallocate() }
    floats.initialize(repeating: .nan)
    try resampler.resample(frame, to: floats.baseAddress!, rowStride: 3 * width)
    return Array(floats)
  }

  /// The resize of an RGB picture, pixel by pixel.
  private func plainly(_ home: TestHome, _ width: Int, _ height: Int, _ contract: InputContract) -> [Float] {
    let normalization = contract.normalization
    func normalized(_ value: Float, when order: Normalization.Order) -> Float {
      normalization.order == order ? value * normalization.scale + normalization.offset : value
    }
    var result: [Float] = []
    for y in 0..<contract.height {
      let sourceY = Float(y) * (Float(height) / Float(contract.height))
      let (top, bottom) = (Int(sourceY), min(Int(sourceY.rounded(.up)), height - 1))
      for x in 0..<contract.width {
        let sourceX = Float(x) * (Float(width) / Float(contract.width))
        let (left, right) = (Int(sourceX), min(Int(sourceX.rounded(.up)), width - 1))
        for channel in 0..<3 {
          let component = contract.channelOrder == .rgb ? channel : 2 - channel
          func sample(_ x: Int, _ y: Int) -> Float {
            normalized(Float(home.bytes[3 * (y * width + x) + component]), when: .beforeResize)
          }
          let (alongX, alongY) = (sourceX - sourceX.rounded(.down), sourceY - sourceY.rounded(.down))
          let upper = sample(left, top) + (sample(right, top) - sample(left, top)) * alongX
          let lower = sample(left, bottom) + (sample(right, bottom) - sample(left, bottom)) * alongX
          result.append(normalized(upper + (lower - upper) * alongY, when: .afterResize))
        }
      }
    }
    return result
  }
}
