internal import KernelCalls

extension HalfKernels {
  /// Returns the floats of memory that packed weights of `depth` inputs take, an even number.
  package func packedCount(depth: Int, outputs: Int) -> Int {
    switch order {
    case .plain: depth * padded(outputs)
    case .columns: depth * (blockWidth / 2) * ((padded(outputs) + blockWidth - 1) / blockWidth)
    case .pairs: depth / 2 * padded(outputs)
    }
  }

  /// Rounds weights [taps][inputs][outputs] to halves and writes them to `target`, of `packedCount` floats, as a product
  /// over narrowed maps reads them; what pads is zero.
  ///
  /// - Parameter tapDepth: inputs that a tap has in `target`: an even number, at least `inputs`.
  package func pack(
    _ weights: UnsafePointer<Float>, taps: Int, inputs: Int, outputs: Int, tapDepth: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    let (depth, lanes) = (taps * tapDepth, blockWidth / 2)
    let count = packedCount(depth: depth, outputs: outputs)
    target.update(repeating: 0, count: count)
    target.withMemoryRebound(to: UInt16.self, capacity: 2 * count) { halves in
      for row in 0..<taps * inputs {
        let input = row / inputs * tapDepth + row % inputs
        for vector in 0..<(outputs + lanes - 1) / lanes {
          let start = place(input, vector, depth: depth, outputs: padded(outputs))
          let first = vector * lanes
          for output in first..<min(first + lanes, outputs) {
            let half = Reference.half(weights[row * outputs + output])
            halves[start + 2 * (output - first)] = UInt16(truncatingIfNeeded: half.bitPattern >> 16)
          }
        }
      }
    }
  }

  /// Returns the floats of memory that packed weights of a depthwise 3×3 convolution take.
  package func packedDepthwiseCount(channels: Int) -> Int { (order == .pairs ? 6 : 9) * padded(channels) }

  /// Rounds weights [9][channels] of a depthwise convolution to halves and writes them to `target`, of
  /// `packedDepthwiseCount` floats, as `convolve` reads them; what pads is zero.
  ///
  /// In pairs, each row of taps of a panel is two rows of 16 pairs: the second tap and the first, and zero and the third.
  package func packDepthwise(
    _ weights: UnsafePointer<Float>, channels: Int, into target: UnsafeMutablePointer<Float>
  ) {
    var rounded = [Float](repeating: 0, count: 9 * channels)
    for channel in 0..<channels {
      let halves = Self.halves(keepingSumOf: (0..<9).map { weights[$0 * channels + channel] })
      for (tap, half) in halves.enumerated() { rounded[tap * channels + channel] = half }
    }
    guard order == .pairs else { return Kernels.packDepthwise(rounded, taps: 9, channels: channels, into: target) }
    target.update(repeating: 0, count: packedDepthwiseCount(channels: channels))
    for tap in 0..<9 {
      let (row, column) = (tap / 3, tap % 3)
      for channel in 0..<channels {
        let (panel, lane) = (channel / panelWidth, channel % panelWidth)
        let pair = target + (panel * 6 + row * 2 + column / 2) * panelWidth + lane
        let bits = rounded[tap * channels + channel].bitPattern
        pair.pointee = Float(bitPattern: pair.pointee.bitPattern | (column == 1 ? bits >> 16 : bits))
      }
    }
  }

  /// Returns the halves nearest to `weights`, each of which takes over what rounding the larger ones has added or left out.
  ///
  /// Neighbouring pixels of a map are much alike, so what counts of the errors of nine weights is their sum, which is that
  /// of the smallest weight alone this way. (Rounding each for itself moved the scores of the default model by 0.011 on
  /// average, this way by 0.004.)
  package static func halves(keepingSumOf weights: [Float]) -> [Float] {
    var halves = weights
    var rest: Float = 0
    for index in weights.indices.sorted(by: { abs(weights[$0]) > abs(weights[$1]) }) {
      halves[index] = Reference.half(weights[index] + rest)
      rest += weights[index] - halves[index]
    }
    return halves
  }

  /// Returns where the weights of an input and a vector of outputs begin, in halves; they are two apart.
  private func place(_ input: Int, _ vector: Int, depth: Int, outputs: Int) -> Int {
    let (block, column, lanes) = (vector / 2, vector % 2, blockWidth / 2)
    let first = block * blockWidth
    let width = min(blockWidth, outputs - first)
    switch order {
    // The upper half of a float, as on every processor that there is a build for.
    case .plain: return (first * depth + input * width + column * lanes) * 2 + 1
    case .columns: return (block * depth + (input ^ 1)) * lanes * 2 + column
    case .pairs: return (first * (depth / 2) + input / 2 * width + column * lanes) * 2 + input % 2
    }
  }
}
