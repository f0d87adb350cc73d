internal import KernelCalls
internal import Kernels
internal import Model

/// The weights and biases of one convolution in the order in which its kernel reads them.
@safe
final class PackedWeights: Sendable {
  /// Input values of one output, padding channels included.
  let depth: Int
  /// The weights, then the biases.
  private let block: FloatBlock
  private let biasStart: Int

  /// The packed weights, valid as long as this is held.
  var weights: UnsafePointer<Float> { unsafe UnsafePointer(block.base) }
  /// One bias for each padded output channel, valid as long as this is held.
  var bias: UnsafePointer<Float> { unsafe UnsafePointer(block.base + biasStart) }

  /// Packs a convolution [height][width][inputs][outputs] for one product over whole windows: of pixels that lie
  /// without gaps, or `gathered` into panels, tap by tap.
  init(_ convolution: Convolution, gathered: Bool, kernels: KernelSet) {
    let extents = convolution.weights.shape.extents
    let (taps, inputs, outputs) = (extents[0] * extents[1], extents[2], extents[3])
    depth = gathered ? taps * padded(inputs) : taps * inputs
    biasStart = depth * padded(outputs)
    block = FloatBlock(count: biasStart + padded(outputs))
    let target = unsafe block.base
    unsafe convolution.weights.withFloats { source in
      if gathered {
        unsafe kernels.packConvolution(source, taps: taps, inputs: inputs, outputs: outputs, into: target)
      } else {
        unsafe kernels.pack(source, inputs: taps * inputs, outputs: outputs, into: target)
      }
    }
    copy(bias: convolution.bias)
  }

  /// Packs a 3×3 convolution for Winograd's 16 products.
  init(winograd convolution: Convolution, kernels: KernelSet) {
    let (inputs, outputs) = (convolution.weights.shape.extents[2], convolution.outputs)
    depth = inputs
    biasStart = 16 * inputs * padded(outputs)
    block = FloatBlock(count: biasStart + padded(outputs))
    let target = unsafe block.base
    unsafe convolution.weights.withFloats { source in
      unsafe kernels.packWinograd(source, inputs: inputs, outputs: outputs, into: target)
    }
    copy(bias: convolution.bias)
  }

  /// Packs a convolution [height][width][inputs][outputs] as the other initializer does, for products of halves.
  init(_ convolution: Convolution, gathered: Bool, halves: HalfKernels) {
    let extents = convolution.weights.shape.extents
    let (taps, inputs, outputs) = (extents[0] * extents[1], extents[2], extents[3])
    let tapDepth = gathered ? padded(inputs) : (inputs + 1) / 2 * 2
    depth = taps * tapDepth
    biasStart = wholeLines(halves.packedCount(depth: depth, outputs: outputs))
    block = FloatBlock(count: biasStart + padded(outputs))
    let target = unsafe block.base
    unsafe convolution.weights.withFloats { source in
      unsafe halves.pack(source, taps: taps, inputs: inputs, outputs: outputs, tapDepth: tapDepth, into: target)
    }
    copy(bias: convolution.bias)
  }

  /// Packs a depthwise convolution [height][width][channels].
  init(_ convolution: DepthwiseConvolution) {
    let extents = convolution.weights.shape.extents
    let (taps, channels) = (extents[0] * extents[1], extents[2])
    depth = taps
    biasStart = taps * padded(channels)
    block = FloatBlock(count: biasStart + padded(channels))
    let target = unsafe block.base
    unsafe convolution.weights.withFloats { source in
      unsafe packDepthwise(source, taps: taps, channels: channels, into: target)
    }
    copy(bias: convolution.bias)
  }

  /// Packs one factor and one offset for each channel.
  init(scale: Constant, offset: Constant) {
    depth = 1
    biasStart = padded(scale.count)
    block = FloatBlock(count: 2 * biasStart)
    let target = unsafe block.base
    unsafe scale.withFloats { unsafe target.update(from: $0, count: scale.count) }
    copy(bias: offset)
  }

  /// Packs factors of 1 and offsets of 0 for `channels` channels: `x · 1 + 0` is exact.
  convenience init(identityOf channels: Int) { self.init(factor: 1, for: channels) }

  /// Packs one factor and offsets of 0 for `channels` channels.
  convenience init(factor: Float, for channels: Int) {
    let shape = Shape([channels])
    self.init(
      scale: Constant(Array(repeating: factor, count: channels), shape: shape),
      offset: Constant(Array(repeating: 0, count: channels), shape: shape))
  }

  /// Writes `bias` where biases lie; nil leaves zeros.
  private func copy(bias: Constant?) {
    guard let bias else { return }
    unsafe bias.withFloats { unsafe (block.base + biasStart).update(from: $0, count: bias.count) }
  }
}

extension Constant {
  /// Lends the values, of which there is at least one.
  fileprivate func withFloats(_ body: (UnsafePointer<Float>) -> Void) {
    withValues { values in
      unsafe values.withUnsafeBufferPointer { floats in
        if let start = floats.baseAddress { unsafe body(start) }
      }
    }
  }
}
