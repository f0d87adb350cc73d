internal import KernelCalls
internal import Kernels
internal import Model

/// The weights and biases of one convolution in the order in which its kernel reads them.
@safe
final class PackedWeights: Sendable {
  /// Input values of one output, padding included.
  let depth: Int
  private let block: FloatBlock
  private let biasStart: Int

  /// The packed weights, valid as long as this is held.
  var weights: UnsafePointer<Float> { unsafe UnsafePointer(block.base) }
  /// One bias for each padded output channel.
  var bias: UnsafePointer<Float> { unsafe UnsafePointer(block.base + biasStart) }

  /// Packs a matrix [depth][outputs] as `[block][depth][output in block]`, zeros for the channels that pad the outputs.
  ///
  /// With `segment`, the depth consists of taps of so many channels, each of which is padded to whole panels: what a
  /// product over gathered windows reads.
  init(matrix: Constant, bias: Constant?, segment: Int? = nil, kernels: KernelSet) {
    let outputs = matrix.shape.extents.last ?? 0
    let depth = matrix.count / max(outputs, 1)
    let segment = segment ?? depth
    let stride = segment == depth ? depth : padded(segment)
    let paddedDepth = depth / max(segment, 1) * stride
    self.depth = paddedDepth
    let end = padded(outputs)
    biasStart = wholeLines(paddedDepth * end)
    block = FloatBlock(count: biasStart + end)
    let target = unsafe block.base
    matrix.withValues { values in
      unsafe values.withUnsafeBufferPointer { values in
        for first in Swift.stride(from: 0, to: end, by: kernels.blockWidth) {
          let width = min(kernels.blockWidth, end - first)
          let filled = min(width, outputs - first)
          guard filled > 0, let source = values.baseAddress else { continue }
          for row in 0..<depth {
            let line = unsafe target + first * paddedDepth + (row / segment * stride + row % segment) * width
            unsafe line.update(from: source + row * outputs + first, count: filled)
          }
        }
      }
    }
    copy(bias)
  }

  /// Packs depthwise weights [height][width][channels] as `[panel][tap][16]`, zeros for the channels that pad them.
  init(taps: Constant, bias: Constant?) {
    let channels = taps.shape.extents.last ?? 0
    let count = taps.count / max(channels, 1)
    depth = count
    biasStart = wholeLines(count * padded(channels))
    block = FloatBlock(count: biasStart + padded(channels))
    let target = unsafe block.base
    taps.withValues { values in
      unsafe values.withUnsafeBufferPointer { values in
        guard let source = values.baseAddress else { return }
        for first in Swift.stride(from: 0, to: channels, by: panelWidth) {
          for tap in 0..<count {
            unsafe (target + first * count + tap * panelWidth).update(
              from: source + tap * channels + first, count: min(panelWidth, channels - first))
          }
        }
      }
    }
    copy(bias)
  }

  private func copy(_ bias: Constant?) {
    bias?.withValues { values in
      unsafe values.withUnsafeBufferPointer { values in
        guard let source = values.baseAddress else { return }
        unsafe (block.base + biasStart).update(from: source, count: values.count)
      }
    }
  }
}
