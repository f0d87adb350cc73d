internal import KernelCalls
internal import Kernels
internal import Model

/// The weights, biases and factors of one integer convolution in the order in which its kernel reads them.
@safe
final class PackedBytes: Sendable {
  /// The factors, then the biases, then the weights.
  private let block: FloatBlock
  private let biasStart: Int
  private let weightStart: Int
  /// What each weight that lies here is to be lessened by.
  let weightZero: Int32
  /// Of a depthwise one, whether all weights less their zero are numbers of 8 bits.
  let hasByteWeights: Bool
  private let result: IntegerResult

  /// The packed weights of a convolution over all channels, or of a depthwise one.
  var weights: UnsafePointer<Int8> { unsafe UnsafePointer(raw(weightStart).assumingMemoryBound(to: Int8.self)) }
  var taps: UnsafePointer<Int32> { unsafe UnsafePointer(raw(weightStart).assumingMemoryBound(to: Int32.self)) }
  /// One bias for each padded output channel.
  var bias: UnsafePointer<Int32> { unsafe UnsafePointer(raw(biasStart).assumingMemoryBound(to: Int32.self)) }
  /// What makes bytes of sums.
  var requantization: Requantization { unsafe Requantization(scaling: UnsafeRawPointer(raw(0)), result) }

  /// Packs a convolution [outputs][height][width][inputs] for products over whole windows.
  ///
  /// What is subtracted from inputs is taken out of the sums: `Σ (u − z)(w − v) = Σ u·w − v·Σ u − z·Σ w + n·z·v`, of which
  /// the last two are in the bias.
  init(_ convolution: IntegerConvolution) {
    let outputs = convolution.factors.count
    let depth = convolution.weights.count / outputs
    (weightZero, hasByteWeights, result) = (Int32(convolution.weightZero), false, convolution.result)
    biasStart = padded(outputs) / panelWidth * Requantization.bytesPerPanel
    weightStart = biasStart + padded(outputs) * 4
    block = FloatBlock(count: (weightStart + packedByteCount(depth: depth, outputs: outputs)) / 4)
    let start = unsafe UnsafeMutableRawPointer(block.base)
    unsafe packScaling(convolution.factors.map(ChannelScale.init), into: start)
    let zero = Int32(convolution.inputZero + 128)
    unsafe convolution.weights.withUnsafeBufferPointer { weights in
      guard let source = weights.baseAddress else { return }
      let target = unsafe (start + weightStart).assumingMemoryBound(to: Int8.self)
      unsafe packBytes(source, depth: depth, outputs: outputs, into: target)
      for output in 0..<outputs {
        var sum: Int32 = 0
        for index in 0..<depth { unsafe sum &+= Int32(source[output * depth + index]) }
        let bias = (convolution.bias?[output] ?? 0) &- zero &* (sum &- Int32(truncatingIfNeeded: depth) &* weightZero)
        unsafe (start + biasStart).storeBytes(of: bias, toByteOffset: output * 4, as: Int32.self)
      }
    }
  }

  /// Packs a depthwise convolution [height][width][channels].
  init(depthwise convolution: IntegerConvolution) {
    let channels = convolution.factors.count
    let taps = convolution.weights.count / channels
    (weightZero, result) = (0, convolution.result)
    hasByteWeights = convolution.weights.allSatisfy { (-128...127).contains(Int($0) - convolution.weightZero) }
    biasStart = padded(channels) / panelWidth * Requantization.bytesPerPanel
    weightStart = biasStart + padded(channels) * 4
    block = FloatBlock(count: weightStart / 4 + taps * padded(channels))
    let start = unsafe UnsafeMutableRawPointer(block.base)
    unsafe packScaling(convolution.factors.map(ChannelScale.init), into: start)
    unsafe convolution.weights.withUnsafeBufferPointer { weights in
      guard let source = weights.baseAddress else { return }
      unsafe packByteTaps(
        source, zero: Int32(convolution.weightZero), taps: taps, channels: channels,
        into: (start + weightStart).assumingMemoryBound(to: Int32.self))
    }
    for channel in 0..<channels {
      unsafe (start + biasStart).storeBytes(
        of: convolution.bias?[channel] ?? 0, toByteOffset: channel * 4, as: Int32.self)
    }
  }

  /// Packs one factor for all channels of a panel.
  init(_ factor: FixedPoint, _ result: IntegerResult) {
    (weightZero, hasByteWeights, self.result) = (0, false, result)
    (biasStart, weightStart) = (0, 0)
    block = FloatBlock(count: Requantization.bytesPerPanel / 4)
    let scales = Array(repeating: ChannelScale(factor), count: panelWidth)
    unsafe packScaling(scales, into: UnsafeMutableRawPointer(block.base))
  }

  /// Returns where byte `offset` lies, valid as long as this is held.
  @unsafe
  private func raw(_ offset: Int) -> UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(block.base) + offset }
}

extension ChannelScale {
  /// The same factor.
  init(_ factor: FixedPoint) { self.init(mantissa: factor.mantissa, exponent: factor.exponent) }
}

extension Requantization {
  /// The same result in bytes of 0…255.
  init(scaling: UnsafeRawPointer, _ result: IntegerResult) {
    unsafe self.init(
      scaling: scaling, zero: Int32(result.zero + 128), floor: Int32(result.range.lowerBound + 128),
      ceiling: Int32(result.range.upperBound + 128))
  }
}
