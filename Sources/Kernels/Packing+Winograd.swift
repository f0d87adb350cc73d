internal import KernelCalls

extension KernelSet {
  /// Writes 3×3 convolution weights `g` [3][3][inputs][outputs] for Winograd's 16 products to `target`: 16 matrices
  /// `G g Gᵀ`, each of `inputs · padded(outputs)` floats in the order of `pack`, one behind the other.
  package func packWinograd(
    _ weights: UnsafePointer<Float>, inputs: Int, outputs: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let (end, taps) = (padded(outputs), inputs * outputs)
    target.update(repeating: 0, count: 16 * inputs * end)
    for first in stride(from: 0, to: outputs, by: blockWidth) {
      let width = min(blockWidth, end - first)
      for input in 0..<inputs {
        for output in first..<min(first + width, outputs) {
          let source = weights + input * outputs + output
          let place = target + first * inputs + input * width + (output - first)
          // `G g`, a column of taps at a time, then that times `Gᵀ`.
          let columns = (
            Self.spread(source[0], source[3 * taps], source[6 * taps]),
            Self.spread(source[taps], source[4 * taps], source[7 * taps]),
            Self.spread(source[2 * taps], source[5 * taps], source[8 * taps])
          )
          for row in 0..<4 {
            let values = Self.spread(columns.0[row], columns.1[row], columns.2[row])
            for column in 0..<4 { place[(4 * row + column) * inputs * end] = values[column] }
          }
        }
      }
    }
  }

  /// Returns `G` times three taps.
  @inline(__always)
  private static func spread(_ first: Float, _ second: Float, _ third: Float) -> SIMD4<Float> {
    let outer: Float = first + third
    return SIMD4(first, (outer + second) * 0.5, (outer - second) * 0.5, third)
  }
}
