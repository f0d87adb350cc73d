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
