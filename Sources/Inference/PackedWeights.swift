internal import KernelCalls
internal import Kernels
internal import Model

/// The weights and biases of one convolution in the order in which its kernel reads them.
@safe
final class PackedWeights: Sendable {
  /// Input values of one output, padding channels included.
  let depth: Int
  /// The panel whose last vector's weights lie by pairs of inputs, if there is one.
  let pairedPanel: Int?
  /// The weights, then the biases.
  private let block: FloatBlock
  private let biasStart: Int

  /// The packed weights, valid as long as this is held.
  var weights: UnsafePointer<Float> { unsafe UnsafePointer(block.base) }
  /// One bias for each padded output channel, valid as long as this is held.
  var bias: UnsafePointer<Float> { unsafe UnsafePointer(block.base + biasStart) }

  /// Packs a convolution [height][width][inputs][outputs] for one product over whole windows: of pixels that lie
  /// without gaps, or `gathered` into panels, tap by tap; at last when what waits in `list` is packed.
  ///
  /// - Parameter mayPair: whether a last vector's weights may lie by pairs of inputs, neighbours in each segment that a
  ///   product reads.
  convenience init(
    _ convolution: Convolution, gathered: Bool, mayPair: Bool = false, kernels: KernelSet, list: PackingList? = nil
  ) {
    let (taps, inputs, outputs) = convolution.weights.extents
    let depth = gathered ? taps * padded(inputs) : taps * inputs
    let pairedPanel = mayPair ? kernels.pairedPanel(inputs: depth, outputs: outputs) : nil
    let inPairs = pairedPanel != nil
    unsafe self.init(
      convolution.weights, convolution.bias, depth: depth, count: depth * padded(outputs), outputs: outputs,
      pairedPanel: pairedPanel, list: list
    ) { source, target in
      if gathered {
        unsafe kernels.packConvolution(
          source, taps: taps, inputs: inputs, outputs: outputs, inPairs: inPairs, into: target)
      } else {
        unsafe kernels.pack(source, inputs: taps * inputs, outputs: outputs, inPairs: inPairs, into: target)
      }
    }
  }

  /// Packs a 3×3 convolution for Winograd's 16 products; at last when what waits in `list` is packed.
  convenience init(winograd convolution: Convolution, kernels: KernelSet, list: PackingList) {
    let (_, inputs, outputs) = convolution.weights.extents
    unsafe self.init(
      convolution.weights, convolution.bias, depth: inputs, count: 16 * inputs * padded(outputs), outputs: outputs,
      list: list
    ) { source, target in
      unsafe kernels.packWinograd(source, inputs: inputs, outputs: outputs, into: target)
    }
  }

  /// Packs a 1×1 convolution for Strassen's products; at last when what waits in `list` is packed.
  convenience init(strassen convolution: Convolution, kernels: KernelSet, list: PackingList) {
    let (_, inputs, outputs) = convolution.weights.extents
    unsafe self.init(
      convolution.weights, convolution.bias, depth: inputs, count: StrassenProduct.count * inputs * padded(outputs) / 4,
      outputs: outputs,
      list: list
    ) { source, target in
      unsafe kernels.packStrassen(source, inputs: inputs, outputs: outputs, into: target)
    }
  }

  /// Packs a convolution [height][width][inputs][outputs] as the first initializer does, for products of halves.
  convenience init(_ convolution: Convolution, gathered: Bool, halves: HalfKernels, list: PackingList) {
    let (taps, inputs, outputs) = convolution.weights.extents
    let tapDepth = gathered ? padded(inputs) : (inputs + 1) / 2 * 2
    let count = halves.packedCount(depth: taps * tapDepth, outputs: outputs)
    unsafe self.init(
      convolution.weights, convolution.bias, depth: taps * tapDepth, count: wholeLines(count), outputs: outputs,
      list: list
    ) { source, target in
      unsafe halves.pack(source, taps: taps, inputs: inputs, outputs: outputs, tapDepth: tapDepth, into: target)
    }
  }

  /// Packs a depthwise convolution [height][width][channels].
  convenience init(_ convolution: DepthwiseConvolution) {
    let extents = convolution.weights.shape.extents
    let (taps, channels) = (extents[0] * extents[1], extents[2])
    unsafe self.init(
      convolution.weights, convolution.bias, depth: taps, count: taps * padded(channels), outputs: channels
    ) { source, target in
      unsafe packDepthwise(source, taps: taps, channels: channels, into: target)
    }
  }

  /// Packs a depthwise 3×3 convolution [3][3][channels] for a map of halves.
  convenience init(_ convolution: DepthwiseConvolution, halves: HalfKernels) {
    let channels = convolution.weights.shape.extents[2]
    unsafe self.init(
      convolution.weights, convolution.bias, depth: 9, count: halves.packedDepthwiseCount(channels: channels),
      outputs: channels
    ) { source, target in
      unsafe halves.packDepthwise(source, channels: channels, into: target)
    }
  }

  /// Packs one factor and one offset for each channel.
  convenience init(scale: Constant, offset: Constant) {
    let channels = scale.count
    unsafe self.init(scale, offset, depth: 1, count: padded(channels), outputs: channels) { source, target in
      unsafe target.update(from: source, count: channels)
    }
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

  /// Keeps the `count` floats that `pack` makes of `weights`, now or with all that waits in `list`, and behind them a `bias`
  /// for each of `outputs`; nil leaves zeros.
  private init(
    _ weights: Constant, _ bias: Constant?, depth: Int, count: Int, outputs: Int, pairedPanel: Int? = nil,
    list: PackingList? = nil,
    pack: @escaping @Sendable (_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>) -> Void
  ) {
    (self.depth, biasStart, self.pairedPanel) = (depth, count, pairedPanel)
    let block = FloatBlock(count: count + padded(outputs))
    self.block = block
    let packing = { @Sendable in unsafe weights.withFloats { unsafe pack($0, block.base) } }
    if let list { list.append(packing) } else { packing() }
    if let bias { unsafe bias.withFloats { unsafe (block.base + count).update(from: $0, count: bias.count) } }
  }
}

extension Constant {
  /// Taps, inputs and outputs of a convolution's weights [height][width][inputs][outputs].
  fileprivate var extents: (taps: Int, inputs: Int, outputs: Int) {
    (shape.extents[0] * shape.extents[1], shape.extents[2], shape.extents[3])
  }

  /// Lends the values, of which there is at least one.
  fileprivate func withFloats(_ body: (UnsafePointer<Float>) -> Void) {
    withValues { values in
      unsafe values.withUnsafeBufferPointer { floats in
        if let start = floats.baseAddress { unsafe body(start) }
      }
    }
  }
}
