import KernelCalls
import Kernels
import TestData
import Testing

/// The kernels of 8-bit numbers: every set gives the plain one's bytes, and writes nothing else.
@Suite struct ByteKernelTests {
  /// The sets that this CPU can run, but for the reference.
  static let fast = IntegerKernels.all.filter { $0.isSupported && $0.name != "reference" }.map(\.name)

  private static func kernels(_ name: String) throws -> IntegerKernels {
    try #require(IntegerKernels.all.first { $0.name == name })
  }

  /// Two roundings are not one: 6 · 0.375 is 2.25, but 4.5 becomes 5 first, and 2.5 then 3.
  @Test func theReferenceRoundsTwice() {
    let sums: [Int32] = [6, -6, 2, -2, 0, 1 << 20, -1 << 20]
    let scalings = Scalings(Array(repeating: ChannelScale(mantissa: 3 << 29, exponent: -1), count: 7), zero: 128)
    let found = scaled(sums, scalings, by: .reference)
    #expect(Array(found[64..<71]) == [131, 126, 129, 127, 128, 255, 0])
  }

  /// Returns 16 bytes of `sums` for each of six pixels, of which five are one product, between their fences.
  private func scaled(_ sums: [Int32], _ scalings: Scalings, by kernels: IntegerKernels) -> [UInt8] {
    let tile = UnsafeMutablePointer<Int32>.allocate(capacity: ByteProduct.sumsCount)
    let (weights, input) = (UnsafeMutablePointer<Int8>.allocate(capacity: 64), Guarded16(Array(repeating: 0, count: 6)))
    weights.update(repeating: 0, count: 64)
    defer {
      tile.deallocate()
      weights.deallocate()
    }
    let output = Guarded16(count: 96)
    (sums + Array(repeating: 0, count: 16)).withUnsafeBufferPointer { bias in
      for pixels in [0..<5, 5..<6] {
        kernels.multiply(
          ByteProduct(
            input: input.start, inputStride: 1, depth: 1, output: output.start, outputStride: 16, channels: sums.count,
            weights: weights, bias: bias.baseAddress!, requantization: scalings.rule, pixels: pixels, panels: 0..<1,
            sums: tile))
      }
    }
    return output.all
  }

  @Test(arguments: fast) func productsAreTheReferences(name: String) throws {
    let kernels = try Self.kernels(name)
    var numbers = SeededGenerator(seed: 7)
    for (pixels, depth, channels) in [
      (1, 1, 1), (2, 3, 5), (13, 4, 16), (14, 5, 17), (15, 27, 24), (29, 64, 31), (31, 33, 48), (43, 130, 33),
      (100, 16, 12), (3, 700, 91), (57, 24, 64),
    ] {
      for (weightZero, isExtreme) in [(Int32(0), false), (23, false), (-128, true), (0, true)] {
        let input = Guarded16((0..<pixels * depth).map { _ in byte(&numbers, isExtreme) })
        let weights = (0..<depth * channels).map { _ in Int8(bitPattern: byte(&numbers, isExtreme)) }
        let packed = UnsafeMutablePointer<Int8>.allocate(capacity: packedByteCount(depth: depth, outputs: channels))
        let bias = UnsafeMutablePointer<Int32>.allocate(capacity: padded(channels))
        let sums = UnsafeMutablePointer<Int32>.allocate(capacity: pixels)
        let tile = UnsafeMutablePointer<Int32>.allocate(capacity: ByteProduct.sumsCount)
        defer {
          packed.deallocate()
          bias.deallocate()
          sums.deallocate()
          tile.deallocate()
        }
        packBytes(weights, depth: depth, outputs: channels, into: packed)
        for channel in 0..<padded(channels) { bias[channel] = Int32.random(in: -100_000...100_000, using: &numbers) }
        sumPixels(input.start, stride: depth, depth: depth, pixels: 0..<pixels, into: sums)
        for pixel in 0..<pixels {
          let sum = (0..<depth).reduce(0) { $0 + Int(input.start[pixel * depth + $1]) }
          #expect(sums[pixel] == Int32(sum))
        }
        let scalings = weightZero == 0 ? Scalings.rising(channels, &numbers) : .random(channels, &numbers)
        let results = [kernels, .reference].map { set in
          let output = Guarded16(count: pixels * (channels + 3))
          set.multiply(
            ByteProduct(
              input: input.start, inputStride: depth, depth: depth, output: output.start,
              outputStride: channels + 3, channels: channels, weights: packed, bias: bias, weightZero: weightZero,
              pixelSums: weightZero == 0 ? nil : UnsafePointer(sums), requantization: scalings.rule,
              pixels: 0..<pixels, panels: 0..<padded(channels) / panelWidth, sums: tile))
          return output
        }
        #expect(results[0].all == results[1].all, "\(pixels)×\(depth)→\(channels), \(weightZero)")
      }
    }
  }

  static let windows = [
    KernelWindow(side: 3, stride: 1, padding: 1), KernelWindow(side: 3, stride: 1, padding: 0),
    KernelWindow(side: 3, stride: 2, padding: 0), KernelWindow(side: 3, stride: 2, padding: 1),
    KernelWindow(height: 3, width: 3, rowStride: 1, columnStride: 2, top: 0, left: 1),
    KernelWindow(height: 3, width: 3, top: 4, left: 4), KernelWindow(side: 5, stride: 2, padding: 1),
    KernelWindow(side: 3, stride: 3, padding: 1), KernelWindow(side: 1, stride: 1, padding: 0),
    KernelWindow(height: 3, width: 3, rowDilation: 2, columnDilation: 2, top: 2, left: 2),
    KernelWindow(height: 3, width: 3, rowDilation: 2, columnDilation: 1, top: 2, left: 1),
    KernelWindow(
      height: 2, width: 7, rowStride: 2, columnStride: 3, rowDilation: 3, columnDilation: 2, top: 1, left: 5),
  ]

  @Test(arguments: fast, windows) func depthwiseConvolutionsAreTheReferences(name: String, window: KernelWindow) throws
  {
    let kernels = try Self.kernels(name)
    var numbers = SeededGenerator(seed: 11)
    for (width, height) in [(1, 1), (2, 3), (3, 3), (4, 1), (7, 6), (10, 3), (21, 5)] {
      for (channels, further, zero, isExtreme) in [
        (16, 0, Int32(0), true), (5, 1, 255, true), (40, 0, 100, false), (32, 0, 255, false), (7, 2, 1, false),
      ] {
        let outputWidth = (width - 1) / window.columnStride + 1 + further
        let outputHeight = (height - 1) / window.rowStride + 1 + further
        let input = Guarded16((0..<width * height * channels).map { _ in byte(&numbers, isExtreme) })
        let weights = (0..<window.taps * channels).map { _ in Int8(bitPattern: byte(&numbers, isExtreme)) }
        let packed = UnsafeMutablePointer<Int32>.allocate(capacity: window.taps * padded(channels))
        let bias = UnsafeMutablePointer<Int32>.allocate(capacity: padded(channels))
        defer {
          packed.deallocate()
          bias.deallocate()
        }
        packByteTaps(weights, zero: isExtreme ? 127 : 0, taps: window.taps, channels: channels, into: packed)
        for channel in 0..<padded(channels) { bias[channel] = Int32.random(in: -100_000...100_000, using: &numbers) }
        let scalings = channels == 40 ? Scalings.random(channels, &numbers) : .rising(channels, &numbers)
        let results = [kernels, .reference].map { set in
          let output = Guarded16(count: outputWidth * outputHeight * channels)
          set.convolve(
            ByteDepthwise(
              input: input.start, inputWidth: width, inputHeight: height, inputZero: zero, output: output.start,
              outputWidth: outputWidth, channels: channels, rows: 0..<outputHeight, weights: packed,
              hasByteWeights: !isExtreme, bias: bias, window: window, requantization: scalings.rule))
          return output
        }
        #expect(results[0].all == results[1].all, "\(width)×\(height)×\(channels)")
      }
    }
  }

  @Test(arguments: fast, [false, true]) func sumsAreTheReferences(name: String, isUsual: Bool) throws {
    let kernels = try Self.kernels(name)
    var numbers = SeededGenerator(seed: 13)
    for count in [1, 7, 8, 15, 16, 17, 100, 1000, 5000] {
      let (left, right) = (
        Guarded16((0..<count).map { _ in byte(&numbers, count < 50) }),
        Guarded16((0..<count).map { _ in byte(&numbers, false) })
      )
      // Files have factors of operands below 1, and of results about 2⁻¹⁹.
      var scales = (0..<2).map { _ in Scalings.uniform(&numbers, isUsual ? -3...0 : -18...0) }
      scales.append(.uniform(&numbers, isUsual ? -19 ... -16 : -18...0))
      // The larger scale of the two is half of the common one.
      let half = Scalings(Array(repeating: ChannelScale(mantissa: 1 << 30, exponent: 0), count: 16), zero: 0)
      if count % 3 < 2 { scales[count % 3] = half }
      let results = [kernels, .reference].map { set in
        let output = Guarded16(count: count)
        set.add(
          ByteSum(
            left: left.start, right: right.start, output: output.start, count: count, leftZero: 3, rightZero: 250,
            leftScaling: scales[0].rule.scaling, rightScaling: scales[1].rule.scaling, requantization: scales[2].rule))
        return output
      }
      #expect(results[0].all == results[1].all, "\(count)")
    }
  }

  /// Floats find most results; those about a half are decided in integers.
  @Test(arguments: fast) func resultsTurnAtTheReferencesSums(name: String) throws {
    let kernels = try Self.kernels(name)
    var numbers = SeededGenerator(seed: 17)
    for exponent in -16...0 {
      let scale = ChannelScale(mantissa: .random(in: 1 << 30...Int32.max, using: &numbers), exponent: exponent)
      let zero = Int32.random(in: 60...200, using: &numbers)
      for floor in [0, zero] {
        let scalings = Scalings(Array(repeating: scale, count: 16), zero: zero, range: floor...255)
        for first in stride(from: -zero, to: 256 - zero, by: 4) {
          // The sums on both sides of where four results end.
          let sums = (first..<first + 4).flatMap { result -> [Int32] in
            let turn = (Double(result) + 0.5) / (Double(scale.mantissa) / 0x1p31) * Double(1 << -exponent)
            return (-1...2).map { Int32(turn.rounded(.down)) + $0 }
          }
          let isSame = scaled(sums, scalings, by: kernels) == scaled(sums, scalings, by: .reference)
          if !isSame { Issue.record("\(scale) of \(sums) from \(floor)") }
        }
      }
    }
  }

  @Test(arguments: fast) func numbersOfRealOnesAreTheReferences(name: String) throws {
    let kernels = try Self.kernels(name)
    var numbers = SeededGenerator(seed: 19)
    for scale: Float in [1, 1 / 127.5, 0.0235, 3, 0x1p-120, 0x1p120, .leastNonzeroMagnitude] {
      // On and about halves, and what no byte stands for.
      let halves = (-300..<300).flatMap { half -> [Float] in
        let value = (Float(half) + 0.5) * scale
        return [value, value.nextUp, value.nextDown]
      }
      let others = (0..<500).map { _ in Float.random(in: -200...200, using: &numbers) * scale }
      let input = halves + others + [0, -0, .infinity, -.infinity, .nan, 1e30, -1e30, .greatestFiniteMagnitude]
      for count in [input.count, 3] {
        let results = [kernels, .reference].map { set in
          let output = Guarded16(count: input.count)
          input.withUnsafeBufferPointer {
            set.quantize(
              ByteRounding(input: $0.baseAddress!, output: output.start, count: count, scale: scale, zero: 128))
          }
          return output
        }
        #expect(results[0].all == results[1].all, "\(scale)")
      }
    }
  }

  /// Every kind of factor, on sums at the ends of their range and where halves are decided.
  @Test(arguments: fast) func scalingIsTheReferencesOnAllEnds(name: String) throws {
    let kernels = try Self.kernels(name)
    let mantissas: [Int32] = [0, 1 << 30, 1 << 30 + 1, 3 << 29, .max - 1, .max, 1_518_500_250]
    let ends: [Int32] = [.min, .min + 1, .max, .max - 1, 0, 1, -1, 2, -2, 3, -3, 1 << 30, -(1 << 30)]
    for mantissa in mantissas {
      for exponent in -31...30 {
        // A factor of 0 has no exponent.
        let scale = ChannelScale(mantissa: mantissa, exponent: mantissa == 0 ? 0 : exponent)
        for shift in [0, 7, 14, 22, 29] {
          var sums = ends + ends.map { $0 &>> Int32(shift) }
          if exponent < 0 { sums += (-8...8).map { Int32(truncatingIfNeeded: $0 << (-exponent - 1)) } }
          while !sums.count.isMultiple(of: 16) { sums.append(5) }
          for first in stride(from: 0, to: sums.count, by: 16) {
            let part = Array(sums[first..<first + 16])
            // Below the zero too, or not.
            for floor in [0, 100] as [Int32] {
              let scalings = Scalings(Array(repeating: scale, count: 16), zero: 100, range: floor...250)
              let isSame = scaled(part, scalings, by: kernels) == scaled(part, scalings, by: .reference)
              if !isSame { Issue.record("\(mantissa) · 2^\(exponent) of \(part) from \(floor)") }
            }
          }
        }
      }
    }
  }
}

/// A byte, or one of the ends.
private func byte(_ numbers: inout SeededGenerator, _ isExtreme: Bool) -> UInt8 {
  isExtreme
    ? [0, 1, 127, 128, 254, 255][Int.random(in: 0..<6, using: &numbers)] : UInt8.random(in: 0...255, using: &numbers)
}

/// Bytes between fences that nobody may write.
private final class Guarded16 {
  private let memory: UnsafeMutablePointer<UInt8>
  private let count: Int
  var start: UnsafeMutablePointer<UInt8> { memory + 64 }

  init(_ values: [UInt8]) {
    count = values.count
    memory = .allocate(capacity: count + 128)
    memory.initialize(repeating: 0xA5, count: count + 128)
    start.update(from: values, count: count)
  }

  /// Canaries.
  convenience init(count: Int) { self.init([UInt8](repeating: 0xA5, count: count)) }

  deinit { memory.deallocate() }

  /// The bytes with their fences.
  var all: [UInt8] { Array(UnsafeBufferPointer(start: memory, count: count + 128)) }
}

/// Packed factors.
private final class Scalings {
  private let memory: UnsafeMutableRawPointer
  private let zero: Int32
  private let range: ClosedRange<Int32>

  init(_ scales: [ChannelScale], zero: Int32, range: ClosedRange<Int32> = 0...255) {
    (self.zero, self.range) = (zero, range)
    memory = .allocate(byteCount: padded(scales.count) / panelWidth * Requantization.bytesPerPanel, alignment: 64)
    packScaling(scales, into: memory)
  }

  deinit { memory.deallocate() }

  static func random(_ channels: Int, _ numbers: inout SeededGenerator, most: Int = 2) -> Scalings {
    let scales = (0..<channels).map { _ in
      ChannelScale(
        mantissa: Int32.random(in: 1 << 30...Int32.max, using: &numbers),
        exponent: Int.random(in: -18...most, using: &numbers))
    }
    let floor = Int32.random(in: 0...100, using: &numbers)
    return Scalings(
      scales, zero: Int32.random(in: 0...255, using: &numbers),
      range: floor...Int32.random(in: 200...255, using: &numbers))
  }

  /// Factors below a half, of results that end at their zero or above.
  static func rising(_ channels: Int, _ numbers: inout SeededGenerator) -> Scalings {
    let scales = (0..<channels).map { _ in
      ChannelScale(
        mantissa: Int32.random(in: 1 << 30...Int32.max, using: &numbers),
        exponent: Int.random(in: -18 ... -1, using: &numbers))
    }
    let zero = Int32.random(in: 0...100, using: &numbers)
    return Scalings(scales, zero: zero, range: zero + Int32.random(in: 0...9, using: &numbers)...250)
  }

  /// One factor for all 16 channels.
  static func uniform(_ numbers: inout SeededGenerator, _ exponents: ClosedRange<Int>) -> Scalings {
    let scale = ChannelScale(
      mantissa: Int32.random(in: 1 << 30...Int32.max, using: &numbers),
      exponent: Int.random(in: exponents, using: &numbers))
    return Scalings(Array(repeating: scale, count: 16), zero: Int32.random(in: 0...255, using: &numbers))
  }

  var rule: Requantization {
    Requantization(scaling: UnsafeRawPointer(memory), zero: zero, floor: range.lowerBound, ceiling: range.upperBound)
  }
}
